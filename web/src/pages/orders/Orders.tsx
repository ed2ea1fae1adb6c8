import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ShoppingCart } from "lucide-react";
import { useState } from "react";
import { itemsOf, orders } from "../../api/queries";
import type { Schema } from "../../api/types";
import { OrderTable } from "../../domain/OrderTable";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { SelectField } from "../../ui/Field";
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
      actions={
        <SelectField
          label={t("common.state")}
          value={state ?? ""}
          onChange={({ target }) => setState(states.find((one) => one === target.value))}
          choices={[
            { value: "", label: t("common.all") },
            ...states.map((one) => ({ value: one, label: t(`state.${one}`) })),
          ]}
        />
      }
    >
      <Card flush>
        <Async query={query}>
          {(data) =>
            itemsOf(data).length === 0 ? (
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
            ) : (
              <OrderTable
                orders={itemsOf(data)}
                more={{
                  has: query.hasNextPage,
                  busy: query.isFetchingNextPage,
                  load: () => void query.fetchNextPage(),
                }}
              />
            )
          }
        </Async>
      </Card>
    </Page>
  );
}
