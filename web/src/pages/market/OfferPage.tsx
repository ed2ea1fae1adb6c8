import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { offer as offerQuery } from "../../api/queries";
import { Moment } from "../../domain/Moment";
import { MonthlyPrice } from "../../domain/Price";
import { PriceParts } from "../../domain/PriceParts";
import { TrustBlock } from "../../domain/trust/TrustBlock";
import { StateBadge } from "../../domain/StateBadge";
import { useSite } from "../../domain/useSite";
import { useText } from "../../i18n/i18n";
import { flat, leastMonthly, type Offer } from "../../lib/offers";
import { Async } from "../../ui/Async";
import { buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Split, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Details } from "../../ui/Table";

const route = getRouteApi("/inside/market/offers/$offer");

function Content({ offer }: { offer: Offer }) {
  const { t, maybe, format } = useText();
  const site = useSite(offer.site);
  const { terms } = offer;
  return (
    <Page
      title={offer.sku}
      mark={<StateBadge state={offer.state} />}
      lead={`${t(`kind.${offer.kind}`)} · ${offer.providerName}`}
      above={{ label: t("market.title"), to: "/market" }}
      actions={
        <Link to="/applications" className={buttonClass({ look: "primary" })}>
          {t("market.use")}
        </Link>
      }
    >
      <Split>
        <Stack>
          <Card title={t("market.properties")}>
            <Details
              facts={flat(offer.properties).map(([name, value]) => [maybe(`property.${name}`, name), value] as const)}
            />
          </Card>
          <Card title={t("market.prices")}>
            <PriceParts plan={offer.price} />
          </Card>
          <TrustBlock offer={offer.id} />
        </Stack>
        <Stack>
          <Card title={t("market.monthly")}>
            <MonthlyPrice money={leastMonthly(offer)} large />
          </Card>
          <Card title={t("market.place")}>
            <Details
              facts={[
                [t("common.provider"), offer.providerName],
                [t("common.site"), offer.siteName],
                [t("common.country"), format.country(offer.country)],
                [t("market.carbon"), site?.carbon ?? t("common.unknown")],
                [t("market.pue"), site ? format.number(site.pueMilli / 1000, 2) : undefined],
              ]}
            />
          </Card>
          <Card title={t("market.terms")}>
            <Details
              facts={[
                [t("market.availability"), terms.availability ?? t("common.unknown")],
                [t("market.minimumTerm"), terms.minimumTerm],
                [t("market.version"), offer.version],
                [t("market.fresh"), offer.freshUntil ? format.time(offer.freshUntil) : undefined],
                [t("common.updated"), <Moment key="at" at={offer.updatedAt} />],
              ]}
            />
          </Card>
          <Row>
            <Link to="/market" search={{ provider: offer.providerName }}>
              {t("market.allOf", { name: offer.providerName })}
            </Link>
          </Row>
        </Stack>
      </Split>
    </Page>
  );
}

/** One offer: what it is, what it costs, what is promised, and where. */
export default function OfferPage() {
  const { offer } = route.useParams();
  return <Async query={useQuery(offerQuery(offer))}>{(found) => <Content offer={found} />}</Async>;
}
