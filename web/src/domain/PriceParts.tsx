import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { isSize } from "../lib/offers";
import { Details } from "../ui/Table";

type Part = Schema<"PriceComponent">;

/** Each part of a price plan in words. */
export function PriceParts({ plan }: { plan: Schema<"PricePlan"> }) {
  const { t, maybe, format } = useText();
  const words = (part: Part): string => {
    switch (part.type) {
      case "fixed":
        return t("market.price.fixed", { amount: format.money(part.amount, true), per: t(`market.per.${part.per}`) });
      case "per-unit":
        return t(isSize(part.property) ? "market.price.per-gib" : "market.price.per-unit", {
          amount: format.money(part.amount, true),
          per: t(`market.per.${part.per}`),
          property: maybe(`property.${part.property}`, part.property),
        });
      case "egress":
        return part.included
          ? t("market.price.egress", { amount: format.money(part.perGb, true), included: part.included })
          : t("market.price.egressNothing", { amount: format.money(part.perGb, true) });
      case "one-off":
        return t("market.price.one-off", { amount: format.money(part.amount, true) });
      case "tiered":
        return part.tiers
          .map(({ upTo, perGb }) =>
            upTo
              ? t("market.price.tier", { amount: format.money(perGb, true), upTo })
              : t("market.price.lastTier", { amount: format.money(perGb, true) }),
          )
          .join("; ");
    }
  };
  const volume = plan.volume?.map(({ from, discount }) => t("market.volume", { discount, from })) ?? [];
  return (
    <Details
      facts={[
        ...plan.components.map((part) => [part.name, words(part)] as const),
        ...volume.map((text) => ["", text] as const),
      ]}
    />
  );
}
