import { describe, expect, it } from "vitest";
import { flat, isSize, leastMonthly, oneOff, sizeOf, type Offer } from "./offers";

const database: Pick<Offer, "price" | "properties"> = {
  properties: { version: "15", storage: "5 GiB..200 GiB", backup: { every: "1 h..1 d" }, image: ["a", "b"] },
  price: {
    currency: "EUR",
    components: [
      { name: "base", type: "fixed", amount: { amount: "0.011", currency: "EUR" }, per: "hour" },
      {
        name: "storage",
        type: "per-unit",
        property: "storage",
        amount: { amount: "0.10", currency: "EUR" },
        per: "month",
      },
      { name: "traffic", type: "egress", included: "100 GB", perGb: { amount: "0.01", currency: "EUR" } },
      { name: "setup", type: "one-off", amount: { amount: "2.50", currency: "EUR" } },
    ],
  },
};

describe("offers", () => {
  it("estimates the smallest choice as quotes do: 730 hours, the least of each property, no traffic", () => {
    expect(leastMonthly(database)).toEqual({ amount: "8.53", currency: "EUR" });
    expect(oneOff(database)).toEqual({ amount: "2.50", currency: "EUR" });
  });

  it("rounds halves to even, as the exchange does", () => {
    const half = (amount: string) =>
      leastMonthly({
        properties: { storage: "0.5 GiB" },
        price: {
          currency: "EUR",
          components: [
            { name: "s", type: "per-unit", property: "storage", amount: { amount, currency: "EUR" }, per: "month" },
          ],
        },
      }).amount;
    expect(half("0.000001")).toBe("0.00");
    expect(half("0.000003")).toBe("0.000002");
  });

  it("tells sizes and properties in words", () => {
    expect(sizeOf(database)).toBe("v15 · 5 GiB – 200 GiB");
    expect(flat(database.properties)).toEqual([
      ["version", "15"],
      ["storage", "5 GiB – 200 GiB"],
      ["backup.every", "1 h – 1 d"],
      ["image", "a, b"],
    ]);
  });
});

it("prices memory and disk by the GiB, and nothing else", () => {
  expect(["memory", "disk", "storage", "cpu", "connections"].map(isSize)).toEqual([true, true, true, false, false]);
});
