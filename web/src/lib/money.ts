import type { Schema } from "../api/types";

export type Money = Schema<"Money">;

const places = 6;
const scale = 10n ** BigInt(places);

/** An exact amount in millionths of its currency; money never passes through a floating-point number. */
export function micros(amount: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(amount);
  if (!match) throw new RangeError(`\`${amount}\` is not an amount of money`);
  const [, sign, whole = "0", fraction = ""] = match;
  const value = BigInt(whole) * scale + BigInt(fraction.padEnd(places, "0"));
  return sign ? -value : value;
}

/** The decimal text of an amount in millionths, without zeros that say nothing, but with cents. */
export function decimal(value: bigint): string {
  const sign = value < 0n ? "-" : "";
  const absolute = value < 0n ? -value : value;
  const fraction = (absolute % scale).toString().padStart(places, "0").replace(/0+$/, "").padEnd(2, "0");
  return `${sign}${absolute / scale}.${fraction}`;
}

/** The sum of amounts of one currency. */
export function sum(amounts: readonly Money[], currency: Money["currency"] = "EUR"): Money {
  const of = amounts[0]?.currency ?? currency;
  if (amounts.some((amount) => amount.currency !== of))
    throw new RangeError("amounts of several currencies have no sum");
  return { amount: decimal(amounts.reduce((total, { amount }) => total + micros(amount), 0n)), currency: of };
}

/** Which of two amounts is more, for sorting. */
export function compare(left: Money, right: Money): number {
  const difference = micros(left.amount) - micros(right.amount);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** A part of a whole in percent, rounded to a tenth, for bars and charts only. */
export function percentOf(part: Money, whole: Money): number {
  const total = micros(whole.amount);
  return total === 0n ? 0 : Number((micros(part.amount) * 1000n) / total) / 10;
}

const inCent = 10_000n;

/** Rounded down to whole cents, and what is left over. */
function split(value: bigint): { cents: bigint; left: bigint } {
  const left = ((value % inCent) + inCent) % inCent;
  return { cents: (value - left) / inCent, left };
}

/** The nearest number of cents, the even one of two that are equally near. */
function nearestCents(value: bigint): bigint {
  const { cents, left } = split(value);
  const up = left * 2n > inCent || (left * 2n === inCent && cents % 2n !== 0n);
  return up ? cents + 1n : cents;
}

/**
 * The parts in whole cents, so that what is shown adds up: their sum is rounded half to even, and its cents are given
 * out by the largest remainder, of equal ones to the first. The exchange's ledger has the same rule for the command
 * line.
 */
export function apportioned(parts: readonly Money[]): Money[] {
  const exact = parts.map(({ amount }) => micros(amount));
  const pieces = exact.map(split);
  const total = nearestCents(exact.reduce((all, value) => all + value, 0n));
  const missing = Number(total - pieces.reduce((all, { cents }) => all + cents, 0n));
  const order = pieces.map((piece, index) => ({ ...piece, index })).sort((a, b) => Number(b.left - a.left));
  const raised = new Set(order.slice(0, missing).map(({ index }) => index));
  return parts.map(({ currency }, index) => ({
    amount: decimal(((pieces[index]?.cents ?? 0n) + (raised.has(index) ? 1n : 0n)) * inCent),
    currency,
  }));
}

const hoursInMonth = 730n;

/** What an hour costs of a monthly price, as quotes count months (730 hours), rounded half up. */
export function hourly({ amount, currency }: Money): Money {
  const value = micros(amount);
  return { amount: decimal((value + hoursInMonth / 2n) / hoursInMonth), currency };
}
