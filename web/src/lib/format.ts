import type { Schema } from "../api/types";
import type { Money } from "./money";

export interface Formatter {
  /** An amount to the cent, or with all its places where cents would hide it. */
  money: (money: Money, exact?: boolean) => string;
  number: (value: number | bigint, digits?: number) => string;
  percent: (value: number) => string;
  date: (timestamp: string) => string;
  /** Date and time with the zone that they are in. */
  time: (timestamp: string) => string;
  clock: (timestamp: string) => string;
  month: (timestamp: string) => string;
  /** How long ago, or how long until, in the largest unit that says something. */
  relative: (timestamp: string, now?: number) => string;
  /** A number of seconds in its two largest units. */
  duration: (seconds: number) => string;
  bytes: (value: number) => string;
  /** What was measured in the unit that is priced, with three places, or with all where these would hide it. */
  measured: (measured: Schema<"Measured">) => string;
  country: (code: string) => string;
  list: (items: string[]) => string;
}

const relativeUnits: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const durationUnits: [string, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** The exact decimal text of the API is what Intl formats: it takes strings without going through a float. */
function exactly(format: Intl.NumberFormat, amount: string): string {
  return format.format(amount as Intl.StringNumericLiteral);
}

/** Makes something at its first use only: a page needs few of the formats, and each takes milliseconds to make. */
function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

export function formatter(locale: string): Formatter {
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options);
    const format = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, format);
    return format;
  };
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = later(() => new Intl.DateTimeFormat(locale, options));
    return (timestamp: string) => format().format(new Date(timestamp));
  };
  const ago = later(() => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const lists = later(() => new Intl.ListFormat(locale));
  const countries = later(() => new Intl.DisplayNames(locale, { type: "region" }));
  const unit = (value: number, name: string, digits = 0) =>
    numberFormat({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);

  return {
    money: ({ amount, currency }, exact = false) => {
      const tiny = /^-?0\.00\d*[1-9]/.test(amount);
      const maximumFractionDigits = exact || tiny ? 6 : 2;
      return exactly(
        numberFormat({ style: "currency", currency, minimumFractionDigits: 2, maximumFractionDigits }),
        amount,
      );
    },
    number: (value, digits = 0) => numberFormat({ maximumFractionDigits: digits }).format(value),
    percent: (value) => numberFormat({ style: "percent", maximumFractionDigits: 1 }).format(value / 100),
    date: dates({ dateStyle: "medium" }),
    time: dates({
      year: "numeric",
      month: "short",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      timeZoneName: "short",
    }),
    clock: dates({ timeStyle: "medium" }),
    month: dates({ month: "long", year: "numeric" }),
    relative: (timestamp, now = Date.now()) => {
      const seconds = Math.round((new Date(timestamp).getTime() - now) / 1000);
      const [name, size] = relativeUnits.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
      return ago().format(Math.trunc(seconds / size), name);
    },
    duration: (seconds) => {
      const parts: string[] = [];
      let rest = Math.max(0, Math.round(seconds));
      for (const [name, size] of durationUnits) {
        const whole = Math.floor(rest / size);
        rest -= whole * size;
        if (whole > 0 && parts.length < 2) parts.push(unit(whole, name));
        else if (parts.length > 0) break;
      }
      return parts.join(" ") || unit(0, "second");
    },
    bytes: (value) => {
      const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
      const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
      const scaled = value / 2 ** (10 * power);
      return `${numberFormat({ maximumFractionDigits: scaled < 10 ? 1 : 0 }).format(scaled)} ${units[power] ?? "B"}`;
    },
    measured: ({ priced, unit }) => {
      const maximumFractionDigits = /^-?0\.000\d*[1-9]/.test(priced) ? 9 : 3;
      const named = { h: "hour", GB: "gigabyte", "GB*s": undefined }[unit];
      if (named === undefined) return `${exactly(numberFormat({ maximumFractionDigits }), priced)} GB·s`;
      return exactly(numberFormat({ style: "unit", unit: named, unitDisplay: "short", maximumFractionDigits }), priced);
    },
    country: (code) => countries().of(code) ?? code,
    list: (items) => lists().format(items),
  };
}
