import { describe, expect, it } from "vitest";
import { recentMonths } from "./months";

describe("months", () => {
  it("go back over the turn of a year", () => {
    expect(recentMonths(4, new Date("2026-02-28T12:00:00Z"))).toEqual(["2026-02", "2026-01", "2025-12", "2025-11"]);
  });

  it("do not skip February when it is the 31st", () => {
    expect(recentMonths(2, new Date("2026-03-31T12:00:00Z"))).toEqual(["2026-03", "2026-02"]);
  });
});
