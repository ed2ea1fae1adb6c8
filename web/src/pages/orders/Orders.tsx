import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShoppingCart } from "lucide-react";
import { useState } from "react";
import { orders } from "../../api/queries";
import type { Schema } from "../../api/types";
import { OrderTable } from "../../domain/OrderTable";
import { PagedCard } from "../../domain/PagedCard";
import { StateField } from "../../domain/StateField";
import { useText } from "../../i18n/i18n";
import { buttonClass } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

const states = [
  "submitted",
  "approved",
  "holding",
  "committed",
  "provisioning",
  "fulfilled",
  "rejected",
  "compensating",
  "failed",
  "cancelling",
  "cancelled",
] as const;

/** The orders of one's projects, the newest first. */
export default function Orders() {
  const { t } = useText();
  const [state, setState] = useState<Schema<"OrderState">>();
  const query = useInfiniteQuery({ ...orders({ state }), placeholderData: (old) => old });
  return (
    <Page
      title={t("shell.orders")}
      lead={t("orders.lead")}
      actions={<StateField<Schema<"OrderState">> states={states} value={state} onChange={setState} />}
    >
      <PagedCard
        query={query}
        empty={
          <Empty
            icon={ShoppingCart}
            title={t("orders.none")}
            actions={
              <Link to="/applications" className={buttonClass({ look: "primary" })}>
                {t("home.describe")}
              </Link>
            }
          >
            {t("orders.noneHint")}
          </Empty>
        }
      >
        {(rows, more) => <OrderTable orders={rows} more={more} />}
      </PagedCard>
    </Page>
  );
}
