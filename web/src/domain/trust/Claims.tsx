import type { Schema } from "../../api/types";
import { useText, type Text } from "../../i18n/i18n";

type Claim = Schema<"Claim">;

const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? undefined : `${(share / 100).toFixed(2)} %`;

/** What a claim says, in one line. */
function said(claim: Claim, { t, format }: Text): string {
  switch (claim.claim) {
    case "fact": {
      const { name, value } = claim;
      const told = typeof value === "boolean" ? t(value ? "common.yes" : "common.no") : String(value);
      return `${name}: ${Array.isArray(value) ? format.list(value) : told}`;
    }
    case "certificate": {
      const { scheme, version, level, body } = claim;
      return t("evidence.claim.certificate", { name: [scheme, version, level].filter(Boolean).join(" "), body });
    }
    case "entity": {
      const { name, kind, incorporatedIn } = claim;
      const country = incorporatedIn ? format.country(incorporatedIn) : t("common.unknown");
      return t("evidence.claim.entity", { name, kind: t(`onboarding.choice.${kind}`), country });
    }
    case "holding": {
      const part = percent(claim.votes ?? claim.capital) ?? t("common.unknown");
      return t("evidence.claim.holding", { owner: claim.owner, owned: claim.owned, part });
    }
    case "subcontractor":
      return t("evidence.claim.subcontractor", { name: claim.name });
    case "noSubcontractors":
      return t("evidence.claim.none");
  }
}

/** What a piece of evidence says. */
export function Claims({ claims }: { claims: readonly Claim[] }) {
  const text = useText();
  return (
    <ul className="small">
      {claims.map((claim, at) => (
        <li key={at}>{said(claim, text)}</li>
      ))}
    </ul>
  );
}
