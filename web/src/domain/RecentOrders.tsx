import { Link } from "@tanstack/react-router";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { Card } from "../ui/Card";
import { OrderTable } from "./OrderTable";

/** The newest orders, with the way to all of them. */
export function RecentOrders({ orders }: { orders: readonly Schema<"Order">[] }) {
  const { t } = useText();
  if (orders.length === 0) return null;
  return (
    <Card flush title={t("orders.recent")} actions={<Link to="/orders">{t("common.all")}</Link>}>
      <OrderTable orders={orders} />
    </Card>
  );
}
