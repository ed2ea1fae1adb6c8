import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Bot } from "lucide-react";
import { agents, itemsOf, participants } from "../../api/queries";
import { AgentTable } from "../../domain/AgentTable";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";

/** The agents of all providers, those not heard from first. */
export default function Fleet() {
  const { t } = useText();
  const query = useQuery(agents());
  const providers = itemsOf(useInfiniteQuery(participants({ role: "provider" })).data);
  return (
    <Page title={t("shell.fleet")} lead={t("operations.agentsLead")}>
      <Card flush>
        <Async query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Bot} title={t("agents.none")}>
                {t("operations.noAgentsHint")}
              </Empty>
            ) : (
              <AgentTable
                agents={[...list].sort((left, right) => Number(left.online) - Number(right.online))}
                extra={[
                  {
                    header: t("common.provider"),
                    cell: ({ provider }) => providers.find(({ id }) => id === provider)?.legalName ?? "–",
                  },
                ]}
              />
            )
          }
        </Async>
      </Card>
    </Page>
  );
}
