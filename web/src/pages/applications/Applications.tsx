import { Link, useNavigate } from "@tanstack/react-router";
import {
  Archive,
  Boxes,
  Factory,
  FilePlus2,
  Flame,
  Headset,
  RadioTower,
  ShoppingBag,
  TrainFront,
  Trash2,
  UtilityPole,
  type LucideIcon,
} from "lucide-react";
import { useState } from "react";
import { parseApplication } from "../../application/document";
import { createDraft, deleteDraft, useDrafts } from "../../application/drafts";
import { Confirm } from "../../domain/Confirm";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { blank, load, templateNames, textOf, titleOf, type Template } from "../../templates";
import { Button, IconButton } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Grid, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import styles from "./Applications.module.css";

const icons: Record<Template, LucideIcon> = {
  "web-shop": ShoppingBag,
  archive: Archive,
  kubernetes: Boxes,
  "smart-factory": Factory,
  "smart-grid": UtilityPole,
  "smart-rail": TrainFront,
  "wildfire-watch": Flame,
  "live-broadcasting": RadioTower,
  "remote-assistance": Headset,
};

/** Applications that are being written, and templates to begin with. */
export default function Applications() {
  const { t } = useText();
  const navigate = useNavigate();
  const drafts = useDrafts();
  const [leaving, setLeaving] = useState<string>();
  const open = (text: string) =>
    void navigate({ to: "/applications/$draft", params: { draft: createDraft(text) }, search: {} });
  return (
    <Page
      title={t("shell.applications")}
      lead={t("describe.lead")}
      actions={
        <Button look="primary" onClick={() => open(blank)}>
          <FilePlus2 size={16} aria-hidden />
          {t("describe.blank")}
        </Button>
      }
    >
      {drafts.length > 0 ? (
        <Card flush title={t("describe.drafts")}>
          <Table
            label={t("describe.drafts")}
            rows={drafts}
            keyOf={({ id }) => id}
            columns={[
              {
                header: t("common.name"),
                cell: ({ id, text }) => (
                  <Link to="/applications/$draft" params={{ draft: id }} search={{}}>
                    {parseApplication(text).value.metadata?.name ?? t("describe.unnamed")}
                  </Link>
                ),
              },
              {
                header: t("describe.components"),
                cell: ({ text }) => Object.keys(parseApplication(text).value.spec?.components ?? {}).join(", "),
              },
              { header: t("common.updated"), cell: ({ changedAt }) => <Moment at={changedAt} />, right: true },
              {
                header: t("common.actions"),
                cell: ({ id, text }) => (
                  <IconButton
                    small
                    label={t("describe.deleteDraft", { name: parseApplication(text).value.metadata?.name ?? id })}
                    onClick={() => setLeaving(id)}
                  >
                    <Trash2 size={16} aria-hidden />
                  </IconButton>
                ),
                right: true,
              },
            ]}
          />
        </Card>
      ) : null}
      <Stack gap={3}>
        <h2>{t("describe.templates")}</h2>
        <Grid column="18rem">
          {templateNames.map((name) => {
            const Icon = icons[name];
            return (
              <button key={name} type="button" className={styles.template} onClick={() => void load(name).then(open)}>
                <Icon size={24} strokeWidth={1.6} aria-hidden />
                <strong>{t(titleOf(name))}</strong>
                <span className="muted">{t(textOf(name))}</span>
              </button>
            );
          })}
        </Grid>
      </Stack>
      {leaving ? (
        <Confirm
          title={t("describe.deleteTitle")}
          action={t("common.remove")}
          run={() => deleteDraft(leaving)}
          copy={undefined}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("describe.deleteText")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}
