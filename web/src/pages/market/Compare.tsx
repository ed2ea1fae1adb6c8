import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Columns3 } from "lucide-react";
import { compared } from "../../api/queries";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { MonthlyPrice } from "../../domain/Price";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { compare } from "../../lib/money";
import { flat } from "../../lib/offers";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Grid } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import styles from "./Compare.module.css";

const route = getRouteApi("/inside/market/compare");
const wishes = ["cpu", "memory", "storage"] as const;

function Comparison({ offers }: { offers: Schema<"ComparedOffer">[] }) {
  const { t, maybe, format } = useText();
  const cheapest = offers.flatMap(({ monthly }) => (monthly ? [monthly] : [])).sort(compare)[0];
  const properties = offers.map(({ offer }) => new Map(flat(offer.properties)));
  const names = [...new Set(properties.flatMap((one) => [...one.keys()]))];
  const facts: [string, (string | undefined)[]][] = [
    [t("common.provider"), offers.map(({ offer }) => offer.providerName)],
    [t("market.place"), offers.map(({ offer }) => `${offer.siteName}, ${format.country(offer.country)}`)],
    ...names.map((name): [string, (string | undefined)[]] => [
      maybe(`property.${name}`, name),
      properties.map((one) => one.get(name)),
    ]),
    [t("market.availability"), offers.map(({ offer }) => offer.terms.availability ?? undefined)],
    [t("market.minimumTerm"), offers.map(({ offer }) => offer.terms.minimumTerm ?? undefined)],
  ];
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("market.compareTitle")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td />
            {offers.map(({ offer }) => (
              <th key={offer.id} scope="col">
                <Link to="/market/offers/$offer" params={{ offer: offer.id }}>
                  {offer.sku}
                </Link>{" "}
                <StateBadge state={offer.state} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className={styles.total}>
            <th scope="row">{t("market.monthly")}</th>
            {offers.map(({ offer, monthly }) => (
              <td key={offer.id}>
                {monthly ? <MonthlyPrice money={monthly} /> : "–"}{" "}
                {monthly && cheapest && compare(monthly, cheapest) === 0 ? (
                  <Badge tone="good">{t("market.cheapest")}</Badge>
                ) : null}
              </td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t("orders.oneOff")}</th>
            {offers.map(({ offer, oneOff }) => (
              <td key={offer.id}>{oneOff ? format.money(oneOff) : "–"}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">{t("market.unmet")}</th>
            {offers.map(({ offer, unmet }) => (
              <td key={offer.id}>
                {unmet.length > 0
                  ? unmet.map((one) => (
                      <Badge key={one} tone="warn">
                        {one}
                      </Badge>
                    ))
                  : "–"}
              </td>
            ))}
          </tr>
          {facts.map(([name, values]) => {
            const differs = new Set(values).size > 1;
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {offers.map(({ offer }, index) => (
                  <td key={offer.id} className={differs ? styles.differs : undefined}>
                    {values[index] ?? "–"}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** Offers side by side. What differs stands out; what they cost is worked out by the exchange for the same wishes. */
export default function Compare() {
  const { t } = useText();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const asked = Object.fromEntries(wishes.flatMap((name) => (search[name] ? [[name, search[name]]] : [])));
  const properties = Object.keys(asked).length > 0 ? JSON.stringify(asked) : undefined;
  const query = useQuery({
    ...compared(search.ids, properties, search.traffic),
    enabled: search.ids !== "",
    placeholderData: (old) => old,
  });
  const address = new URLSearchParams({
    ids: search.ids,
    ...(properties ? { properties } : {}),
    ...(search.traffic ? { traffic: search.traffic } : {}),
  });
  return (
    <Page
      title={t("market.compareTitle")}
      lead={t("market.compareLead")}
      above={{ label: t("market.title"), to: "/market" }}
      actions={
        search.ids ? (
          <CopyAs request={{ method: "GET", path: `/v1/offers/compare?${address.toString()}` }} />
        ) : undefined
      }
    >
      {search.ids === "" ? (
        <Card>
          <Empty
            icon={Columns3}
            title={t("market.compareTitle")}
            actions={
              <Link to="/market" className={buttonClass({ look: "primary" })}>
                {t("market.toMarket")}
              </Link>
            }
          >
            {t("market.chooseTwo")}
          </Empty>
        </Card>
      ) : (
        <>
          <Card>
            <Grid column="11rem">
              {([...wishes, "traffic"] as const).map((name) => (
                <TextField
                  key={name}
                  label={t(`market.wish.${name}`)}
                  placeholder={{ cpu: ">= 2", memory: ">= 4 GiB", storage: "20 GiB", traffic: "200 GB" }[name]}
                  defaultValue={search[name]}
                  onBlur={({ target }) =>
                    void navigate({ search: (old) => ({ ...old, [name]: target.value || undefined }), replace: true })
                  }
                  onKeyDown={(event) => {
                    if (event.key === "Enter") event.currentTarget.blur();
                  }}
                />
              ))}
            </Grid>
          </Card>
          <Card flush>
            <Async query={query}>{(offers) => <Comparison offers={offers} />}</Async>
          </Card>
        </>
      )}
    </Page>
  );
}
