import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, Receipt } from "lucide-react";
import { useState } from "react";
import { statement as statementQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import { download } from "../../lib/download";
import { percentOf } from "../../lib/money";
import { middleOf, recentMonths } from "../../lib/months";
import { commandLine } from "../../lib/snippets";
import { CopyAs } from "../../domain/CopyAs";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button, buttonClass } from "../../ui/Button";
import { Card, Stat } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { SelectField } from "../../ui/Field";
import { Grid, Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { Switcher } from "../../ui/Tabs";
import styles from "./Costs.module.css";
import { Forecast } from "./Forecast";
import { grouped, type GroupBy } from "./grouping";

type Statement = Schema<"Statement">;

function Groups({ statement }: { statement: Statement }) {
  const { t, format } = useText();
  const { projects } = useIdentity();
  const [by, setBy] = useState<GroupBy>("service");
  const name = (key: string) => (by === "project" ? (projects.find(({ id }) => id === key)?.name ?? key) : key);
  return (
    <Card
      flush
      title={t("costs.by")}
      actions={
        <Switcher
          label={t("costs.by")}
          value={by}
          onChange={setBy}
          options={(["service", "provider", "project", "part"] as const).map((value) => ({
            value,
            label: t(`costs.by.${value}`),
          }))}
        />
      }
    >
      <Table
        label={t("costs.by")}
        rows={grouped(statement.lines, by)}
        keyOf={({ key }) => key}
        columns={[
          { header: t(`costs.by.${by}`), cell: ({ key }) => name(key) },
          {
            header: t("costs.share"),
            cell: ({ amount }) => {
              const share = percentOf(amount, statement.total);
              return (
                <span className={styles.bar} role="img" aria-label={format.percent(share)}>
                  <span style={{ width: `${share}%` }} />
                </span>
              );
            },
          },
          { header: t("costs.lines"), cell: ({ lines }) => lines, right: true },
          { header: t("costs.amount"), cell: ({ amount }) => format.money(amount), right: true },
        ]}
      />
    </Card>
  );
}

function Lines({ statement }: { statement: Statement }) {
  const { t, format } = useText();
  return (
    <Card flush title={t("costs.statement")}>
      <Table
        label={t("costs.statement")}
        rows={statement.lines}
        keyOf={({ service, component, start }) => `${service} ${component} ${start}`}
        columns={[
          {
            header: t("services.service"),
            cell: ({ service, name }) => (
              <Link to="/services/$service" params={{ service }}>
                {name}
              </Link>
            ),
          },
          { header: t("costs.by.part"), cell: ({ component }) => component },
          { header: t("common.provider"), cell: ({ providerName }) => providerName },
          {
            header: t("costs.time"),
            cell: ({ seconds }) => (seconds > 0 ? format.duration(seconds) : t("costs.onceOnly")),
            right: true,
          },
          {
            header: t("costs.quantity"),
            cell: ({ measured }) => (measured ? format.measured(measured) : "–"),
            right: true,
          },
          { header: t("costs.exact"), cell: ({ exact }) => format.money(exact, true), right: true },
          { header: t("costs.amount"), cell: ({ amount }) => format.money(amount), right: true },
        ]}
        footer={
          <tr>
            <th scope="row" colSpan={6}>
              {t("costs.total")}
            </th>
            <td>{format.money(statement.total)}</td>
          </tr>
        }
      />
    </Card>
  );
}

/** Where the exchange gives a month's costs as a file. */
function exportAddress(format: "csv" | "focus", tenant: string, month: string | undefined): string {
  const query = new URLSearchParams({ format, tenant, ...(month ? { month } : {}) });
  return `/v1/costs/export?${query.toString()}`;
}

/** What is owed for a month, to the cent, and what it is for. */
export default function Costs() {
  const { t, format } = useText();
  const { tenants } = useIdentity();
  const months = recentMonths(13);
  const [month, setMonth] = useState<string>();
  const [tenant, setTenant] = useState<string>();
  const query = useQuery(statementQuery(tenant, month));
  const file = `hansa-${month ?? months[0] ?? ""}`;
  return (
    <Page
      title={t("shell.costs")}
      lead={t("costs.lead")}
      actions={
        <>
          {tenants.length > 1 ? (
            <SelectField
              label={t("costs.tenant")}
              value={tenant ?? tenants[0]?.id}
              onChange={({ target }) => setTenant(target.value)}
              choices={tenants.map(({ id, name }) => ({ value: id, label: name }))}
            />
          ) : null}
          <SelectField
            label={t("costs.month")}
            value={month ?? months[0]}
            onChange={({ target }) => setMonth(target.value)}
            choices={months.map((one) => ({ value: one, label: format.month(middleOf(one)) }))}
          />
        </>
      }
    >
      <Async query={query}>
        {(statement) => (
          <Stack gap={5}>
            <Grid>
              <Stat
                label={t("costs.total")}
                value={format.money(statement.total)}
                note={
                  <Badge tone={statement.closed ? "good" : "accent"}>
                    {t(statement.closed ? "costs.closed" : "costs.open")}
                  </Badge>
                }
              />
              {statement.providers.slice(0, 3).map(({ provider, name, payout }) => (
                <Stat key={provider} label={t("costs.goesTo", { name })} value={format.money(payout)} />
              ))}
              <Stat label={t("costs.commission")} value={format.money(statement.commission)} />
            </Grid>
            {statement.lines.length === 0 ? (
              <Card>
                <Empty icon={Receipt} title={t("costs.none")}>
                  {t("costs.noneHint")}
                </Empty>
              </Card>
            ) : (
              <>
                <Forecast tenant={tenant} month={month} />
                <Groups statement={statement} />
                <Lines statement={statement} />
                <Row justify="end">
                  <CopyAs
                    request={{ method: "GET", path: `/v1/statements${month ? `?month=${month}` : ""}` }}
                    cli={commandLine(["hansa", "statement", "show", ...(month ? ["--month", month] : [])])}
                  />
                  {(["csv", "focus"] as const).map((form) => (
                    <a
                      key={form}
                      className={buttonClass({ small: true })}
                      href={exportAddress(form, statement.tenant, month)}
                      download
                    >
                      <Download size={16} aria-hidden />
                      {t("common.download", { format: form === "csv" ? "CSV" : "FOCUS" })}
                    </a>
                  ))}
                  <Button
                    small
                    onClick={() => download(`${file}.json`, "application/json", JSON.stringify(statement, null, 2))}
                  >
                    <Download size={16} aria-hidden />
                    {t("common.download", { format: "JSON" })}
                  </Button>
                </Row>
              </>
            )}
          </Stack>
        )}
      </Async>
    </Page>
  );
}
