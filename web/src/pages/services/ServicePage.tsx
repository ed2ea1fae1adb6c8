import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { itemsOf, service as serviceQuery, serviceWhy, usage } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { MaintenanceNotice } from "../../domain/MaintenanceNotice";
import { Moment } from "../../domain/Moment";
import { MonthlyPrice } from "../../domain/Price";
import { serviceName } from "../../domain/ServiceTable";
import { StateBadge } from "../../domain/StateBadge";
import { WhyCard } from "../../domain/WhyCard";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { flat } from "../../lib/offers";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Split, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Details, Table } from "../../ui/Table";
import { Access } from "./Access";
import { Actions } from "./Actions";
import { Console } from "./Console";
import { Metrics } from "./Metrics";
import { quantityText } from "./usage";

const route = getRouteApi("/inside/services/$service");

type Service = Schema<"Service">;

function Usage({ service }: { service: Service }) {
  const { t, format } = useText();
  const query = useInfiniteQuery({ ...usage(service.id), refetchInterval: 15_000 });
  return (
    <Card flush title={t("services.usage")}>
      <Async query={query}>
        {(data) => (
          <Table
            label={t("services.usage")}
            rows={itemsOf(data)}
            keyOf={({ id }) => id}
            more={moreOf(query)}
            columns={[
              { header: t("services.meter"), cell: ({ meter }) => t(`meter.${meter}`) },
              { header: t("services.from"), cell: ({ start }) => format.time(start) },
              { header: t("services.until"), cell: ({ end }) => format.clock(end) },
              {
                header: t("services.quantity"),
                cell: ({ meter, quantity }) => quantityText(meter, quantity, format),
                right: true,
              },
            ]}
          />
        )}
      </Async>
    </Card>
  );
}

function Content({ service }: { service: Service }) {
  const { t, maybe, format } = useText();
  const { projects, member } = useIdentity();
  const mine = projects.some(({ id }) => id === service.project) && member.roles.includes("buyer");
  const { observation } = service;
  return (
    <Page
      title={serviceName(service)}
      mark={<StateBadge state={service.state} />}
      lead={`${t(`kind.${service.kind}`)} · ${service.providerName}, ${service.siteName}`}
      above={{ label: t("shell.services"), to: "/services" }}
      actions={<Actions service={service} />}
    >
      {service.unreachableSince ? (
        <Notice tone="warn" title={t("services.unreachable", { time: format.time(service.unreachableSince) })}>
          <p>{t("services.unreachableHint")}</p>
        </Notice>
      ) : null}
      {service.terminatedAt ? null : <MaintenanceNotice site={service.site} />}
      {observation?.message ? (
        <Notice tone={observation.refused ? "bad" : "accent"} title={observation.message} />
      ) : null}
      <Split>
        <Stack>
          {mine ? <Console service={service} /> : null}
          <Metrics service={service.id} />
          <Usage service={service} />
        </Stack>
        <Stack>
          <Card title={t("common.price")}>
            <MonthlyPrice money={service.monthly} large />
          </Card>
          {mine ? <Access service={service} /> : null}
          <WhyCard query={useQuery(serviceWhy(service.id))} />
          <Card title={t("market.properties")}>
            <Details
              facts={flat(service.properties).map(([name, value]) => [maybe(`property.${name}`, name), value] as const)}
            />
          </Card>
          <Card title={t("common.details")}>
            <Details
              facts={[
                [
                  t("services.number"),
                  <code key="id" className="mono">
                    {service.id}
                  </code>,
                ],
                [
                  t("market.offer"),
                  <Link key="offer" to="/market/offers/$offer" params={{ offer: service.offer }}>
                    {service.offerKey}
                  </Link>,
                ],
                [
                  t("services.order"),
                  <Link key="order" to="/orders/$order" params={{ order: service.order }}>
                    {t("services.seeOrder")}
                  </Link>,
                ],
                [t("services.seen"), observation ? <Moment key="seen" at={observation.at} /> : t("common.never")],
                [t("services.restarts"), observation?.restarts ? format.number(observation.restarts) : undefined],
                [t("common.created"), <Moment key="created" at={service.createdAt} />],
                [
                  t("services.activeSince"),
                  service.activeAt ? <Moment key="active" at={service.activeAt} /> : undefined,
                ],
                [t("services.ended"), service.terminatedAt ? format.time(service.terminatedAt) : undefined],
              ]}
            />
          </Card>
        </Stack>
      </Split>
    </Page>
  );
}

/** One service: how it is, how it is reached, what can be done with it, and what it uses. */
export default function ServicePage() {
  const { service } = route.useParams();
  return <Async query={useQuery(serviceQuery(service))}>{(found) => <Content service={found} />}</Async>;
}
