import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus, Tags } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { itemsOf, offers as offersQuery, sites as sitesQuery } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { StateBadge } from "../../domain/StateBadge";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { leastMonthly, sizeOf, type Offer } from "../../lib/offers";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { Row } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { Competition } from "./Competition";
import { NewOffer } from "./NewOffer";

/** What the provider sells. An offer becomes orderable when an agent that delivers it reports. */
export default function Offers() {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Offer>();
  const [weighed, setWeighed] = useState<Offer>();
  const query = useInfiniteQuery(offersQuery({ provider: participant.id }));
  const mine = useQuery(sitesQuery()).data?.filter(({ provider }) => provider === participant.id) ?? [];
  const withdraw = async (offer: string) => {
    await body(api.DELETE("/v1/offers/{offer}", { params: { path: { offer } } }));
    await queries.invalidateQueries({ queryKey: ["offers"] });
  };
  return (
    <Page
      title={t("shell.offers")}
      lead={t("provider.offersLead")}
      actions={
        <Button look="primary" disabled={mine.length === 0} onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden />
          {t("provider.newOffer")}
        </Button>
      }
    >
      <Card flush>
        <Async query={query}>
          {(data) =>
            itemsOf(data).length === 0 ? (
              <Empty
                icon={Tags}
                title={t("provider.noOffers")}
                actions={
                  mine.length === 0 ? (
                    <Link to="/provider/sites" className={buttonClass({ look: "primary" })}>
                      {t("provider.step.site")}
                    </Link>
                  ) : undefined
                }
              >
                {t(mine.length === 0 ? "provider.noOffersSiteFirst" : "provider.noOffersHint")}
              </Empty>
            ) : (
              <Table
                label={t("shell.offers")}
                rows={itemsOf(data)}
                keyOf={({ id }) => id}
                more={moreOf(query)}
                columns={[
                  {
                    header: t("market.offer"),
                    cell: ({ id, sku }) => (
                      <Link to="/market/offers/$offer" params={{ offer: id }}>
                        {sku}
                      </Link>
                    ),
                  },
                  { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
                  { header: t("common.site"), cell: ({ siteName }) => siteName },
                  { header: t("market.size"), cell: sizeOf },
                  { header: t("market.version"), cell: ({ version }) => version, right: true },
                  { header: t("market.monthly"), cell: (offer) => format.money(leastMonthly(offer)), right: true },
                  {
                    header: t("common.actions"),
                    cell: (offer) => (
                      <Row justify="end">
                        <Button small look="quiet" onClick={() => setWeighed(offer)}>
                          {t("competition.open")}
                        </Button>
                        <Button small look="quiet" onClick={() => setLeaving(offer)}>
                          {t("provider.withdraw")}
                        </Button>
                      </Row>
                    ),
                    right: true,
                  },
                ]}
              />
            )
          }
        </Async>
      </Card>
      {weighed ? <Competition offer={weighed} onClose={() => setWeighed(undefined)} /> : null}
      {adding ? <NewOffer sites={mine} onClose={() => setAdding(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("provider.withdrawTitle", { name: leaving.sku })}
          action={t("provider.withdraw")}
          typed={leaving.sku}
          run={() => withdraw(leaving.id)}
          copy={{
            request: { method: "DELETE", path: `/v1/offers/${leaving.id}` },
            cli: commandLine(["hansa", "offer", "retire", leaving.id]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("provider.withdrawText")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}
