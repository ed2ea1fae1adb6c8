import type { MatchOutcome } from "../../../application/useMatch";
import { useText } from "../../../i18n/i18n";
import { Card } from "../../../ui/Card";
import { Stack } from "../../../ui/Layout";
import { Table } from "../../../ui/Table";

/** What was left out, and by which requirement; what was nearly chosen, and what beat it. */
export function WhyNot({ outcome }: { outcome: MatchOutcome }) {
  const { t, maybe, format } = useText();
  const requirement = (name: string) => maybe(`requirement.${name}`, name);
  const counted = outcome.requirements.filter(({ excluded }) => excluded > 0);
  return (
    <Stack>
      {counted.length > 0 ? (
        <Card flush title={t("match.requirements")}>
          <Table
            label={t("match.requirements")}
            rows={counted}
            keyOf={({ component, requirement: name }) => `${component} ${name}`}
            columns={[
              { header: t("match.component"), cell: ({ component }) => component },
              { header: t("match.requirement"), cell: ({ requirement: name }) => requirement(name) },
              {
                header: t("match.leftOut"),
                cell: ({ excluded, offers }) =>
                  t("match.of", { part: format.number(excluded), whole: format.number(offers) }),
                right: true,
              },
              { header: t("match.alone"), cell: ({ alone }) => format.number(alone), right: true },
              {
                header: t("match.opensFrom"),
                cell: ({ opensFrom }) => (opensFrom ? t("market.from", { amount: format.money(opensFrom) }) : "–"),
                right: true,
              },
            ]}
          />
        </Card>
      ) : null}
      {outcome.runnersUp && outcome.runnersUp.length > 0 ? (
        <Card flush title={t("match.runnersUp")}>
          <Table
            label={t("match.runnersUp")}
            rows={outcome.runnersUp}
            keyOf={({ component, offer }) => `${component} ${offer}`}
            columns={[
              { header: t("market.offer"), cell: ({ offer }) => offer },
              { header: t("match.component"), cell: ({ component }) => component },
              {
                header: t("match.beatenBy"),
                cell: ({ beatenBy, breaks }) => (breaks ? requirement(breaks) : beatenBy),
              },
              { header: t("market.monthly"), cell: ({ monthly }) => format.money(monthly), right: true },
            ]}
          />
        </Card>
      ) : null}
      {outcome.excluded.length > 0 ? (
        <Card flush title={t("match.excluded")}>
          <Table
            label={t("match.excluded")}
            rows={outcome.excluded.slice(0, 30)}
            keyOf={({ component, offer, requirement: name }) => `${component} ${offer} ${name}`}
            columns={[
              { header: t("market.offer"), cell: ({ offer }) => offer },
              { header: t("match.component"), cell: ({ component }) => component },
              { header: t("match.requirement"), cell: ({ requirement: name }) => requirement(name) },
              { header: t("match.wanted"), cell: ({ required }) => required },
              {
                header: t("match.offered"),
                cell: ({ offered, distance }) => (distance ? `${offered} (${distance})` : offered),
              },
            ]}
          />
        </Card>
      ) : null}
    </Stack>
  );
}
