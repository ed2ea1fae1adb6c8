import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, Plus } from "lucide-react";
import { useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { agents as agentsQuery, sites as sitesQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { AgentTable } from "../../domain/AgentTable";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";

const state = "/var/lib/hansa-agent";

/** A configuration to begin with: a simulated back end at each site, to see that all of it works. */
function configuration(exchange: string, sites: readonly string[]): string {
  return stringify({
    exchange,
    state,
    drivers: sites.map((site) => ({ site, type: "simulated", kind: "compute.instance" })),
  });
}

function Enrol({ onClose }: { onClose: () => void }) {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const sites = useQuery(sitesQuery()).data?.filter(({ provider }) => provider === participant.id) ?? [];
  const [name, setName] = useState("agent-1");
  const enrol = useMutation({ mutationFn: () => body(api.POST("/v1/agents/enrolments", { body: { name } })) });
  const exchange = globalThis.location.origin;
  const made = enrol.data;
  return (
    <FormDialog
      wide
      title={t("agents.new")}
      description={t("agents.newHint")}
      submit={t("agents.makeToken")}
      onSubmit={() => enrol.mutate()}
      onClose={onClose}
      sending={enrol}
      incomplete={name === ""}
      copy={{
        request: { method: "POST", path: "/v1/agents/enrolments", body: { name } },
        cli: commandLine(["hansa", "enrolment", "create", name]),
      }}
      outcome={
        made ? (
          <Stack>
            <Notice tone="accent" title={t("agents.tokenOnce", { time: format.time(made.expiresAt) })} />
            <h3>{t("agents.stepEnrol")}</h3>
            <Code
              label={t("agents.stepEnrol")}
              text={commandLine([
                "hansa",
                "agent",
                "enrol",
                "--exchange",
                exchange,
                "--token",
                made.token,
                "--state",
                state,
              ])}
            />
            <h3>{t("agents.stepConfigure")}</h3>
            <Code
              label={t("agents.stepConfigure")}
              text={configuration(
                exchange,
                sites.map((site) => site.name),
              )}
            />
            <h3>{t("agents.stepRun")}</h3>
            <Code label={t("agents.stepRun")} text={commandLine(["hansa", "agent", "run", "--config", "agent.yaml"])} />
            <p className="muted">{t("agents.then")}</p>
          </Stack>
        ) : null
      }
    >
      <TextField
        label={t("common.name")}
        hint={t("describe.nameHint")}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
    </FormDialog>
  );
}

/** The provider's agents: the programs that make services real. */
export default function Agents() {
  const { t } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Agent">>();
  const query = useQuery(agentsQuery());
  const revoke = async (agent: string) => {
    await body(api.DELETE("/v1/agents/{agent}", { params: { path: { agent } } }));
    await queries.invalidateQueries({ queryKey: ["agents"] });
  };
  return (
    <Page
      title={t("shell.agents")}
      lead={t("agents.lead")}
      actions={
        <Button look="primary" onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden />
          {t("agents.new")}
        </Button>
      }
    >
      <Card flush>
        <Async query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Bot} title={t("agents.none")}>
                {t("agents.noneHint")}
              </Empty>
            ) : (
              <AgentTable
                agents={list}
                extra={[
                  {
                    header: t("common.actions"),
                    cell: (agent) =>
                      agent.revokedAt ? null : (
                        <Button small look="quiet" onClick={() => setLeaving(agent)}>
                          {t("agents.revoke")}
                        </Button>
                      ),
                    right: true,
                  },
                ]}
              />
            )
          }
        </Async>
      </Card>
      {adding ? <Enrol onClose={() => setAdding(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("agents.revokeTitle", { name: leaving.name })}
          action={t("agents.revoke")}
          typed={leaving.name}
          run={() => revoke(leaving.id)}
          copy={{
            request: { method: "DELETE", path: `/v1/agents/${leaving.id}` },
            cli: commandLine(["hansa", "agent", "revoke", leaving.id]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("agents.revokeText")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}
