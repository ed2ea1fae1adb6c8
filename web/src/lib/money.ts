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

const hoursInMonth = 730n;

/** What an hour costs of a monthly price, as quotes count months (730 hours), rounded half up. */
export function hourly({ amount, currency }: Money): Money {
  const value = micros(amount);
  return { amount: decimal((value + hoursInMonth / 2n) / hoursInMonth), currency };
}
