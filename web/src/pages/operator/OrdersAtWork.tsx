import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { atWork, orders } from "../../api/queries";
import { AllSwitch } from "../../domain/AllSwitch";
import { OrderTable } from "../../domain/OrderTable";
import { PagedCard } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { WorkTable } from "./WorkTable";

/** What is still to happen, and what fails or hangs at the top; or all orders. */
export default function OrdersAtWork() {
  const { t } = useText();
  const [all, setAll] = useState(false);
  return (
    <Page
      title={t("shell.stuck")}
      lead={t("operations.ordersLead")}
      actions={<AllSwitch some={t("operations.atWork")} all={all} onChange={setAll} />}
    >
      {all ? <All /> : <Open />}
    </Page>
  );
}

function Open() {
  const query = useQuery(atWork());
  return (
    <Card flush>
      <Async query={query}>{(found) => (found.orders.length === 0 ? <Nothing /> : <WorkTable work={found} />)}</Async>
    </Card>
  );
}

function All() {
  const query = useInfiniteQuery(orders());
  return (
    <PagedCard query={query} empty={<Nothing />}>
      {(rows, more) => <OrderTable orders={rows} more={more} />}
    </PagedCard>
  );
}

function Nothing() {
  const { t } = useText();
  return (
    <Empty icon={CircleCheck} title={t("operations.nothingStuck")}>
      {t("operations.nothingStuckHint")}
    </Empty>
  );
}
