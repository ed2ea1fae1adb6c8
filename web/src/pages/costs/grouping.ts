import { groupBy } from "../../lib/group";
import type { Schema } from "../../api/types";
import { compare, sum, type Money } from "../../lib/money";

export type Line = Schema<"StatementLine">;
export type GroupBy = "project" | "service" | "provider" | "part";

/** One group of lines with the sum of their cents. */
export interface CostGroup {
  key: string;
  amount: Money;
  lines: number;
}

const keys: Record<GroupBy, (line: Line) => string> = {
  project: ({ project }) => project,
  service: ({ name }) => name,
  provider: ({ providerName }) => providerName,
  part: ({ component }) => component,
};

/** Lines of a statement by what they are for, the dearest first. The sums add up to the statement's total. */
export function grouped(lines: readonly Line[], by: GroupBy): CostGroup[] {
  return [...groupBy(lines, keys[by])]
    .map(([key, members]) => ({ key, amount: sum(members.map(({ amount }) => amount)), lines: members.length }))
    .sort((left, right) => compare(right.amount, left.amount));
}
