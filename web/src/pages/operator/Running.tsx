import type { Schema } from "../../api/types";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { Badge } from "../../ui/Badge";
import { Card, Stat } from "../../ui/Card";
import { Grid } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Details } from "../../ui/Table";

/** More than this, waiting to be put in their order, means that something is stuck. */
const manyWaiting = 100;

const all = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0);

/** How much there is of what, and what it is kept in. */
export function Running({ system }: { system: Schema<"System"> }) {
  const { t, format } = useText();
  const { counts, database } = system;
  return (
    <>
      {counts.waiting > manyWaiting ? (
        <Notice tone="bad" title={t("system.waitingLong", { count: format.number(counts.waiting) })}>
          <p>{t("system.waitingLongHint")}</p>
        </Notice>
      ) : null}
      <Grid column="11rem">
        <Stat label={t("system.sagas")} value={format.number(counts.sagas)} to="/operations/orders" />
        <Stat
          label={t("home.agentsOnline")}
          value={`${format.number(counts.agentsOnline)} / ${format.number(counts.agents)}`}
          to="/operations/agents"
        />
        <Stat label={t("shell.services")} value={format.number(all(counts.services))} to="/operations/services" />
        <Stat label={t("system.auditRows")} value={format.number(counts.auditRows)} to="/audit" />
      </Grid>
      <Grid column="22rem">
        <Card title={t("system.process")}>
          <Details
            facts={[
              [t("system.version"), system.version],
              [t("system.since"), <Moment key="since" at={system.startedAt} />],
              [t("system.clock"), format.time(system.now)],
              [t("system.zone"), system.billingZone],
              [t("costs.commission"), format.percent(system.commissionBp / 100)],
              [
                t("system.waiting"),
                <Badge key="waiting" tone={counts.waiting > manyWaiting ? "bad" : "good"}>
                  {format.number(counts.waiting)}
                </Badge>,
              ],
            ]}
          />
        </Card>
        <Card title={t("system.database")}>
          <Details
            facts={[
              [t("system.engine"), `${database.engine} ${database.version}`],
              [t("system.size"), format.bytes(database.bytes)],
              [t("system.schema"), database.schema],
              [t("shell.participants"), format.number(counts.participants)],
              [t("shell.orders"), format.number(all(counts.orders))],
              [t("shell.market"), format.number(all(counts.offers))],
              [t("system.eventsSoFar"), format.number(counts.events)],
            ]}
          />
        </Card>
      </Grid>
    </>
  );
}
