import { groupBy } from "../../lib/group";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { itemsOf, offers, providers, sites, type OfferQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { compare, type Money } from "../../lib/money";
import { leastMonthly, sizeOf, type Offer } from "../../lib/offers";
import { leading } from "../../lib/quantity";
import EuropeMap, { type MapPoint } from "../../map/EuropeMap";
import { Loading } from "../../ui/Empty";
import { Row, Stack } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { Switcher } from "../../ui/Tabs";
import { mixed } from "./colours";
import styles from "./SiteMap.module.css";

const colourings = ["state", "price", "carbon", "level"] as const;
type Colouring = (typeof colourings)[number];
/** The level of the Cloud Sovereignty Framework of a site's provider, where one is known. */
type LevelOf = (site: Schema<"Site">) => number | undefined;

/** Enough of what was found to colour every site of a market of usual size. */
const mostPages = 10;

interface SiteMapProps {
  query: OfferQuery;
  selected: string | undefined;
  onSelect: (site: string | undefined) => void;
}

/** The sites that have something of what was found, and what one of them offers. */
export default function SiteMap({ query, selected, onSelect }: SiteMapProps) {
  const { t, format } = useText();
  const [colouring, setColouring] = useState<Colouring>("state");
  const [near, setNear] = useState<string[]>([]);
  const all = useQuery(sites());
  const found = useInfiniteQuery(offers({ ...query, site: undefined }));
  const known = useQuery({ ...providers(), enabled: colouring === "level" });
  const levels = new Map(known.data?.map(({ id, assurance }) => [id, assurance.seal ?? undefined]));
  const { hasNextPage, isFetching, fetchNextPage } = found;
  const pages = found.data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && pages < mostPages) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage, pages]);
  if (!all.data) return <Loading lines={9} />;
  const bySite = groupBy(itemsOf(found.data), ({ site }) => site);
  const there = all.data.filter(({ id }) => bySite.has(id));
  const points = there.map((site) =>
    point(site, bySite.get(site.id) ?? [], colouring, ({ provider }) => levels.get(provider)),
  );
  const chosen = near.length > 0 ? near : selected ? [selected] : [];
  const legend =
    colouring === "state"
      ? [
          { colour: "--good", label: t("market.legend.orderable") },
          { colour: "--accent", label: t("market.legend.listed") },
        ]
      : colouring === "level"
        ? [
            { colour: "--good", label: t("market.legend.seal", { levels: "3–4" }) },
            { colour: "--warn", label: t("market.legend.seal", { levels: "1–2" }) },
            { colour: "--bad", label: t("market.legend.seal", { levels: "0" }) },
            { colour: "--line-strong", label: t("market.legend.unknown") },
          ]
        : [
            { colour: "--good", label: t("market.legend.low") },
            { colour: "--warn", label: t("market.legend.middle") },
            { colour: "--bad", label: t("market.legend.high") },
            { colour: "--line-strong", label: t("market.legend.unknown") },
          ];
  return (
    <div className={styles.map}>
      <Row justify="between" gap={3} className={styles.bar}>
        <span className="muted small">{t("market.colour")}</span>
        <Switcher
          label={t("market.colour")}
          value={colouring}
          onChange={setColouring}
          options={colourings.map((value) => ({
            value,
            label: t(`market.colour.${value}`),
          }))}
        />
      </Row>
      <EuropeMap
        label={t("market.mapLabel", { count: points.length })}
        points={points}
        selected={chosen}
        legend={legend}
        onSelect={(ids) => {
          setNear(ids);
          if (ids.length === 1) onSelect(ids[0]);
        }}
      />
      <div className={styles.side}>
        {chosen.length === 0 ? (
          <p className="muted">{t("market.pickSite")}</p>
        ) : (
          <Stack gap={5}>
            {there
              .filter(({ id }) => chosen.includes(id))
              .map((site) => (
                <section key={site.id}>
                  <h3>
                    {site.city}, {format.country(site.country)}
                  </h3>
                  <p className="muted small">
                    {site.name}
                    {site.carbon ? ` · ${site.carbon}` : ""} · PUE {format.number(site.pueMilli / 1000, 2)}
                  </p>
                  <Table
                    label={t("market.siteOffers")}
                    rows={bySite.get(site.id) ?? []}
                    keyOf={({ id }) => id}
                    columns={[
                      {
                        header: t("market.offer"),
                        cell: (offer) => (
                          <>
                            <Link to="/market/offers/$offer" params={{ offer: offer.id }}>
                              {offer.sku}
                            </Link>
                            <br />
                            <span className="muted small">{sizeOf(offer)}</span>
                          </>
                        ),
                      },
                      { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
                      {
                        header: t("market.monthly"),
                        cell: (offer) => format.money(leastMonthly(offer)),
                        right: true,
                      },
                    ]}
                  />
                </section>
              ))}
          </Stack>
        )}
      </div>
    </div>
  );
}

function point(site: Schema<"Site">, offered: readonly Offer[], colouring: Colouring, levelOf: LevelOf): MapPoint {
  const { id, city, name, coordinates } = site;
  return { id, label: `${city} (${name})`, ...coordinates, colour: colourOf(site, offered, colouring, levelOf) };
}

function colourOf(site: Schema<"Site">, offered: readonly Offer[], colouring: Colouring, levelOf: LevelOf): string {
  if (colouring === "level") {
    const level = levelOf(site);
    return mixed(level === undefined ? undefined : 4 - level, [1, 3]);
  }
  if (colouring === "state") return offered.some(({ state }) => state === "orderable") ? "--good" : "--accent";
  if (colouring === "carbon") return mixed(site.carbon ? leading(site.carbon) : undefined, [100, 300]);
  const prices: Money[] = offered.map(leastMonthly);
  const lowest = prices.sort(compare)[0];
  return mixed(lowest ? Number(lowest.amount) : undefined, [5, 15]);
}
