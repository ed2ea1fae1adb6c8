import type { Formatter } from "../../../lib/format";

const microseconds: Record<string, number> = { us: 1, ms: 1000, s: 1_000_000 };

/** A round trip such as `24239 us` in milliseconds, as people read it. */
export function rttText(text: string, format: Pick<Formatter, "number">): string {
  const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s)$/.exec(text.trim());
  const unit = microseconds[match?.[2] ?? ""];
  if (!match || unit === undefined) return text;
  return `${format.number((Number(match[1]) * unit) / 1000, 1)} ms`;
}
