import { Link } from "@tanstack/react-router";
import { memo, useCallback, useEffect, useRef } from "react";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { hasChoice, leastMonthly, sizeOf, type Offer } from "../../lib/offers";
import { classes } from "../../ui/Layout";
import { useRows } from "../../ui/useRows";
import styles from "./OfferTable.module.css";

interface OfferTableProps {
  offers: readonly Offer[];
  /** How many there are in all, loaded or not. */
  total: number;
  onEnd: () => void;
  selected: readonly string[];
  onToggle: (id: string) => void;
}

/** Any number of offers: only what is on the screen is in the page. */
export function OfferTable({ offers, total, onEnd, selected, onToggle }: OfferTableProps) {
  const { t } = useText();
  const scroller = useRef<HTMLDivElement>(null);
  const phone = globalThis.matchMedia("(max-width: 640px)").matches;
  const rows = useRows({ count: offers.length, scroller, height: phone ? 80 : 56 });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= offers.length - 40) onEnd();
  }, [last, offers.length, onEnd]);
  const latest = useRef(onToggle);
  useEffect(() => {
    latest.current = onToggle;
  });
  const toggle = useCallback((id: string) => latest.current(id), []);
  const headers = ["", "market.offer", "market.size", "market.place", "market.availability", "common.state"] as const;
  return (
    <div className={styles.scroller} ref={scroller} tabIndex={0} role="region" aria-label={t("market.table")}>
      <div role="table" aria-label={t("market.title")} aria-rowcount={total + 1}>
        <div role="rowgroup">
          <div className={styles.head} role="row" aria-rowindex={1}>
            {headers.map((header) => (
              <span key={header} role="columnheader" className={styles.cell}>
                {header ? t(header) : <span className="visually-hidden">{t("market.compareWord")}</span>}
              </span>
            ))}
            <span role="columnheader" className={classes(styles.cell, styles.right)}>
              {t("market.monthly")}
            </span>
          </div>
        </div>
        <div role="rowgroup" className={styles.body} style={{ height: rows.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const offer = offers[index];
            return offer ? (
              <OfferRow
                key={offer.id}
                offer={offer}
                index={index}
                start={start}
                isSelected={selected.includes(offer.id)}
                onToggle={toggle}
              />
            ) : null;
          })}
        </div>
      </div>
    </div>
  );
}

interface OfferRowProps {
  offer: Offer;
  index: number;
  /** How far down it is, in pixels. */
  start: number;
  isSelected: boolean;
  onToggle: (id: string) => void;
}

/** One offer; drawn anew only when it changes, not whenever the table is scrolled. */
const OfferRow = memo(function OfferRow({ offer, index, start, isSelected, onToggle }: OfferRowProps) {
  const { t, format } = useText();
  const price = format.money(leastMonthly(offer));
  return (
    <div role="row" aria-rowindex={index + 2} className={styles.row} style={{ transform: `translateY(${start}px)` }}>
      <span role="cell" className={styles.cell}>
        <input
          type="checkbox"
          checked={isSelected}
          onChange={() => onToggle(offer.id)}
          aria-label={t("market.select", { name: `${offer.providerName} ${offer.sku} ${offer.siteName}` })}
        />
      </span>
      <span role="cell" className={classes(styles.cell, styles.two)}>
        <Link to="/market/offers/$offer" params={{ offer: offer.id }}>
          {offer.sku}
        </Link>
        <span className="muted small">{offer.providerName}</span>
      </span>
      <span role="cell" className={styles.cell} title={t(`kind.${offer.kind}`)}>
        {sizeOf(offer)}
      </span>
      <span role="cell" className={classes(styles.cell, styles.two)}>
        <span>{offer.siteName}</span>
        <span className="muted small">{format.country(offer.country)}</span>
      </span>
      <span role="cell" className={styles.cell}>
        {offer.terms.availability ?? "–"}
      </span>
      <span role="cell" className={styles.cell}>
        <StateBadge state={offer.state} />
      </span>
      <span role="cell" className={classes(styles.cell, styles.right)} title={t("common.perMonth", { amount: price })}>
        <strong>{hasChoice(offer) ? t("market.from", { amount: price }) : price}</strong>
      </span>
    </div>
  );
});
