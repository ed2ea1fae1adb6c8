import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { itemsOf, orders } from "../../api/queries";
import { OrderTable } from "../../domain/OrderTable";
import { openOrder } from "../../domain/states";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { Switcher } from "../../ui/Tabs";

/** Orders of all, those that have been at work for longest first: what is stuck shows at the top. */
export default function OrdersAtWork() {
  const { t } = useText();
  const [which, setWhich] = useState<"open" | "all">("open");
  const query = useInfiniteQuery(orders());
  const more = { has: query.hasNextPage, busy: query.isFetchingNextPage, load: () => void query.fetchNextPage() };
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
      <Card flush>
        <Async query={query}>
          {(data) => {
            const all = itemsOf(data);
            const shown =
              which === "all"
                ? all
                : all
                    .filter(({ state }) => openOrder.has(state))
                    .sort((left, right) => left.updatedAt.localeCompare(right.updatedAt));
            return shown.length === 0 ? (
              <Empty icon={CircleCheck} title={t("operations.nothingStuck")}>
                {t("operations.nothingStuckHint")}
              </Empty>
            ) : (
              <OrderTable orders={shown} more={more} />
            );
          }}
        </Async>
      </Card>
    </Page>
  );
}
