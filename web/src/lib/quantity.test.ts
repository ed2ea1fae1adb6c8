import { describe, expect, it } from "vitest";
import { approximate, bounds, inBytes, leading, priceUnits } from "./quantity";

describe("quantities", () => {
  it("reads the ends of a range and single values", () => {
    expect(bounds("1 GiB..200 GiB")).toEqual({ least: "1 GiB", most: "200 GiB" });
    expect(bounds(">= 4 GiB")).toEqual({ least: "4 GiB", most: undefined });
  });

  it("reads sizes exactly in tens and twos", () => {
    expect(inBytes("1.5 GiB")).toEqual({ numerator: 15n * 1024n ** 3n, denominator: 10n });
    expect(approximate(inBytes("20 GB") ?? { numerator: 0n, denominator: 1n })).toBe(2e10);
    expect(inBytes("4 parsecs")).toBeUndefined();
  });

  it("counts sizes in GiB and plain numbers as they are, as prices do", () => {
    expect(approximate(priceUnits("512 MiB") ?? { numerator: 0n, denominator: 1n })).toBe(0.5);
    expect(approximate(priceUnits("5") ?? { numerator: 0n, denominator: 1n })).toBe(5);
  });

  it("finds the number that a text begins with", () => {
    expect(leading("<= 120 g/kWh")).toBe(120);
    expect(leading("none")).toBeUndefined();
  });
});
