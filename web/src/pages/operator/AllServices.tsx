import { useInfiniteQuery } from "@tanstack/react-query";
import { Boxes } from "lucide-react";
import { useState } from "react";
import { itemsOf, services } from "../../api/queries";
import type { Schema } from "../../api/types";
import { ServiceTable } from "../../domain/ServiceTable";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { SelectField } from "../../ui/Field";
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
              <Empty icon={Boxes} title={t("operations.noServices")}>
                {t("operations.noServicesHint")}
              </Empty>
            ) : (
              <ServiceTable
                services={itemsOf(data)}
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
