import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LayoutTemplate, Rocket } from "lucide-react";
import { agents, itemsOf, offers, orders, participants, providerStatement, services, statement } from "../api/queries";
import { useHasRole, useIdentity } from "../app/identity";
import { openOrder, standing } from "../domain/states";
import { RecentOrders } from "../domain/RecentOrders";
import { useText } from "../i18n/i18n";
import { sum } from "../lib/money";
import { buttonClass } from "../ui/Button";
import { Card, Stat } from "../ui/Card";
import { Empty } from "../ui/Empty";
import { Grid, Row, Stack } from "../ui/Layout";
import { Page } from "../ui/Page";

const unknown = "–";

function BuyerHome() {
  const { t, format } = useText();
  const running = useInfiniteQuery(services());
  const placed = useInfiniteQuery(orders());
  const owed = useQuery(statement(undefined, undefined));
  const there = itemsOf(running.data).filter(({ state }) => standing.has(state));
  const list = itemsOf(placed.data);
  if (placed.data && list.length === 0) return <FirstSteps />;
  return (
    <Stack gap={5}>
      <Grid>
        <Stat label={t("home.running")} value={running.data ? there.length : unknown} to="/services" />
        <Stat
          label={t("home.monthly")}
          value={running.data ? format.money(sum(there.map(({ monthly }) => monthly))) : unknown}
          to="/services"
        />
        <Stat label={t("home.thisMonth")} value={owed.data ? format.money(owed.data.total) : unknown} to="/costs" />
        <Stat
          label={t("home.waiting")}
          value={placed.data ? list.filter(({ state }) => openOrder.has(state)).length : unknown}
          to="/orders"
        />
      </Grid>
      <RecentOrders orders={list.slice(0, 6)} />
    </Stack>
  );
}

function FirstSteps() {
  const { t } = useText();
  return (
    <Card>
      <Empty
        icon={Rocket}
        title={t("home.firstTitle")}
        actions={
          <Row>
            <Link to="/applications" className={buttonClass({ look: "primary" })}>
              <LayoutTemplate size={16} aria-hidden />
              {t("home.describe")}
            </Link>
            <Link to="/market" className={buttonClass()}>
              {t("home.browse")}
            </Link>
          </Row>
        }
      >
        {t("home.firstText")}
      </Empty>
    </Card>
  );
}

function ProviderHome() {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const mine = useInfiniteQuery(offers({ provider: participant.id }));
  const heard = useQuery(agents());
  const due = useQuery(providerStatement(participant.id, undefined));
  const list = itemsOf(mine.data);
  const online = heard.data?.filter((agent) => agent.online).length;
  return (
    <Grid>
      <Stat
        label={t("home.orderable")}
        value={mine.data ? `${list.filter(({ state }) => state === "orderable").length} / ${list.length}` : unknown}
        to="/provider/offers"
      />
      <Stat
        label={t("home.agentsOnline")}
        value={heard.data ? `${online} / ${heard.data.length}` : unknown}
        to="/provider/agents"
      />
      <Stat label={t("home.due")} value={due.data ? format.money(due.data.payout) : unknown} to="/provider/earnings" />
    </Grid>
  );
}

function OperatorHome() {
  const { t } = useText();
  const all = useInfiniteQuery(participants());
  const market = useInfiniteQuery(offers({}));
  const heard = useQuery(agents());
  const placed = useInfiniteQuery(orders());
  const states = market.data?.pages[0]?.facets?.state ?? {};
  const total = Object.values(states).reduce((count, more) => count + more, 0);
  const more = all.hasNextPage ? "+" : "";
  return (
    <Stack gap={5}>
      <Grid>
        <Stat
          label={t("home.participants")}
          value={all.data ? `${itemsOf(all.data).length}${more}` : unknown}
          to="/participants"
        />
        <Stat
          label={t("home.orderable")}
          value={market.data ? `${states.orderable ?? 0} / ${total}` : unknown}
          to="/market"
        />
        <Stat
          label={t("home.agentsOnline")}
          value={heard.data ? `${heard.data.filter(({ online }) => online).length} / ${heard.data.length}` : unknown}
          to="/operations/agents"
        />
        <Stat
          label={t("home.waiting")}
          value={placed.data ? itemsOf(placed.data).filter(({ state }) => openOrder.has(state)).length : unknown}
          to="/operations/orders"
        />
      </Grid>
      <RecentOrders orders={itemsOf(placed.data).slice(0, 6)} />
    </Stack>
  );
}

/** Where things stand, by what one is. */
export default function Home() {
  const { t } = useText();
  const { member, participant } = useIdentity();
  const buys = useHasRole("buyer");
  const sells = useHasRole("provider");
  const watches = useHasRole("operator", "auditor");
  return (
    <Page
      title={t("home.title", { name: member.name.split(" ")[0] ?? member.name })}
      lead={t("home.lead", { participant: participant.legalName })}
    >
      {buys ? <BuyerHome /> : null}
      {sells ? <ProviderHome /> : null}
      {watches ? <OperatorHome /> : null}
    </Page>
  );
}
