import { expect, it } from "vitest";
import { claimsOf, factValue } from "./facts";

it("reads values as the command line does", () => {
  expect(factValue(" true ")).toBe(true);
  expect(factValue("-30")).toBe(-30);
  expect(factValue("1.5")).toBe("1.5");
  expect(factValue("P2M")).toBe("P2M");
});

it("makes claims of what was filled in only", () => {
  const facts = [
    { name: "csf.sov-1-q1", value: "4" },
    { name: "", value: "x" },
    { name: "gx.legal-act", value: "" },
  ];
  expect(claimsOf(facts, true)).toEqual([
    { claim: "fact", name: "csf.sov-1-q1", value: 4 },
    { claim: "noSubcontractors" },
  ]);
});
