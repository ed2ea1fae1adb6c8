import { expect, it } from "vitest";
import { layered } from "./layout";

it("puts who connects left of whom it connects to", () => {
  const nodes = layered(
    ["db", "web", "cache"],
    [
      { from: "web", to: "db" },
      { from: "web", to: "cache" },
      { from: "cache", to: "db" },
    ],
  );
  const x = (name: string) => nodes.find((node) => node.name === name)?.x ?? NaN;
  expect(x("web")).toBeLessThan(x("cache"));
  expect(x("cache")).toBeLessThan(x("db"));
  for (const node of nodes) expect(node.x > 0 && node.x < 1 && node.y > 0 && node.y < 1).toBe(true);
});

it("ends where components connect in a circle", () => {
  expect(
    layered(
      ["a", "b"],
      [
        { from: "a", to: "b" },
        { from: "b", to: "a" },
      ],
    ),
  ).toHaveLength(2);
});
