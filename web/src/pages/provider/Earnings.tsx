import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Download, HandCoins } from "lucide-react";
import { useState } from "react";
import { providerStatement } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import { csv, download } from "../../lib/download";
import { middleOf, recentMonths } from "../../lib/months";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card, Stat } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { SelectField } from "../../ui/Field";
import { Grid, Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";

/** What the provider is due for a month, line by line. */
export default function Earnings() {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const months = recentMonths(13);
  const [month, setMonth] = useState<string>();
  const query = useQuery(providerStatement(participant.id, month));
  return (
    <Page
      title={t("shell.earnings")}
      lead={t("provider.earningsLead")}
      actions={
        <SelectField
          label={t("costs.month")}
          value={month ?? months[0]}
          onChange={({ target }) => setMonth(target.value)}
          choices={months.map((one) => ({ value: one, label: format.month(middleOf(one)) }))}
        />
      }
    >
      <Async query={query}>
        {({ lines, amount, commission, payout, closed }) => (
          <Stack gap={5}>
            <Grid>
              <Stat
                label={t("provider.payout")}
                value={format.money(payout)}
                note={<Badge tone={closed ? "good" : "accent"}>{t(closed ? "costs.closed" : "costs.open")}</Badge>}
              />
              <Stat label={t("provider.turnover")} value={format.money(amount)} />
              <Stat label={t("costs.commission")} value={format.money(commission)} />
            </Grid>
            <Card flush title={t("costs.statement")}>
              {lines.length === 0 ? (
                <Empty icon={HandCoins} title={t("costs.none")}>
                  {t("provider.noEarningsHint")}
                </Empty>
              ) : (
                <Table
                  label={t("costs.statement")}
                  rows={lines}
                  keyOf={({ service, component, start }) => `${service} ${component} ${start}`}
                  columns={[
                    {
                      header: t("services.service"),
                      cell: ({ service, name, siteName }) => (
                        <Link to="/services/$service" params={{ service }}>
                          {name} <span className="muted small">{siteName}</span>
                        </Link>
                      ),
                    },
                    { header: t("costs.by.part"), cell: ({ component }) => component },
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
                    { header: t("provider.turnover"), cell: (line) => format.money(line.amount), right: true },
                    { header: t("costs.commission"), cell: (line) => format.money(line.commission), right: true },
                    { header: t("provider.payout"), cell: (line) => format.money(line.payout), right: true },
                  ]}
                />
              )}
            </Card>
            {lines.length > 0 ? (
              <Row justify="end">
                <Button
                  small
                  onClick={() =>
                    download(
                      `hansa-earnings-${month ?? months[0] ?? ""}.csv`,
                      "text/csv",
                      csv([
                        [
                          "service",
                          "component",
                          "start",
                          "end",
                          "seconds",
                          "amount",
                          "commission",
                          "payout",
                          "currency",
                          "meter",
                          "measured",
                          "priced",
                          "unit",
                        ],
                        ...lines.map((line) => [
                          line.service,
                          line.component,
                          line.start,
                          line.end,
                          line.seconds,
                          line.amount.amount,
                          line.commission.amount,
                          line.payout.amount,
                          line.payout.currency,
                          line.measured?.meter ?? "",
                          line.measured?.quantity ?? "",
                          line.measured?.priced ?? "",
                          line.measured?.unit ?? "",
                        ]),
                      ]),
                    )
                  }
                >
                  <Download size={16} aria-hidden />
                  {t("common.download", { format: "CSV" })}
                </Button>
              </Row>
            ) : null}
          </Stack>
        )}
      </Async>
    </Page>
  );
}
