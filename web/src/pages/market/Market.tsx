import { LongList } from "../../domain/LongList";
import { useMedia } from "../../lib/useMedia";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { List, Map as MapIcon, SearchX } from "lucide-react";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { itemsOf, offers, type OfferQuery } from "../../api/queries";
import type { MarketSearch } from "../../app/router";
import { useText } from "../../i18n/i18n";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty, Loading } from "../../ui/Empty";
import { SearchField } from "../../ui/Field";
import field from "../../ui/Field.module.css";
import { classes, Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Switcher } from "../../ui/Tabs";
import { Facets, facetNames, type FacetName } from "./Facets";
import styles from "./Market.module.css";
import { OfferTable } from "./OfferTable";

const SiteMap = lazy(() => import("./SiteMap"));
const route = getRouteApi("/inside/market");
const mostCompared = 10;

/** What the address asks for, as the exchange is asked. */
function queryOf({ q, kind, country, provider, state, site, sort }: MarketSearch): OfferQuery {
  return { q, kind, country, provider, state, site, sort };
}

/** What is searched for, told once typing pauses. Only this box is drawn anew with each letter. */
function SearchBox({ value, onChange }: { value: string | undefined; onChange: (text: string | undefined) => void }) {
  const { t } = useText();
  const [text, setText] = useState(value ?? "");
  useEffect(() => {
    if (text === (value ?? "")) return;
    const timer = setTimeout(() => onChange(text || undefined), 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return <SearchField label={t("market.search")} value={text} onChange={(event) => setText(event.target.value)} />;
}

const noCounts: Record<string, Record<string, number>> = {};

/** The market: what is on offer, as a table and on a map, narrowed down by facets. Everything is in the address. */
export default function Market() {
  const { t, format } = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [change] = useState(() => (next: Partial<MarketSearch>) => {
    void navigate({ search: (old) => ({ ...old, ...next }), replace: true });
  });
  const [changeText] = useState(() => (q: string | undefined) => change({ q }));
  const query = useDeferredValue(queryOf(search));
  const found = useInfiniteQuery({ ...offers(query), placeholderData: (old) => old });
  const list = useMemo(() => itemsOf(found.data), [found.data]);
  const counts = found.data?.pages[0]?.facets ?? noCounts;
  // What was pressed shows at once; the long lists that follow from it are drawn right after.
  const drawn = useDeferredValue(true, false);
  const shownCounts = useDeferredValue(counts, noCounts);
  const total = Object.values(counts.state ?? {}).reduce((sum, count) => sum + count, 0);
  const selected = search.compare?.split(",") ?? [];
  const toggle = (id: string) => {
    const next = selected.includes(id) ? selected.filter((one) => one !== id) : [...selected, id].slice(-mostCompared);
    change({ compare: next.join(",") || undefined });
  };
  const filters = facetNames.filter((name) => search[name]).length;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = found;
  const view = search.view ?? "table";
  const shownView = useDeferredValue(view);
  // A narrow screen shows what was found first; a wide one has room for both.
  const narrow = useMedia("(max-width: 1000px)");
  return (
    <Page title={t("market.title")} lead={t("market.lead")}>
      <Row justify="between" gap={3}>
        <SearchBox value={search.q} onChange={changeText} />
        <Row gap={3}>
          <span className="muted number" aria-live="polite">
            {found.data ? t("market.found", { count: total }).replace(String(total), format.number(total)) : ""}
          </span>
          <select
            className={classes(field.input, styles.sort)}
            aria-label={t("market.sort")}
            value={search.sort ?? "name"}
            onChange={({ target }) => change({ sort: target.value as MarketSearch["sort"] })}
          >
            {(["name", "price", "-price"] as const).map((sort) => (
              <option key={sort} value={sort}>
                {t(`market.sort.${sort}`)}
              </option>
            ))}
          </select>
          <Switcher
            label={t("market.view")}
            value={view}
            onChange={(next) => change({ view: next === "map" ? "map" : undefined })}
            options={[
              {
                value: "table",
                label: (
                  <>
                    <List size={15} aria-hidden />
                    {t("market.table")}
                  </>
                ),
              },
              {
                value: "map",
                label: (
                  <>
                    <MapIcon size={15} aria-hidden />
                    {t("market.map")}
                  </>
                ),
              },
            ]}
          />
        </Row>
      </Row>
      {found.error && !found.data ? <ProblemNotice error={found.error} retry={() => void found.refetch()} /> : null}
      <div className={styles.layout}>
        <Stack>
          <details className={styles.narrow} open={!narrow || undefined}>
            <summary>{filters > 0 ? t("market.narrowBy", { count: filters }) : t("market.narrow")}</summary>
            <Facets
              counts={shownCounts}
              chosen={search as Record<FacetName, string | undefined>}
              onChange={(name, value) => change({ [name]: value })}
            />
          </details>
          {filters > 0 || search.site ? (
            <Button
              small
              onClick={() =>
                change({ kind: undefined, country: undefined, provider: undefined, state: undefined, site: undefined })
              }
            >
              {t("common.clear")}
            </Button>
          ) : null}
        </Stack>
        <Card flush>
          {found.isPending || !drawn ? (
            <Loading lines={9} />
          ) : shownView === "map" ? (
            <Suspense fallback={<Loading lines={9} />}>
              <SiteMap query={query} selected={search.site} onSelect={(site) => change({ site })} />
            </Suspense>
          ) : list.length === 0 && found.data ? (
            <Empty icon={SearchX} title={t("market.none")}>
              {t("market.noneHint")}
            </Empty>
          ) : (
            <>
              <LongList query={found} />
              <OfferTable
                offers={list}
                total={total}
                selected={selected}
                onToggle={toggle}
                onEnd={() => {
                  if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
                }}
              />
            </>
          )}
        </Card>
      </div>
      {selected.length > 0 ? (
        <div className={styles.tray}>
          <span>{t("market.selected", { count: selected.length })}</span>
          <Row>
            <Button small look="quiet" onClick={() => change({ compare: undefined })}>
              {t("common.clear")}
            </Button>
            <Link
              to="/market/compare"
              search={{ ids: selected.join(",") }}
              className={buttonClass({ look: "primary", small: true })}
            >
              {t("market.compare", { count: selected.length })}
            </Link>
          </Row>
        </div>
      ) : null}
    </Page>
  );
}
