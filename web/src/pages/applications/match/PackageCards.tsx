import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { Package } from "../../../application/useMatch";
import { useText } from "../../../i18n/i18n";
import { Badge } from "../../../ui/Badge";
import { rttText } from "./rtt";
import styles from "./PackageCards.module.css";

interface PackageCardsProps {
  packages: readonly Package[];
  selected: string;
  onSelect: (name: string) => void;
}

/** The packages that fit, one of which is looked at more closely. */
export function PackageCards({ packages, selected, onSelect }: PackageCardsProps) {
  const { t, maybe, format } = useText();
  return (
    <RadioGroup className={styles.cards} aria-label={t("match.packages")} value={selected} onValueChange={onSelect}>
      {packages.map((one) => (
        <Radio.Root key={one.name} value={one.name} className={styles.card} render={<div />}>
          <span className={styles.name}>
            {maybe(`match.package.${one.name}`, one.name)}
            {one.orderable ? (
              <Badge tone="good" dot>
                {t("state.orderable")}
              </Badge>
            ) : (
              <Badge dot>{t("match.listedOnly")}</Badge>
            )}
          </span>
          <span>
            <span className={styles.price}>{format.money(one.price.monthly)}</span>{" "}
            <span className="muted">{t("match.aMonth")}</span>
          </span>
          <dl className={styles.facts}>
            <dt>{t("orders.oneOff")}</dt>
            <dd>{format.money(one.price.oneOff)}</dd>
            <dt>{t("match.providers")}</dt>
            <dd>{one.providers.length}</dd>
            <dt>{t("match.countries")}</dt>
            <dd>{one.countries.join(", ")}</dd>
            {one.worst_rtt ? (
              <>
                <dt>{t("match.slowestLink")}</dt>
                <dd>{rttText(one.worst_rtt.rtt, format)}</dd>
              </>
            ) : null}
            <dt>{t("match.carbon")}</dt>
            <dd>{t("match.kilograms", { amount: format.number(one.carbon, 1) })}</dd>
          </dl>
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
