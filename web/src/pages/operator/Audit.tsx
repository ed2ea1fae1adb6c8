import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ScrollText, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { audit, auditVerification, itemsOf } from "../../api/queries";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { Reference } from "../../domain/Reference";
import { LongList } from "../../domain/LongList";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code, CopyButton } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Grid, Row } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Details, Table } from "../../ui/Table";

const route = getRouteApi("/inside/audit");
const filters = ["action", "subject", "actor"] as const;

function Verification() {
  const { t, format } = useText();
  const check = useQuery(auditVerification());
  const found = check.data;
  return (
    <>
      {check.error ? <ProblemNotice error={check.error} /> : null}
      {found ? (
        typeof found.brokenAt === "number" ? (
          <Notice tone="bad" title={t("audit.broken", { row: found.brokenAt })}>
            <p>{found.problem}</p>
          </Notice>
        ) : (
          <Notice
            tone="good"
            title={t("audit.whole", { count: found.rows }).replace(String(found.rows), format.number(found.rows))}
          >
            <p>{t("audit.keepHead")}</p>
            <Row gap={1}>
              <code className="mono">{found.head}</code>
              <CopyButton text={found.head} />
            </Row>
          </Notice>
        )
      ) : null}
      <Row>
        <Button busy={check.isFetching} onClick={() => void check.refetch()}>
          <ShieldCheck size={16} aria-hidden />
          {t("audit.verify")}
        </Button>
        <CopyAs request={{ method: "GET", path: "/v1/audit/verify" }} cli={commandLine(["hansa", "audit", "verify"])} />
      </Row>
    </>
  );
}

/** Who did what, in a chain of hashes that anybody can check. */
export default function Audit() {
  const { t, format } = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [row, setRow] = useState<Schema<"AuditRow">>();
  const query = useInfiniteQuery({ ...audit(search), placeholderData: (old) => old });
  return (
    <Page title={t("shell.audit")} lead={t("audit.lead")}>
      <Verification />
      <Grid column="12rem">
        {filters.map((name) => (
          <TextField
            key={name}
            label={t(`audit.${name}`)}
            defaultValue={search[name]}
            placeholder={name === "action" ? "order.create" : undefined}
            onBlur={({ target }) =>
              void navigate({ search: (old) => ({ ...old, [name]: target.value || undefined }), replace: true })
            }
            onKeyDown={(event) => {
              if (event.key === "Enter") event.currentTarget.blur();
            }}
          />
        ))}
      </Grid>
      <Card flush>
        <LongList query={query} />
        <Async query={query} lines={8}>
          {(data) =>
            itemsOf(data).length === 0 ? (
              <Empty icon={ScrollText} title={t("audit.none")}>
                {t("audit.noneHint")}
              </Empty>
            ) : (
              <Table
                label={t("shell.audit")}
                rows={itemsOf(data)}
                keyOf={({ sequence }) => sequence}
                more={moreOf(query)}
                columns={[
                  { header: t("audit.row"), cell: ({ sequence }) => format.number(sequence) },
                  { header: t("audit.at"), cell: ({ at }) => format.time(at) },
                  { header: t("audit.action"), cell: ({ action }) => <code>{action}</code> },
                  { header: t("audit.actor"), cell: ({ actor }) => <Reference id={actor} /> },
                  { header: t("audit.subject"), cell: ({ subject }) => <Reference id={subject} /> },
                  {
                    header: t("common.details"),
                    cell: (one) => (
                      <Button small look="quiet" onClick={() => setRow(one)}>
                        {t("audit.look")}
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
      {row ? (
        <Dialog
          open
          wide
          onClose={() => setRow(undefined)}
          title={t("audit.rowTitle", { row: row.sequence })}
          footer={<Button onClick={() => setRow(undefined)}>{t("common.close")}</Button>}
        >
          <Details
            facts={[
              [t("audit.at"), format.time(row.at)],
              [t("audit.action"), row.action],
              [
                t("audit.actor"),
                <code key="actor" className="mono">
                  {row.actor}
                </code>,
              ],
              [
                t("audit.subject"),
                <code key="subject" className="mono">
                  {row.subject}
                </code>,
              ],
              [
                t("audit.hash"),
                <code key="hash" className="mono">
                  {row.hash}
                </code>,
              ],
            ]}
          />
          <Code label={t("common.details")} text={JSON.stringify(row.detail, null, 2)} />
        </Dialog>
      ) : null}
    </Page>
  );
}
