import { expect, it } from "vitest";
import { clustered } from "./cluster";

it("joins what would overlap, loses nothing, and leaves the rest apart", () => {
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const points = Array.from({ length: 400 }, (_, item) => ({ x: random() * 300, y: random() * 300, item }));
  const clusters = clustered(points, 16);
  expect(clusters.flatMap(({ items }) => items).sort((a, b) => a - b)).toEqual(points.map(({ item }) => item));
  for (const [index, one] of clusters.entries()) {
    for (const other of clusters.slice(index + 1)) {
      expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThanOrEqual(16);
    }
  }
});
