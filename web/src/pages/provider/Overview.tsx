import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import { CircleCheck, CircleDashed } from "lucide-react";
import { agents, itemsOf, offers, providerStatement, services, sites } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import type { Key } from "../../i18n/messages/en";
import { buttonClass } from "../../ui/Button";
import { Card, Stat } from "../../ui/Card";
import { Grid } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import styles from "./Overview.module.css";

interface Step {
  done: boolean;
  title: Key;
  text: Key;
  to: LinkProps["to"];
}

/** From nothing to the first order: what is done, and what is next. */
function Checklist({ steps }: { steps: readonly Step[] }) {
  const { t } = useText();
  const next = steps.findIndex(({ done }) => !done);
  return (
    <Card
      title={
        next < 0
          ? t("provider.ready")
          : t("provider.checklist", { done: steps.filter(({ done }) => done).length, all: steps.length })
      }
    >
      <ol className={styles.steps}>
        {steps.map(({ done, title, text, to }, index) => (
          <li key={title} className={styles.step} data-done={done}>
            {done ? <CircleCheck size={22} aria-hidden /> : <CircleDashed size={22} aria-hidden />}
            <span>
              <strong>{t(title)}</strong>
              <span className="visually-hidden"> {t(done ? "provider.done" : "provider.open")}</span>
              <br />
              <span className="muted">{t(text)}</span>
            </span>
            {done ? null : (
              <Link to={to} className={buttonClass({ small: true, look: index === next ? "primary" : "plain" })}>
                {t("provider.doIt")}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** Selling at a glance: the way to the first offer, and what comes of it. */
export default function Overview() {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const places = useQuery(sites()).data?.filter(({ provider }) => provider === participant.id) ?? [];
  const mine = itemsOf(useInfiniteQuery(offers({ provider: participant.id })).data);
  const heard = useQuery(agents()).data ?? [];
  const delivered = itemsOf(useInfiniteQuery(services()).data).filter(({ provider }) => provider === participant.id);
  const due = useQuery(providerStatement(participant.id, undefined)).data;
  const orderable = mine.filter(({ state }) => state === "orderable").length;
  return (
    <Page title={t("shell.provider")} lead={t("provider.lead")}>
      <Grid>
        <Stat label={t("home.orderable")} value={`${orderable} / ${mine.length}`} to="/provider/offers" />
        <Stat
          label={t("home.agentsOnline")}
          value={`${heard.filter(({ online }) => online).length} / ${heard.length}`}
          to="/provider/agents"
        />
        <Stat label={t("shell.delivered")} value={delivered.length} to="/provider/services" />
        <Stat label={t("home.due")} value={due ? format.money(due.payout) : "–"} to="/provider/earnings" />
      </Grid>
      <Checklist
        steps={[
          {
            done: places.length > 0,
            title: "provider.step.site",
            text: "provider.step.site.text",
            to: "/provider/sites",
          },
          {
            done: mine.length > 0,
            title: "provider.step.offer",
            text: "provider.step.offer.text",
            to: "/provider/offers",
          },
          {
            done: heard.length > 0,
            title: "provider.step.agent",
            text: "provider.step.agent.text",
            to: "/provider/agents",
          },
          {
            done: orderable > 0,
            title: "provider.step.orderable",
            text: "provider.step.orderable.text",
            to: "/provider/agents",
          },
        ]}
      />
    </Page>
  );
}
