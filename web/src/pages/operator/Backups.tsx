import { useMutation, useQueryClient } from "@tanstack/react-query";
import { DatabaseBackup } from "lucide-react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { useHasRole } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Row } from "../../ui/Layout";
import { ProblemNotice } from "../../ui/Problem";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

/** The copies of the database that are there, and a way to make another now. */
export function Backups({ system }: { system: Schema<"System"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const operator = useHasRole("operator");
  const make = useMutation({
    mutationFn: () => body(api.POST("/v1/system/backups")),
    onSuccess: async ({ file }) => {
      await queries.invalidateQueries({ queryKey: ["system"] });
      toast("good", t("system.backupMade", { file }));
    },
  });
  return (
    <Card
      flush
      title={t("system.backups")}
      actions={
        system.makesBackups && operator ? (
          <Row>
            <CopyAs request={{ method: "POST", path: "/v1/system/backups" }} cli="hansa system backup" />
            <Button small busy={make.isPending} onClick={() => make.mutate()}>
              <DatabaseBackup size={16} aria-hidden />
              {t("system.backUp")}
            </Button>
          </Row>
        ) : undefined
      }
    >
      {make.error ? <ProblemNotice error={make.error} /> : null}
      {system.backups.length === 0 ? (
        <Empty icon={DatabaseBackup} title={t("system.noBackups")}>
          {t(system.makesBackups ? "system.noBackupsHint" : "system.elsewhereHint")}
        </Empty>
      ) : (
        <Table
          label={t("system.backups")}
          rows={system.backups}
          keyOf={({ file }) => file}
          columns={[
            { header: t("system.file"), cell: ({ file }) => <code className="mono">{file}</code> },
            { header: t("system.made"), cell: ({ at }) => format.time(at) },
            { header: t("system.size"), cell: ({ bytes }) => format.bytes(bytes), right: true },
          ]}
        />
      )}
    </Card>
  );
}
