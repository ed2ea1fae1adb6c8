import type { Schema } from "../../api/types";

type Evaluation = Schema<"Evaluation">;

/** What people call a level of a rule set. */
export function levelName(ruleSet: string, level: string): string {
  if (ruleSet === "gaia-x") return `Gaia-X ${level}`;
  if (ruleSet === "csf") return `SEAL ${level}`;
  if (ruleSet === "cada") return `CADA ${level}`;
  if (ruleSet === "secnumcloud-ownership") return "SecNumCloud 19.6";
  return level;
}

/** The lowest level that is not reached, of the levels from the lowest, and what keeps it from being so. */
export function nextLevel(
  { gaps = {} }: Pick<Evaluation, "gaps">,
  levels: readonly string[],
): { level: string; gaps: Schema<"Gap">[] } | undefined {
  const level = levels.find((one) => one in gaps);
  return level === undefined ? undefined : { level, gaps: gaps[level] ?? [] };
}

/** How many criteria are met, of those that apply. */
export function metOf({ outcomes }: Pick<Evaluation, "outcomes">): { met: number; of: number } {
  const apply = outcomes.filter(({ outcome }) => outcome !== "not-applicable");
  return { met: apply.filter(({ outcome }) => !["missing", "against"].includes(outcome)).length, of: apply.length };
}
