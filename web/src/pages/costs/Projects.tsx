import { useMutation, useQueryClient } from "@tanstack/react-query";
import { FolderPlus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { useHasRole, useIdentity, type Project } from "../../app/identity";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

type Money = Schema<"Money">;

const euros = (text: string): Money | undefined => {
  const amount = text.trim().replace(",", ".");
  return amount === "" ? undefined : { amount, currency: "EUR" };
};
const usualAlerts = [80, 100];
const sharesOf = (text: string) => [
  ...new Set(
    text
      .split(/[\s,;%]+/)
      .filter(Boolean)
      .map(Number),
  ),
];
const areShares = (text: string) =>
  sharesOf(text).every((share) => Number.isInteger(share) && share >= 1 && share <= 200);
const isAmount = (text: string) => text.trim() === "" || /^\d+([.,]\d{1,2})?$/.test(text.trim());

interface EditProps {
  project: Project | undefined;
  onClose: () => void;
}

/** A new project, or other limits of one. */
function Edit({ project, onClose }: EditProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const [name, setName] = useState(project?.name ?? "");
  const [budget, setBudget] = useState(project?.budget?.amount ?? "");
  const [above, setAbove] = useState(project?.approvalAbove?.amount ?? "");
  const [alerts, setAlerts] = useState((project?.alerts ?? usualAlerts).join(", "));
  const limits = { budget: euros(budget), approvalAbove: euros(above), alerts: sharesOf(alerts) };
  const save = useMutation({
    mutationFn: () =>
      project
        ? body(api.PATCH("/v1/projects/{project}", { params: { path: { project: project.id } }, body: limits }))
        : body(api.POST("/v1/projects", { body: { name, ...limits } })),
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ["whoami"] });
      toast("good", t("projects.saved", { name: saved.name }));
      onClose();
    },
  });
  const valid = isAmount(budget) && isAmount(above) && areShares(alerts) && name !== "";
  const money = (flag: string, text: string) => (text ? [flag, `${text} EUR`] : []);
  return (
    <FormDialog
      title={project ? t("projects.limitsOf", { name: project.name }) : t("projects.new")}
      submit={project ? t("common.save") : t("common.create")}
      onSubmit={() => save.mutate()}
      onClose={onClose}
      sending={save}
      incomplete={!valid}
      copy={{
        request: project
          ? { method: "PATCH", path: `/v1/projects/${project.id}`, body: limits }
          : { method: "POST", path: "/v1/projects", body: { name, ...limits } },
        cli: commandLine([
          ...["hansa", "project", project ? "limits" : "create", name],
          ...money("--budget", budget),
          ...money("--approval-above", above),
          ...limits.alerts.flatMap((share) => ["--alert", String(share)]),
        ]),
      }}
    >
      {project ? null : (
        <TextField
          label={t("common.name")}
          hint={t("describe.nameHint")}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      )}
      <TextField
        label={t("projects.budget")}
        hint={t("projects.budgetHint")}
        inputMode="decimal"
        value={budget}
        error={isAmount(budget) ? undefined : t("projects.notAmount")}
        onChange={({ target }) => setBudget(target.value)}
      />
      <TextField
        label={t("projects.alerts")}
        hint={t("projects.alertsHint")}
        value={alerts}
        error={areShares(alerts) ? undefined : t("projects.notShares")}
        onChange={({ target }) => setAlerts(target.value)}
      />
      <TextField
        label={t("projects.approvalAbove")}
        hint={t("projects.approvalAboveHint")}
        inputMode="decimal"
        value={above}
        error={isAmount(above) ? undefined : t("projects.notAmount")}
        onChange={({ target }) => setAbove(target.value)}
      />
    </FormDialog>
  );
}

/** Projects with what they may spend, and from when somebody else must agree. */
export default function Projects() {
  const { t, format } = useText();
  const { projects } = useIdentity();
  const buyer = useHasRole("buyer");
  const [editing, setEditing] = useState<{ project: Project | undefined }>();
  const limit = (money: Money | null | undefined) => (money ? format.money(money) : t("projects.noLimit"));
  return (
    <Page
      title={t("shell.projects")}
      lead={t("projects.lead")}
      actions={
        buyer ? (
          <Button look="primary" onClick={() => setEditing({ project: undefined })}>
            <FolderPlus size={16} aria-hidden />
            {t("projects.new")}
          </Button>
        ) : undefined
      }
    >
      <Card flush>
        <Table
          label={t("shell.projects")}
          rows={projects}
          keyOf={({ id }) => id}
          columns={[
            { header: t("common.name"), cell: ({ name }) => name },
            { header: t("projects.budget"), cell: ({ budget }) => limit(budget), right: true },
            {
              header: t("projects.alerts"),
              cell: ({ budget, alerts }) =>
                budget && alerts && alerts.length > 0 ? format.list(alerts.map((share) => `${share} %`)) : "–",
              right: true,
            },
            { header: t("projects.approvalAbove"), cell: ({ approvalAbove }) => limit(approvalAbove), right: true },
            { header: t("common.created"), cell: ({ createdAt }) => format.date(createdAt), right: true },
            {
              header: t("common.actions"),
              cell: (project) => (
                <Button small look="quiet" onClick={() => setEditing({ project })}>
                  {t("projects.change")}
                </Button>
              ),
              right: true,
            },
          ]}
        />
      </Card>
      {editing ? <Edit project={editing.project} onClose={() => setEditing(undefined)} /> : null}
    </Page>
  );
}
