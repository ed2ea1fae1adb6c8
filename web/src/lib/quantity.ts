/** A number with its unit as texts of the API write them: `4 GiB`, `1 GiB..200 GiB`, `>= 2`, `99.9 %`. */
export interface Bounds {
  least: string;
  most: string | undefined;
}

const factors: Record<string, bigint> = {
  B: 1n,
  kB: 1000n,
  MB: 1000n ** 2n,
  GB: 1000n ** 3n,
  TB: 1000n ** 4n,
  PB: 1000n ** 5n,
  KiB: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
  TiB: 1024n ** 4n,
  PiB: 1024n ** 5n,
};

/** The ends of a range, or the value that is both. */
export function bounds(text: string): Bounds {
  const [least = "", most] = text.replace(/^\s*(>=|<=|=)\s*/, "").split("..");
  return { least: least.trim(), most: most?.trim() };
}

/** An exact number as a fraction. */
export interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

/** Reads a plain decimal number exactly. */
export function fraction(text: string): Fraction | undefined {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return undefined;
  const [, whole = "0", places = ""] = match;
  return { numerator: BigInt(whole + places), denominator: 10n ** BigInt(places.length) };
}

/** A size in bytes, exactly; a number without a unit is itself. */
export function inBytes(text: string): Fraction | undefined {
  const match = /^([\d.]+)\s*([A-Za-z]+)?$/.exec(text.trim());
  const number = fraction(match?.[1] ?? "");
  const factor = match?.[2] === undefined ? 1n : factors[match[2]];
  if (!number || factor === undefined) return undefined;
  return { numerator: number.numerator * factor, denominator: number.denominator };
}

/** A size in GiB, which per-unit prices count; a number without a unit counts as it is. */
export function priceUnits(text: string): Fraction | undefined {
  const bytes = inBytes(text);
  if (!bytes || !/[A-Za-z]/.test(text)) return bytes;
  return { numerator: bytes.numerator, denominator: bytes.denominator * 1024n ** 3n };
}

/** A value for drawing, never for money. */
export function approximate({ numerator, denominator }: Fraction): number {
  return Number(numerator) / Number(denominator);
}

/** The number that a text such as `120 g/kWh` or `99.9 %` begins with, for drawing and sorting. */
export function leading(text: string): number | undefined {
  const number = Number.parseFloat(text.replace(/^\s*(>=|<=|=)\s*/, ""));
  return Number.isNaN(number) ? undefined : number;
}
