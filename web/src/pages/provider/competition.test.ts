import { describe, expect, it } from "vitest";
import type { MatchOutcome } from "../../application/useMatch";
import { demandFor, standingOf } from "./competition";

const outcome = (parts: object) =>
  ({ packages: [], excluded: [], requirements: [], conflict: [], catalogueVersion: 1, ...parts }) as MatchOutcome;
const packageOf = (name: string, offer: string) => ({ name, components: { one: { offer, replicas: [{ offer }] } } });
const euros = (amount: string) => ({ amount, currency: "EUR" });

describe("the demand for an offer", () => {
  it("asks for the least of each size and nothing else", () => {
    const properties = { cpu: "2..8", memory: "4 GiB", image: ["debian-12"] } as never;
    expect(demandFor({ kind: "compute.instance", properties })).toMatchObject({
      spec: { components: { one: { kind: "compute.instance", cpu: ">= 2", memory: ">= 4 GiB" } } },
    });
  });
});

describe("the standing of an offer", () => {
  it("is chosen by each package that holds it, with its nearest rival", () => {
    const found = outcome({
      packages: [packageOf("cheapest", "a/b/c"), packageOf("greenest", "d/e/f")],
      runnersUp: [{ component: "one", offer: "x/y/z", beatenBy: "a/b/c", monthly: euros("1.50"), carbon: 0 }],
    });
    expect(standingOf("a/b/c", found)).toEqual({
      is: "chosen",
      packages: ["cheapest"],
      rival: { offer: "x/y/z", more: euros("1.50") },
    });
    expect(standingOf("x/y/z", found)).toEqual({ is: "beaten", by: "a/b/c", more: euros("1.50") });
  });
  it("names the requirement that it fails, and else who was chosen", () => {
    const excluded = [{ component: "one", offer: "a/b/c", requirement: "seal", required: "2", offered: "1" }];
    const found = outcome({ packages: [packageOf("chosen", "d/e/f")], excluded });
    expect(standingOf("a/b/c", found)).toMatchObject({ is: "excluded", requirement: "seal" });
    expect(standingOf("g/h/i", found)).toEqual({ is: "further", by: "d/e/f" });
  });
});
