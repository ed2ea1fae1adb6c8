import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bot, Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { agents as agentsQuery, itemsOf, offers, sites as sitesQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { AgentTable } from "../../domain/AgentTable";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { configureCommand, enrolCommand, runCommand } from "./agentCommands";

function Enrol({ sites, onClose }: { sites: readonly Schema<"Site">[]; onClose: () => void }) {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const sold = itemsOf(useInfiniteQuery(offers({ provider: participant.id })).data);
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
            <p>{t("agents.program")}</p>
            <h3>{t("agents.stepEnrol")}</h3>
            <Code label={t("agents.stepEnrol")} text={enrolCommand(exchange, made.token)} />
            <h3>{t("agents.stepConfigure")}</h3>
            <Code
              label={t("agents.stepConfigure")}
              text={configureCommand(
                exchange,
                sites.map((site) => site.name),
                sold,
              )}
            />
            <h3>{t("agents.stepRun")}</h3>
            <Code label={t("agents.stepRun")} text={runCommand} />
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
  const { participant } = useIdentity();
  const sites = useQuery(sitesQuery()).data?.filter(({ provider }) => provider === participant.id) ?? [];
  return (
    <Page
      title={t("shell.agents")}
      lead={t("agents.lead")}
      actions={
        <Button look="primary" disabled={sites.length === 0} onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden />
          {t("agents.new")}
        </Button>
      }
    >
      <Card flush>
        <Async query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty
                icon={Bot}
                title={t("agents.none")}
                actions={
                  sites.length === 0 ? (
                    <Link to="/provider/sites" className={buttonClass({ look: "primary" })}>
                      {t("provider.step.site")}
                    </Link>
                  ) : undefined
                }
              >
                {t(sites.length === 0 ? "agents.noneSiteFirst" : "agents.noneHint")}
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
      {adding ? <Enrol sites={sites} onClose={() => setAdding(false)} /> : null}
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
