import { expect, it } from "vitest";
import { sum, type Money } from "../../lib/money";
import { grouped, type Line } from "./grouping";

const euros = (amount: string): Money => ({ amount, currency: "EUR" });
const line = (name: string, providerName: string, amount: string): Line => ({
  service: `srv_${name}`,
  name,
  project: "prj_1",
  provider: `prt_${providerName}`,
  providerName,
  component: "base",
  start: "2026-11-01T00:00:00Z",
  end: "2026-11-02T00:00:00Z",
  seconds: 86_400,
  exact: euros(`${amount}1`),
  amount: euros(amount),
  payout: euros("0.00"),
  commission: euros("0.00"),
});
const lines = [line("web", "utrecht", "1.10"), line("archive", "grenoble", "2.20"), line("web", "utrecht", "3.30")];

it("groups lines so that the groups add up to the whole, the dearest first", () => {
  for (const by of ["service", "provider", "project", "part"] as const) {
    const groups = grouped(lines, by);
    expect(sum(groups.map(({ amount }) => amount))).toEqual(sum(lines.map(({ amount }) => amount)));
  }
  expect(grouped(lines, "service").map(({ key, amount, lines: count }) => [key, amount.amount, count])).toEqual([
    ["web", "4.40", 2],
    ["archive", "2.20", 1],
  ]);
});
