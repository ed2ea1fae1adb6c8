import { useInfiniteQuery } from "@tanstack/react-query";
import { Server } from "lucide-react";
import { services } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { PagedCard } from "../../domain/PagedCard";
import { ServiceTable } from "../../domain/ServiceTable";
import { useText } from "../../i18n/i18n";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

/** The services that this provider delivers to others. */
export default function Delivered() {
  const { t } = useText();
  const { participant } = useIdentity();
  return (
    <Page title={t("shell.delivered")} lead={t("provider.deliveredLead")}>
      <PagedCard
        query={useInfiniteQuery(services())}
        choose={(all) => all.filter(({ provider }) => provider === participant.id)}
        empty={
          <Empty icon={Server} title={t("provider.noServices")}>
            {t("provider.noServicesHint")}
          </Empty>
        }
      >
        {(rows, more) => <ServiceTable services={rows} more={more} delivered />}
      </PagedCard>
    </Page>
  );
}
