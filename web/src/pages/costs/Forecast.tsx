import { useQuery } from "@tanstack/react-query";
import { costs as costsQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { compare, percentOf } from "../../lib/money";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { inCents } from "./cents";
import styles from "./Costs.module.css";
import { DayChart } from "./DayChart";

type Project = Schema<"ProjectCost">;

/** How much of a budget the month will use, and which shares of it were told of. */
function Budget({ project }: { project: Project }) {
  const { t, format } = useText();
  const { budget, forecast, alerts } = project;
  if (!budget) return <span className="muted">{t("projects.noLimit")}</span>;
  const share = percentOf(forecast, budget);
  const tone = compare(forecast, budget) > 0 ? "over" : share >= 80 ? "near" : "within";
  return (
    <Stack gap={1}>
      <span className="number">
        {t("costs.ofBudget", { share: format.percent(share), amount: format.money(budget) })}
      </span>
      <span className={styles.bar} data-tone={tone} role="img" aria-label={format.percent(share)}>
        <span style={{ width: `${Math.min(100, share)}%` }} />
      </span>
      {alerts.length > 0 ? (
        <Row gap={1}>
          {alerts.map(({ basis, percent, at }) => (
            <Badge key={`${basis} ${percent}`} tone={basis === "charged" ? "bad" : "warn"}>
              {t(`costs.alert.${basis}`, { percent, date: format.date(at) })}
            </Badge>
          ))}
        </Row>
      ) : null}
    </Stack>
  );
}

/** What the month will come to: day by day so far, and each project against its budget. */
export function Forecast({ tenant, month }: { tenant: string | undefined; month: string | undefined }) {
  const { t, format } = useText();
  const costs = useQuery(costsQuery(tenant, month)).data;
  if (!costs || (costs.days.length === 0 && costs.projects.length === 0)) return null;
  const shown = inCents(costs);
  const exact = new Map(costs.projects.map((project) => [project.project, project]));
  return (
    <>
      {costs.days.length > 0 ? (
        <Card title={t("costs.days")}>
          <DayChart costs={costs} />
        </Card>
      ) : null}
      {costs.projects.length > 0 ? (
        <Card flush title={t("costs.forecast")}>
          <Table
            label={t("costs.forecast")}
            rows={shown.projects}
            keyOf={({ project }) => project}
            columns={[
              { header: t("common.project"), cell: ({ name }) => name },
              {
                header: t("costs.budget"),
                cell: (project) => <Budget project={exact.get(project.project) ?? project} />,
              },
              { header: t("costs.soFar"), cell: ({ charged }) => format.money(charged), right: true },
              { header: t("costs.toCome"), cell: ({ expected }) => format.money(expected), right: true },
              { header: t("costs.comesTo"), cell: ({ forecast }) => format.money(forecast), right: true },
            ]}
            footer={
              <tr>
                <th scope="row" colSpan={2}>
                  {t("costs.together")}
                </th>
                <td>{format.money(shown.charged)}</td>
                <td>{format.money(shown.expected)}</td>
                <td>{format.money(shown.forecast)}</td>
              </tr>
            }
          />
        </Card>
      ) : null}
    </>
  );
}
