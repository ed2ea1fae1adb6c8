import { describe, expect, it } from "vitest";
import { apportioned, compare, decimal, hourly, micros, percentOf, sum, type Money } from "./money";

const euros = (amount: string): Money => ({ amount, currency: "EUR" });

/** Adds decimal texts by hand, digit by digit, the way it is done on paper. */
function onPaper(left: string, right: string): string {
  const pad = (text: string) => {
    const [whole = "0", fraction = ""] = text.split(".");
    return whole.padStart(20, "0") + fraction.padEnd(6, "0");
  };
  const [above, below] = [pad(left), pad(right)];
  let carry = 0;
  let digits = "";
  for (let place = above.length - 1; place >= 0; place -= 1) {
    const digit = Number(above[place]) + Number(below[place]) + carry;
    carry = digit >= 10 ? 1 : 0;
    digits = String(digit % 10) + digits;
  }
  const fraction = digits.slice(-6).replace(/0+$/, "").padEnd(2, "0");
  return `${digits.slice(0, -6).replace(/^0+(?=\d)/, "")}.${fraction}`;
}

describe("money", () => {
  it("reads and writes every amount of the API without loss", () => {
    for (const amount of ["0.00", "20.256", "0.000001", "9007199254740993.123456", "-3.25"]) {
      expect(decimal(micros(amount))).toBe(amount);
    }
  });

  it("refuses what is no amount", () => {
    for (const amount of ["", "1e3", "1,5", "0.0000001", "NaN", " 1"]) expect(() => micros(amount)).toThrow(RangeError);
  });

  it("adds as on paper, where floating-point numbers would not", () => {
    let seed = 42;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const amount = () => `${random(1_000_000_000)}.${String(random(1_000_000)).padStart(6, "0")}`;
    for (let round = 0; round < 500; round += 1) {
      const [left, right] = [amount(), amount()];
      expect(sum([euros(left), euros(right)]).amount).toBe(onPaper(left, right));
    }
    expect(sum([euros("0.1"), euros("0.2")]).amount).toBe("0.30");
  });

  it("has no sum of several currencies, and nothing is nothing", () => {
    expect(() => sum([euros("1"), { amount: "1", currency: "CHF" }])).toThrow(RangeError);
    expect(sum([])).toEqual(euros("0.00"));
  });

  it("compares by value, not by text", () => {
    expect(compare(euros("9.5"), euros("10"))).toBe(-1);
    expect(compare(euros("10.00"), euros("10"))).toBe(0);
    expect(compare(euros("-1"), euros("-2"))).toBe(1);
  });

  it("tells a monthly price by the hour of a month of 730 hours", () => {
    expect(hourly(euros("7.30")).amount).toBe("0.01");
    expect(hourly(euros("3.212")).amount).toBe("0.0044");
  });

  it("tells shares of a whole, also of nothing", () => {
    expect(percentOf(euros("1"), euros("3"))).toBe(33.3);
    expect(percentOf(euros("0"), euros("0"))).toBe(0);
  });

  it("gives the cents of a sum out to its parts, each at most a cent away from its amount", () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 300; round += 1) {
      const count = 1 + random(9);
      const parts = Array.from({ length: count }, () => random(40_000_000) - 5_000_000);
      const shown = apportioned(parts.map((part) => euros(decimal(BigInt(part)))));
      const cents = shown.map(({ amount }) => Number(micros(amount)) / 10_000);
      const total = parts.reduce((all, part) => all + part, 0);
      expect(cents.every(Number.isInteger)).toBe(true);
      expect(Math.abs(cents.reduce((all, one) => all + one, 0) - total / 10_000)).toBeLessThanOrEqual(0.5);
      parts.forEach((part, index) => expect(Math.abs((cents[index] ?? NaN) - part / 10_000)).toBeLessThan(1));
    }
  });

  it("rounds the sum half to even and prefers the largest remainder, then the first part", () => {
    const shown = (...amounts: string[]) => apportioned(amounts.map(euros)).map(({ amount }) => amount);
    expect(shown("0.006", "0.007")).toEqual(["0.00", "0.01"]);
    expect(shown("0.014", "0.014", "0.02")).toEqual(["0.02", "0.01", "0.02"]);
    expect(shown("0.025")).toEqual(["0.02"]);
    expect(shown("0.035")).toEqual(["0.04"]);
    expect(shown("-0.004", "0.014")).toEqual(["0.00", "0.01"]);
    expect(shown()).toEqual([]);
  });
});
