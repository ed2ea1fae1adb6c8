import { Link } from "@tanstack/react-router";
import type { Package } from "../../../application/useMatch";
import { useText } from "../../../i18n/i18n";
import { valueText } from "../../../lib/offers";
import { micros, sum } from "../../../lib/money";
import { Table } from "../../../ui/Table";

/** What a package's price is made of, down to each offer; the parts add up to the total that is shown. */
export function PriceTable({ one }: { one: Package }) {
  const { t, format } = useText();
  const parts = Object.entries(one.components).flatMap(([name, { replicas }]) =>
    replicas.map((replica) => ({ name, ...replica })),
  );
  const together = sum([...parts.map(({ price }) => price), one.price.traffic]);
  const rest = micros(one.price.monthly.amount) - micros(together.amount);
  return (
    <Table
      label={t("match.breakdown")}
      rows={parts}
      keyOf={({ name, offerId }) => `${name} ${offerId}`}
      columns={[
        { header: t("match.component"), cell: ({ name, count }) => (count > 1 ? `${name} × ${count}` : name) },
        {
          header: t("market.offer"),
          cell: ({ offer, offerId }) => (
            <Link to="/market/offers/$offer" params={{ offer: offerId }}>
              {offer}
            </Link>
          ),
        },
        { header: t("common.country"), cell: ({ country }) => format.country(country) },
        {
          header: t("market.size"),
          cell: ({ properties }) =>
            ["cpu", "memory", "version", "storage", "disk"]
              .filter((name) => properties[name] !== undefined)
              .map((name) => (name === "cpu" ? `${valueText(properties[name])} vCPU` : valueText(properties[name])))
              .join(" · "),
        },
        { header: t("market.monthly"), cell: ({ price }) => format.money(price), right: true },
      ]}
      footer={
        <>
          <tr>
            <th scope="row" colSpan={4}>
              {t("match.traffic")}
            </th>
            <td>{format.money(one.price.traffic)}</td>
          </tr>
          <tr>
            <th scope="row" colSpan={4}>
              {t("match.total")} {rest === 0n ? null : "≈"}
            </th>
            <td>{format.money(one.price.monthly)}</td>
          </tr>
          <tr>
            <th scope="row" colSpan={4}>
              {t("orders.oneOff")}
            </th>
            <td>{format.money(one.price.oneOff)}</td>
          </tr>
        </>
      }
    />
  );
}
