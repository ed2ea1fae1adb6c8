import { expect, it } from "vitest";
import { sum, type Money } from "../../lib/money";
import { inCents } from "./cents";

const euros = (amount: string): Money => ({ amount, currency: "EUR" });
const project = (name: string, charged: string, expected: string) => ({
  project: `prj_${name}`,
  name,
  charged: euros(charged),
  expected: euros(expected),
  forecast: sum([euros(charged), euros(expected)]),
  alerts: [],
});

it("shows cents that add up down and across, where each rounded alone would not", () => {
  const { projects, ...totals } = inCents({
    currency: "EUR",
    projects: [project("shop", "0.006", "1.004"), project("archive", "0.007", "2.004"), project("lab", "0", "0.004")],
  });
  expect(projects.map(({ charged, expected, forecast }) => [charged.amount, expected.amount, forecast.amount])).toEqual(
    [
      ["0.00", "1.01", "1.01"],
      ["0.01", "2.00", "2.01"],
      ["0.00", "0.00", "0.00"],
    ],
  );
  expect(totals).toEqual({ charged: euros("0.01"), expected: euros("3.01"), forecast: euros("3.02") });
});

it("has nothing to show without projects, in the currency that was asked for", () => {
  const nothing: Money = { amount: "0.00", currency: "CHF" };
  const empty = { projects: [], charged: nothing, expected: nothing, forecast: nothing };
  expect(inCents({ projects: [], currency: "CHF" })).toEqual(empty);
});
