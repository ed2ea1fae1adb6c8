import type { Schema } from "../../api/types";
import { apportioned, sum } from "../../lib/money";

type Costs = Schema<"Costs">;
type Totals = Pick<Costs, "charged" | "expected" | "forecast">;

/**
 * What is charged, expected and foreseen in whole cents that add up: down each column to the total, and in each row
 * charged and expected to the forecast.
 */
export function inCents({
  projects,
  currency,
}: Pick<Costs, "projects" | "currency">): Totals & Pick<Costs, "projects"> {
  const charged = apportioned(projects.map((project) => project.charged));
  const expected = apportioned(projects.map((project) => project.expected));
  const shown = projects.map((project, index) => {
    const parts = { charged: charged[index] ?? project.charged, expected: expected[index] ?? project.expected };
    return { ...project, ...parts, forecast: sum([parts.charged, parts.expected]) };
  });
  const total = (column: keyof Totals) =>
    sum(
      shown.map((project) => project[column]),
      currency,
    );
  return { projects: shown, charged: total("charged"), expected: total("expected"), forecast: total("forecast") };
}
