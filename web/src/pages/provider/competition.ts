import type { MatchOutcome } from "../../application/useMatch";
import type { ApplicationValue } from "../../application/types";
import { leastOf, type Offer } from "../../lib/offers";
import type { Money } from "../../lib/money";

/** What sizes are asked for; everything else of an offer is left open. */
const sizes = ["cpu", "memory", "disk", "version", "storage"] as const;

/** The demand that an offer meets exactly with its smallest choice. */
export function demandFor({ kind, properties }: Pick<Offer, "kind" | "properties">): ApplicationValue {
  const wanted = sizes.flatMap((name) => {
    const least = leastOf(properties[name]);
    return least === undefined ? [] : [[name, `>= ${least}`]];
  });
  return {
    apiVersion: "hansa/v1",
    kind: "Application",
    metadata: { name: "typical-demand" },
    spec: { components: { one: { kind, ...(Object.fromEntries(wanted) as Record<string, string>) } } },
  };
}

export type Standing =
  /** It is what some packages choose; of which names, and what the nearest other would cost more. */
  | { is: "chosen"; packages: string[]; rival?: { offer: string; more: Money } }
  /** It fits, but another costs less or suits better. */
  | { is: "beaten"; by: string; more: Money; breaks?: string }
  /** It is no candidate: the requirement that it fails. */
  | { is: "excluded"; requirement: string; required: string; offered: string }
  /** It fits, but is not among the nearest. */
  | { is: "further"; by?: string };

/** Where an offer stands in what was found for a demand. */
export function standingOf(key: string, outcome: MatchOutcome): Standing {
  const holders = outcome.packages.filter(({ components }) =>
    Object.values(components).some(({ replicas }) => replicas.some(({ offer }) => offer === key)),
  );
  if (holders.length > 0) {
    const rival = outcome.runnersUp?.find(({ beatenBy, breaks }) => beatenBy === key && !breaks);
    return {
      is: "chosen",
      packages: holders.map(({ name }) => name),
      ...(rival ? { rival: { offer: rival.offer, more: rival.monthly } } : {}),
    };
  }
  const beaten = outcome.runnersUp?.find(({ offer }) => offer === key);
  if (beaten) {
    const { beatenBy, monthly, breaks } = beaten;
    return { is: "beaten", by: beatenBy, more: monthly, ...(breaks ? { breaks } : {}) };
  }
  const excluded = outcome.excluded.find(({ offer }) => offer === key);
  if (excluded) {
    const { requirement, required, offered } = excluded;
    return { is: "excluded", requirement, required, offered };
  }
  const first = outcome.packages[0]?.components.one?.offer;
  return { is: "further", ...(first ? { by: first } : {}) };
}
