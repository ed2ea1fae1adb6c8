import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CalendarClock, Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { maintenance } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { SelectField, TextField } from "../../ui/Field";
import { Grid } from "../../ui/Layout";
import { Table } from "../../ui/Table";

type Site = Schema<"Site">;

const instant = (local: string) => (Number.isNaN(Date.parse(local)) ? "" : new Date(local).toISOString());

function Plan({ sites, onClose }: { sites: readonly Site[]; onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [site, setSite] = useState(sites[0]?.id ?? "");
  const [start, setStart] = useState("");
  const [end, setEnd] = useState("");
  const [reason, setReason] = useState("");
  const request: Schema<"NewMaintenanceWindow"> = { start: instant(start), end: instant(end), reason };
  const plan = useMutation({
    mutationFn: () => body(api.POST("/v1/sites/{site}/maintenance", { params: { path: { site } }, body: request })),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["maintenance"] });
      onClose();
    },
  });
  const turned = request.start !== "" && request.end !== "" && request.end <= request.start;
  const complete = request.start !== "" && request.end !== "" && !turned && reason.trim() !== "";
  return (
    <FormDialog
      title={t("maintenance.new")}
      submit={t("maintenance.plan")}
      onSubmit={() => plan.mutate()}
      onClose={onClose}
      sending={plan}
      incomplete={!complete}
      copy={{
        request: { method: "POST", path: `/v1/sites/${site}/maintenance`, body: request },
        cli: commandLine([
          ...["hansa", "maintenance", "create", site, "--start", request.start, "--end", request.end],
          ...["--reason", request.reason],
        ]),
      }}
    >
      <SelectField
        label={t("common.site")}
        value={site}
        onChange={({ target }) => setSite(target.value)}
        choices={sites.map(({ id, name }) => ({ value: id, label: name }))}
      />
      <Grid column="12rem" gap={3}>
        <TextField
          label={t("maintenance.start")}
          type="datetime-local"
          value={start}
          onChange={({ target }) => setStart(target.value)}
        />
        <TextField
          label={t("maintenance.end")}
          type="datetime-local"
          value={end}
          error={turned ? t("maintenance.turned") : undefined}
          onChange={({ target }) => setEnd(target.value)}
        />
      </Grid>
      <TextField
        label={t("maintenance.reason")}
        hint={t("maintenance.reasonHint")}
        maxLength={500}
        value={reason}
        onChange={({ target }) => setReason(target.value)}
      />
    </FormDialog>
  );
}

/** When the provider works on its sites; everybody with something running there is told. */
export function Maintenance({ sites }: { sites: readonly Site[] }) {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const queries = useQueryClient();
  const [planning, setPlanning] = useState(false);
  const [leaving, setLeaving] = useState<string>();
  const query = useQuery(maintenance({ provider: participant.id }));
  const cancel = async (id: string) => {
    await body(api.DELETE("/v1/maintenance/{maintenance}", { params: { path: { maintenance: id } } }));
    await queries.invalidateQueries({ queryKey: ["maintenance"] });
  };
  return (
    <Card
      flush
      title={t("maintenance.title")}
      actions={
        <Button small onClick={() => setPlanning(true)}>
          <Plus size={16} aria-hidden />
          {t("maintenance.plan")}
        </Button>
      }
    >
      <Async query={query}>
        {(planned) =>
          planned.length === 0 ? (
            <Empty icon={CalendarClock} title={t("maintenance.none")}>
              {t("maintenance.noneHint")}
            </Empty>
          ) : (
            <Table
              label={t("maintenance.title")}
              rows={planned}
              keyOf={({ id }) => id}
              columns={[
                { header: t("common.site"), cell: ({ siteName }) => siteName },
                { header: t("maintenance.start"), cell: ({ start }) => format.time(start) },
                { header: t("maintenance.end"), cell: ({ end }) => format.time(end) },
                { header: t("maintenance.reason"), cell: ({ reason }) => reason },
                {
                  header: t("common.actions"),
                  cell: ({ id }) => (
                    <Button small look="quiet" onClick={() => setLeaving(id)}>
                      {t("maintenance.cancel")}
                    </Button>
                  ),
                  right: true,
                },
              ]}
            />
          )
        }
      </Async>
      {planning ? <Plan sites={sites} onClose={() => setPlanning(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("maintenance.cancelTitle")}
          action={t("maintenance.cancel")}
          run={() => cancel(leaving)}
          copy={{
            request: { method: "DELETE", path: `/v1/maintenance/${leaving}` },
            cli: commandLine(["hansa", "maintenance", "cancel", leaving]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("maintenance.cancelText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
