import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { api, body } from "../../api/client";
import { orderPreview, quote as quoteQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { createDraft } from "../../application/drafts";
import { Confirm } from "../../domain/Confirm";
import { CopyAs } from "../../domain/CopyAs";
import { Moment } from "../../domain/Moment";
import { MonthlyPrice } from "../../domain/Price";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { compare } from "../../lib/money";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Loading } from "../../ui/Empty";
import { Row, Split, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Details } from "../../ui/Table";
import { PriceTable } from "../applications/match/PriceTable";
import { applicationName } from "./names";

const PackageMap = lazy(() => import("../applications/match/PackageMap"));
const route = getRouteApi("/inside/quotes/$quote");

function useExpired(at: string): boolean {
  const [expired, setExpired] = useState(() => Date.parse(at) <= Date.now());
  useEffect(() => {
    const left = Date.parse(at) - Date.now();
    if (left <= 0) return;
    const timer = setTimeout(() => setExpired(true), left);
    return () => clearTimeout(timer);
  }, [at]);
  return expired;
}

/** What is left of a quote that no longer holds: the application, to be matched at today's prices. */
function Over({ quote }: { quote: Schema<"Quote"> }) {
  const { t } = useText();
  const navigate = useNavigate();
  const again = async () => {
    const { stringify } = await import("yaml");
    const draft = createDraft(stringify(quote.application));
    await navigate({ to: "/applications/$draft", params: { draft }, search: { step: "match" } });
  };
  return (
    <Notice
      tone="accent"
      title={t("quotes.over")}
      actions={
        <Row>
          <Button look="primary" onClick={() => void again()}>
            {t("quotes.renew")}
          </Button>
        </Row>
      }
    >
      <p>{t("quotes.overHint")}</p>
    </Notice>
  );
}

function Accept({ quote }: { quote: Schema<"Quote"> }) {
  const { t, format } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { projects } = useIdentity();
  const [withdrawing, setWithdrawing] = useState(false);
  const expired = useExpired(quote.expiresAt);
  const project = projects.find(({ id }) => id === quote.project);
  const { monthly, oneOff } = quote.package.price;
  const above = project?.approvalAbove;
  const waits = above?.currency === monthly.currency && compare(monthly, above) > 0;
  const refresh = () => queries.invalidateQueries({ queryKey: ["quotes"] });
  const request = { kind: "create" as const, quote: quote.id };
  const acceptable = quote.state === "open" && !expired;
  const preview = useQuery({ ...orderPreview(request), enabled: acceptable }).data;
  const order = useMutation({
    mutationFn: () => body(api.POST("/v1/orders", { body: request })),
    onSuccess: async ({ id }) => {
      await Promise.all([refresh(), queries.invalidateQueries({ queryKey: ["orders"] })]);
      await navigate({ to: "/orders/$order", params: { order: id } });
    },
  });
  const withdraw = async () => {
    await body(api.POST("/v1/quotes/{quote}/withdraw", { params: { path: { quote: quote.id } } }));
    await refresh();
  };
  if (quote.state === "accepted") {
    return (
      <Notice
        tone="good"
        title={t("quotes.accepted")}
        actions={
          <Link to="/orders" className={buttonClass({ small: true })}>
            {t("shell.orders")}
          </Link>
        }
      >
        <p>{t("quotes.acceptedHint")}</p>
      </Notice>
    );
  }
  if (!acceptable) return <Over quote={quote} />;
  return (
    <Card title={t("quotes.order")}>
      <Stack gap={3}>
        <MonthlyPrice money={monthly} large />
        <p className="muted">{t("match.andOnce", { amount: format.money(oneOff) })}</p>
        {waits ? <Notice tone="accent" title={t("quotes.needsApproval", { amount: format.money(above) })} /> : null}
        {preview && !preview.withinBudget ? (
          <Notice tone="bad" title={t("preview.overBudget")}>
            <p>{t("preview.overBudgetHint")}</p>
          </Notice>
        ) : null}
        {order.error ? <ProblemNotice error={order.error} /> : null}
        <Row justify="between">
          <Button look="primary" busy={order.isPending} onClick={() => order.mutate()}>
            {t("quotes.orderFor", { amount: format.money(monthly) })}
          </Button>
          <CopyAs
            request={{ method: "POST", path: "/v1/orders", body: request }}
            cli={commandLine(["hansa", "order", "create", "--quote", quote.id, "--wait"])}
          />
          <a href={`/v1/quotes/${quote.id}/document`} target="_blank" rel="noreferrer">
            {t("quotes.asPdf")}
          </a>
        </Row>
        <p className="muted small">{t("quotes.orderHint")}</p>
        <Row>
          <Button small look="quiet" onClick={() => setWithdrawing(true)}>
            {t("quotes.withdraw")}
          </Button>
        </Row>
      </Stack>
      {withdrawing ? (
        <Confirm
          title={t("quotes.withdrawTitle")}
          action={t("quotes.withdraw")}
          run={withdraw}
          copy={{
            request: { method: "POST", path: `/v1/quotes/${quote.id}/withdraw` },
            cli: commandLine(["hansa", "quote", "withdraw", quote.id]),
          }}
          onClose={() => setWithdrawing(false)}
        >
          <p>{t("quotes.withdrawText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}

function Content({ quote }: { quote: Schema<"Quote"> }) {
  const { t, format } = useText();
  return (
    <Page
      title={applicationName(quote.application)}
      mark={<StateBadge state={quote.state} />}
      above={{ label: t("shell.quotes"), to: "/quotes" }}
    >
      <Split>
        <Stack>
          <Card flush title={t("match.breakdown")}>
            <PriceTable one={quote.package} />
          </Card>
          <Card flush title={t("match.onMap")}>
            <Suspense fallback={<Loading lines={8} />}>
              <PackageMap one={quote.package} application={quote.application} />
            </Suspense>
          </Card>
        </Stack>
        <Stack>
          <Accept quote={quote} />
          <Card title={t("common.details")}>
            <Details
              facts={[
                [
                  t("quotes.number"),
                  <code key="id" className="mono">
                    {quote.id}
                  </code>,
                ],
                [t("common.created"), <Moment key="created" at={quote.createdAt} />],
                [t("quotes.expires"), format.time(quote.expiresAt)],
                [t("quotes.held"), quote.held ? t("common.yes") : t("common.no")],
              ]}
            />
          </Card>
          <Card title={t("quotes.signed")}>
            <Stack gap={2}>
              <p className="muted small">{t("quotes.signedHint")}</p>
              <Code text={commandLine(["hansa", "quote", "verify", quote.id])} label="CLI" />
            </Stack>
          </Card>
        </Stack>
      </Split>
    </Page>
  );
}

/** A quote: its price holds until it expires. */
export default function QuotePage() {
  const { quote } = route.useParams();
  return <Async query={useQuery(quoteQuery(quote))}>{(found) => <Content quote={found} />}</Async>;
}
