import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { orders } from "../../api/queries";
import type { Schema } from "../../api/types";
import { OrderTable } from "../../domain/OrderTable";
import { PagedCard } from "../../domain/PagedCard";
import { openOrder } from "../../domain/states";
import { useText } from "../../i18n/i18n";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { Switcher } from "../../ui/Tabs";

const atWork = (all: Schema<"Order">[]) =>
  all.filter(({ state }) => openOrder.has(state)).sort((left, right) => left.updatedAt.localeCompare(right.updatedAt));

/** Orders of all, those that have been at work for longest first: what is stuck shows at the top. */
export default function OrdersAtWork() {
  const { t } = useText();
  const [which, setWhich] = useState<"open" | "all">("open");
  const query = useInfiniteQuery(orders());
  return (
    <Page
      title={t("shell.stuck")}
      lead={t("operations.ordersLead")}
      actions={
        <Switcher
          label={t("common.filter")}
          value={which}
          onChange={setWhich}
          options={[
            { value: "open", label: t("operations.atWork") },
            { value: "all", label: t("common.all") },
          ]}
        />
      }
    >
      <PagedCard
        query={query}
        choose={which === "open" ? atWork : undefined}
        empty={
          <Empty icon={CircleCheck} title={t("operations.nothingStuck")}>
            {t("operations.nothingStuckHint")}
          </Empty>
        }
      >
        {(rows, more) => <OrderTable orders={rows} more={more} />}
      </PagedCard>
    </Page>
  );
}
