import { groupBy } from "../../../lib/group";
import type { Link } from "../../../application/types";

export interface Node {
  name: string;
  x: number;
  y: number;
}

/**
 * Puts components in columns: who opens connections stands left of whom it connects to. Cycles are cut where they are
 * first met. Answers positions between 0 and 1.
 */
export function layered(names: readonly string[], links: readonly Link[]): Node[] {
  const into = new Map(names.map((name) => [name, [] as string[]]));
  for (const { from, to } of links) if (from && to && into.has(from)) into.get(to)?.push(from);
  const depths = new Map<string, number>();
  const depth = (name: string, path: readonly string[]): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const before = (into.get(name) ?? []).filter((other) => !path.includes(other));
    const found = Math.max(-1, ...before.map((other) => depth(other, [...path, name]))) + 1;
    depths.set(name, found);
    return found;
  };
  for (const name of names) depth(name, []);
  const columns = groupBy(names, (name) => depths.get(name) ?? 0);
  const width = Math.max(...columns.keys(), 0) + 1;
  return [...columns].flatMap(([column, members]) =>
    members.map((name, row) => ({ name, x: (column + 0.5) / width, y: (row + 0.5) / members.length })),
  );
}
