import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Sparkles } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { proposals as proposalsQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { Confirm } from "../../domain/Confirm";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Details, Table } from "../../ui/Table";

function Proposal({ proposal }: { proposal: Schema<"Proposal"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const { advice, application, order, createdAt } = proposal;
  const { alternative } = advice;
  const [leaving, setLeaving] = useState(false);
  const dismiss = async () => {
    await body(api.POST("/v1/proposals/{proposal}/dismiss", { params: { path: { proposal: proposal.id } } }));
    await queries.invalidateQueries({ queryKey: ["proposals"] });
  };
  return (
    <Card
      title={
        <Row>
          <Link to="/orders/$order" params={{ order }}>
            {application}
          </Link>
          <Badge tone={advice.cause === "must-move" ? "warn" : "good"}>{t(`proposals.cause.${advice.cause}`)}</Badge>
        </Row>
      }
      actions={
        <Button small look="quiet" onClick={() => setLeaving(true)}>
          {t("proposals.dismiss")}
        </Button>
      }
    >
      <Stack>
        {advice.failures.length > 0 ? (
          <ul>
            {advice.failures.map(({ component, requirement, required, offered }) => (
              <li key={`${component} ${requirement}`}>
                {t("proposals.failure", {
                  component: component ?? application,
                  required: `${requirement} ${required}`,
                  offered,
                })}
              </li>
            ))}
          </ul>
        ) : null}
        {alternative ? (
          <>
            <Details
              facts={[
                [t("proposals.now"), t("common.perMonth", { amount: format.money(advice.monthly) })],
                [t("proposals.then"), t("common.perMonth", { amount: format.money(alternative.monthly) })],
                [t("proposals.saving"), t("common.perMonth", { amount: format.money(alternative.saving) })],
                [
                  t("proposals.paysBack"),
                  alternative.paysBackDays ? format.duration(alternative.paysBackDays * 86_400) : undefined,
                ],
              ]}
            />
            <Table
              label={t("proposals.moves")}
              rows={alternative.moves}
              keyOf={({ component, from, to }) => `${component} ${from} ${to}`}
              columns={[
                {
                  header: t("match.component"),
                  cell: ({ component, count }) => (count > 1 ? `${component} × ${count}` : component),
                },
                { header: t("services.from"), cell: ({ from }) => from },
                { header: t("proposals.to"), cell: ({ to }) => to },
                { header: t("proposals.data"), cell: ({ data }) => data, right: true },
                { header: t("market.monthly"), cell: ({ toMonthly }) => format.money(toMonthly), right: true },
              ]}
            />
          </>
        ) : (
          <p className="muted">{t("proposals.noAlternative")}</p>
        )}
        <p className="muted small">
          <Moment at={createdAt} />
        </p>
      </Stack>
      {leaving ? (
        <Confirm
          title={t("proposals.dismissTitle", { name: application })}
          action={t("proposals.dismiss")}
          run={dismiss}
          copy={{
            request: { method: "POST", path: `/v1/proposals/${proposal.id}/dismiss` },
            cli: commandLine(["hansa", "proposal", "dismiss", proposal.id]),
          }}
          onClose={() => setLeaving(false)}
        >
          <p>{t("proposals.dismissText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}

/** What would be better elsewhere, or no longer holds where it is. */
export default function Proposals() {
  const { t } = useText();
  const query = useQuery(proposalsQuery());
  return (
    <Page title={t("shell.proposals")} lead={t("proposals.lead")}>
      <Async query={query}>
        {(list) =>
          list.length === 0 ? (
            <Card>
              <Empty icon={Sparkles} title={t("proposals.none")}>
                {t("proposals.noneHint")}
              </Empty>
            </Card>
          ) : (
            <Stack>
              {list.map((proposal) => (
                <Proposal key={proposal.id} proposal={proposal} />
              ))}
            </Stack>
          )
        }
      </Async>
    </Page>
  );
}
