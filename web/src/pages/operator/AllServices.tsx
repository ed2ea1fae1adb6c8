import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useState } from "react";
import { services } from "../../api/queries";
import type { Schema } from "../../api/types";
import { PagedCard } from "../../domain/PagedCard";
import { ServiceTable } from "../../domain/ServiceTable";
import { StateField } from "../../domain/StateField";
import { useText } from "../../i18n/i18n";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

const states = ["requested", "provisioning", "active", "stopped", "degraded", "unreachable", "terminating"] as const;

/** Every service at the exchange, by how it is. */
export default function AllServices() {
  const { t } = useText();
  const [state, setState] = useState<Schema<"ServiceState">>();
  const query = useInfiniteQuery({ ...services({ state }), placeholderData: (old) => old });
  return (
    <Page
      title={t("shell.allServices")}
      lead={t("operations.servicesLead")}
      actions={<StateField<Schema<"ServiceState">> states={states} value={state} onChange={setState} />}
    >
      <PagedCard
        query={query}
        empty={
          <Empty icon={Boxes} title={t("operations.noServices")}>
            {t("operations.noServicesHint")}
          </Empty>
        }
      >
        {(rows, more) => <ServiceTable services={rows} more={more} />}
      </PagedCard>
    </Page>
  );
}
