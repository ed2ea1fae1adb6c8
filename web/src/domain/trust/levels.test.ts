import { expect, it } from "vitest";
import { metOf, nextLevel } from "./levels";

const gap = (criterion: string) => ({ criterion, title: "", missing: "" });

it("the next level is the lowest that is not reached", () => {
  const gaps = { L3: [gap("c")], L1: [gap("a"), gap("b")] };
  expect(nextLevel({ gaps }, ["SC", "L1", "L2", "L3"])).toEqual({ level: "L1", gaps: gaps.L1 });
  expect(nextLevel({}, ["SC"])).toBeUndefined();
});

it("counts what is met of what applies", () => {
  const outcomes = ["met", "declared", "4", "missing", "against", "not-applicable"].map((outcome, at) => ({
    criterion: String(at),
    outcome,
  }));
  expect(metOf({ outcomes })).toEqual({ met: 3, of: 5 });
});
