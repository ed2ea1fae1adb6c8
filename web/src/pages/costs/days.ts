import type { Schema } from "../../api/types";
import { decimal, micros, type Money } from "../../lib/money";

/** One day of a month with what was charged for each provider, the providers in one order over all days. */
export interface Day {
  /** Its date in UTC, like `2026-11-22`. */
  date: string;
  total: Money;
  parts: { name: string; amount: Money }[];
}

/** Every day of the month, also those without charges, with the sums of each provider. */
export function daysOf({ start, end, currency, days }: Schema<"Costs">): Day[] {
  const names = [...new Set(days.map(({ providerName }) => providerName))].sort();
  const sums = new Map<string, bigint>();
  for (const { day, providerName, amount } of days) {
    const key = `${day.slice(0, 10)} ${providerName}`;
    sums.set(key, (sums.get(key) ?? 0n) + micros(amount.amount));
  }
  const money = (amount: bigint): Money => ({ amount: decimal(amount), currency });
  const dayLength = 24 * 60 * 60 * 1000;
  const made: Day[] = [];
  // A month that is billed by another zone's calendar begins within a day of UTC: a day more is looked at, and only
  // kept when something was charged on it.
  const first = Date.parse(`${start.slice(0, 10)}T00:00:00Z`);
  for (let at = first; at < Date.parse(end); at += dayLength) {
    const date = new Date(at).toISOString().slice(0, 10);
    const parts = names.map((name) => ({ name, amount: sums.get(`${date} ${name}`) ?? 0n }));
    const total = parts.reduce((sum, { amount }) => sum + amount, 0n);
    if (at < Date.parse(start) && total === 0n) continue;
    made.push({
      date,
      total: money(total),
      parts: parts.map(({ name, amount }) => ({ name, amount: money(amount) })),
    });
  }
  return made;
}
