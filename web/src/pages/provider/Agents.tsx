import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot, Plus } from "lucide-react";
import { useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { agents as agentsQuery, sites as sitesQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { AgentTable } from "../../domain/AgentTable";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { toast } from "../../ui/Toasts";

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
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("agents.new")}
      footer={
        made ? (
          <Button look="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button look="primary" busy={enrol.isPending} disabled={name === ""} onClick={() => enrol.mutate()}>
              {t("agents.makeToken")}
            </Button>
          </>
        )
      }
    >
      {made ? (
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
      ) : (
        <Stack gap={3}>
          <p className="muted">{t("agents.newHint")}</p>
          <TextField
            label={t("common.name")}
            hint={t("describe.nameHint")}
            value={name}
            onChange={({ target }) => setName(target.value)}
          />
          {enrol.error ? <ProblemNotice error={enrol.error} /> : null}
        </Stack>
      )}
    </Dialog>
  );
}

/** The provider's agents: the programs that make services real. */
export default function Agents() {
  const { t } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Agent">>();
  const query = useQuery(agentsQuery());
  const revoke = useMutation({
    mutationFn: (agent: string) => body(api.DELETE("/v1/agents/{agent}", { params: { path: { agent } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["agents"] }),
    onError: (error) => toast("bad", t("agents.revokeFailed"), error.message),
  });
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
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => {
          if (leaving) revoke.mutate(leaving.id);
          setLeaving(undefined);
        }}
        title={t("agents.revokeTitle", { name: leaving?.name ?? "" })}
        action={t("agents.revoke")}
        typed={leaving?.name}
      >
        <p>{t("agents.revokeText")}</p>
      </Confirm>
    </Page>
  );
}
