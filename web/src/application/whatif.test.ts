import { describe, expect, it } from "vitest";
import { parsePath } from "./path";
import { repaired, tried } from "./whatif";

describe("what if", () => {
  const value = { spec: { links: [{ from: "a", to: "b", rtt: "<= 20 ms" }], budget: { monthly: "60 EUR" } } };

  it("tries values without touching the document", () => {
    const now = tried(value, [
      { path: parsePath("spec.links[0].rtt"), value: "<= 5 ms" },
      { path: parsePath("spec.objective.price"), value: 2 },
      { path: parsePath("spec.budget.monthly"), value: undefined },
    ]);
    expect(now.spec?.links?.[0]?.rtt).toBe("<= 5 ms");
    expect(now.spec?.objective).toEqual({ price: 2 });
    expect(now.spec?.budget).toEqual({});
    expect(value.spec.links[0]?.rtt).toBe("<= 20 ms");
  });

  it("reads repairs as they stand in a document", () => {
    expect(repaired("500 EUR")).toBe("500 EUR");
    expect(repaired("3")).toBe(3);
    expect(repaired("[EU, EEA]")).toEqual(["EU", "EEA"]);
    expect(repaired(null)).toBeUndefined();
  });
});
