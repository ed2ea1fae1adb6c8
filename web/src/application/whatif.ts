import { parse } from "yaml";
import type { Path } from "./path";
import type { ApplicationValue } from "./types";

/** A field with the value that it is tried with. */
export interface Trial {
  path: Path;
  value: unknown;
}

/** The document with fields changed, without touching the one that is written. */
export function tried(value: ApplicationValue, trials: readonly Trial[]): ApplicationValue {
  const copy = structuredClone(value);
  for (const trial of trials) set(copy as Record<string, unknown>, trial);
  return copy;
}

function set(root: Record<string | number, unknown>, { path, value }: Trial): void {
  let at = root;
  for (const step of path.slice(0, -1)) {
    if (typeof at[step] !== "object" || at[step] === null) at[step] = {};
    at = at[step] as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last === undefined) return;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
}

/** What a repair writes into a field: it comes as the text that stands in a document. */
export function repaired(text: string | null | undefined): unknown {
  return text === null || text === undefined ? undefined : (parse(text) as unknown);
}
