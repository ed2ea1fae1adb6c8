import { useInfiniteQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { itemsOf, services } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { ServiceTable } from "../../domain/ServiceTable";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

/** The services that this provider delivers to others. */
export default function Delivered() {
  const { t } = useText();
  const { participant } = useIdentity();
  const query = useInfiniteQuery(services());
  return (
    <Page title={t("shell.delivered")} lead={t("provider.deliveredLead")}>
      <Card flush>
        <Async query={query}>
          {(data) => {
            const mine = itemsOf(data).filter(({ provider }) => provider === participant.id);
            return mine.length === 0 ? (
              <Empty icon={Server} title={t("provider.noServices")}>
                {t("provider.noServicesHint")}
              </Empty>
            ) : (
              <ServiceTable
                services={mine}
                more={{
                  has: query.hasNextPage,
                  busy: query.isFetchingNextPage,
                  load: () => void query.fetchNextPage(),
                }}
              />
            );
          }}
        </Async>
      </Card>
    </Page>
  );
}
