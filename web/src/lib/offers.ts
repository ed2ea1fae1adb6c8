import type { Schema } from "../api/types";
import { decimal, micros, type Money } from "./money";
import { bounds, priceUnits } from "./quantity";

export type Offer = Schema<"Offer">;

const hoursInMonth = 730n;

/** A property's value as one reads it; what is no single value is written as JSON. */
export function valueText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

/** The least of a property that an offer has, as a text; nothing when it says nothing about it. */
export function leastOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return bounds(value).least;
  return undefined;
}

/** Divides and rounds half to even, as the exchange does. */
function divided(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) return quotient + 1n;
  return quotient;
}

/** What the smallest choice of an offer costs a month without traffic, as quotes estimate months (730 hours). */
export function leastMonthly({ price, properties }: Pick<Offer, "price" | "properties">): Money {
  let total = 0n;
  for (const part of price.components) {
    if (part.type !== "fixed" && part.type !== "per-unit") continue;
    const hours = part.per === "hour" ? hoursInMonth : 1n;
    const monthly = micros(part.amount.amount) * hours;
    if (part.type === "fixed") {
      total += monthly;
      continue;
    }
    const units = priceUnits(leastOf(properties[part.property]) ?? "0") ?? { numerator: 0n, denominator: 1n };
    total += divided(monthly * units.numerator, units.denominator);
  }
  return { amount: decimal(total), currency: price.currency };
}

/** Whether the buyer's choice changes what the offer costs. */
export function hasChoice({ price }: Pick<Offer, "price">): boolean {
  return price.components.some(({ type }) => type === "per-unit" || type === "egress" || type === "tiered");
}

/** What is paid once when an order is fulfilled. */
export function oneOff({ price }: Pick<Offer, "price">): Money {
  const total = price.components.reduce(
    (sum, part) => (part.type === "one-off" ? sum + micros(part.amount.amount) : sum),
    0n,
  );
  return { amount: decimal(total), currency: price.currency };
}

const shown = ["cpu", "version", "memory", "storage", "disk", "gpu"] as const;

/** The few words that tell an offer's size, in an order that suits its kind. */
export function sizeOf({ properties }: Pick<Offer, "properties">): string {
  const words = shown.flatMap((name) => {
    const value = properties[name];
    if (typeof value !== "string" && typeof value !== "number") return [];
    const text = String(value).replace("..", " – ");
    return [name === "cpu" ? `${text} vCPU` : name === "version" ? `v${text}` : name === "gpu" ? `${text} GPU` : text];
  });
  return words.join(" · ");
}

/** Properties as flat names and texts: `backup.every` beside `cpu`. */
export function flat(properties: Record<string, unknown>, prefix = ""): [string, string][] {
  return Object.entries(properties).flatMap(([name, value]): [string, string][] => {
    const path = prefix + name;
    if (Array.isArray(value)) return [[path, value.map(valueText).join(", ")]];
    if (typeof value === "object" && value !== null) return flat(value as Record<string, unknown>, `${path}.`);
    return [[path, valueText(value).replace("..", " – ")]];
  });
}

/** Whether a property is an amount of memory or disk, which is priced by the GiB. */
export function isSize(property: string): boolean {
  return ["memory", "disk", "storage"].includes(property);
}
