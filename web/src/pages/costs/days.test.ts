import { expect, test } from "vitest";
import { sum } from "../../lib/money";
import { daysOf } from "./days";

const charge = (day: string, providerName: string, amount: string) => ({
  day: `${day}T00:00:00Z`,
  service: "srv_1",
  name: "web",
  project: "prj_1",
  provider: "prt_1",
  providerName,
  amount: { amount, currency: "EUR" as const },
});
const zero = { amount: "0", currency: "EUR" as const };
const costs = (days: ReturnType<typeof charge>[]) => ({
  tenant: "ten_1",
  start: "2026-10-31T23:00:00Z",
  end: "2026-11-30T23:00:00Z",
  currency: "EUR" as const,
  charged: zero,
  expected: zero,
  forecast: zero,
  projects: [],
  days,
});

test("every day of the month is there, and nothing that was charged is left out or rounded", () => {
  const charged = [
    charge("2026-11-02", "b", "0.000001"),
    charge("2026-11-02", "a", "1.5"),
    charge("2026-11-02", "a", "0.25"),
    charge("2026-11-30", "b", "2"),
  ];
  const days = daysOf(costs(charged));
  expect(days).toHaveLength(30);
  expect(days[0]?.date).toBe("2026-11-01");
  expect(days[1]).toMatchObject({ total: { amount: "1.750001" } });
  expect(days[1]?.parts.map(({ name, amount }) => [name, amount.amount])).toEqual([
    ["a", "1.75"],
    ["b", "0.000001"],
  ]);
  expect(sum(days.map(({ total }) => total))).toEqual(sum(charged.map(({ amount }) => amount)));
});

test("a day before the first in UTC is there when something was charged on it", () => {
  expect(daysOf(costs([charge("2026-10-31", "a", "1")]))[0]?.date).toBe("2026-10-31");
});
