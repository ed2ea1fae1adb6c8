/** Something with a place on the screen. */
export interface Placed<T> {
  x: number;
  y: number;
  item: T;
}

export interface Cluster<T> {
  x: number;
  y: number;
  items: T[];
}

/** Joins what would overlap on the screen: what is nearer than `distance` to the first of a cluster belongs to it. */
export function clustered<T>(points: readonly Placed<T>[], distance: number): Cluster<T>[] {
  const clusters: Cluster<T>[] = [];
  const cells = new Map<string, Cluster<T>[]>();
  for (const { x, y, item } of points) {
    const column = Math.floor(x / distance);
    const row = Math.floor(y / distance);
    const near = [-1, 0, 1]
      .flatMap((right) => [-1, 0, 1].map((down) => `${column + right} ${row + down}`))
      .flatMap((cell) => cells.get(cell) ?? [])
      .find((cluster) => Math.hypot(cluster.x - x, cluster.y - y) < distance);
    if (near) {
      near.items.push(item);
      continue;
    }
    const cluster = { x, y, items: [item] };
    clusters.push(cluster);
    const cell = `${column} ${row}`;
    cells.set(cell, [...(cells.get(cell) ?? []), cluster]);
  }
  return clusters;
}
