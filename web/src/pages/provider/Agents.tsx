import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Bot, Plus } from "lucide-react";
import { Fragment, useState } from "react";
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
import { SelectField, TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { agentSteps, usualDirectory, type BackEnds } from "./agentCommands";

function Enrol({ sites, onClose }: { sites: readonly Schema<"Site">[]; onClose: () => void }) {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const sold = itemsOf(useInfiniteQuery(offers({ provider: participant.id })).data);
  const [name, setName] = useState("agent-1");
  const [backEnds, setBackEnds] = useState<BackEnds>("real");
  const [chosen, setChosen] = useState<string>();
  const directory = chosen ?? usualDirectory[backEnds];
  const enrol = useMutation({ mutationFn: () => body(api.POST("/v1/agents/enrolments", { body: { name } })) });
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
      incomplete={name === "" || directory === ""}
      copy={{
        request: { method: "POST", path: "/v1/agents/enrolments", body: { name } },
        cli: commandLine(["hansa", "enrolment", "create", name]),
      }}
      outcome={
        made ? (
          <Stack>
            <Notice tone="accent" title={t("agents.tokenOnce", { time: format.time(made.expiresAt) })} />
            <p>
              {t("agents.program")} {backEnds === "real" ? t("agents.asRoot") : null}
            </p>
            {agentSteps({
              exchange: globalThis.location.origin,
              token: made.token,
              backEnds,
              directory,
              sites: sites.map((site) => site.name),
              sold,
            }).map(({ does, command }, index) => {
              const title = `${index + 1}. ${t(`agents.step.${does}`)}`;
              return (
                <Fragment key={command}>
                  <h3>{title}</h3>
                  <Code label={title} text={command} />
                </Fragment>
              );
            })}
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
      <SelectField
        label={t("agents.backEnds")}
        hint={t("agents.backEndsHint")}
        value={backEnds}
        choices={[
          { value: "real", label: t("agents.backEndsReal") },
          { value: "simulated", label: t("agents.backEndsSimulated") },
        ]}
        onChange={({ target }) => setBackEnds(target.value as BackEnds)}
      />
      <TextField
        label={t("agents.directory")}
        hint={t("agents.directoryHint")}
        value={directory}
        onChange={({ target }) => setChosen(target.value)}
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
