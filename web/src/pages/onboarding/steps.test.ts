import { describe, expect, it } from "vitest";
import english from "../../i18n/messages/en";
import { allFields, answersOf, cleaned, hundredths, percentText, stepNames, steps } from "./steps";

describe("what is sent", () => {
  it("leaves out what was left empty, also within groups", () => {
    const said = { registered: { street: " Markt 1 ", locality: "" }, headquarters: { street: "" } };
    expect(cleaned(said, steps.address)).toEqual({ registered: { street: "Markt 1" } });
  });

  it("keeps an empty list where it says that there are none, and only there", () => {
    expect(cleaned({ subcontractors: [], entities: [] }, steps.ownership)).toEqual({ subcontractors: [] });
  });

  it("keeps yes and no apart from not answered", () => {
    const said = { noObstacles: false, transitionDays: 0, erasure: undefined };
    expect(cleaned(said, steps["data-act"])).toEqual({ noObstacles: false, transitionDays: 0 });
  });

  it("cleans the record of each kind, also one in which nothing is said yet", () => {
    const kinds = { "compute.instance": { exportFormats: ["qcow2"], openInterfaces: [] }, "storage.object": {} };
    const sent = { "compute.instance": { exportFormats: ["qcow2"] }, "storage.object": {} };
    expect(cleaned({ kinds }, steps["data-act"])).toEqual({ kinds: sent });
  });
});

it("finds the answers of a step", () => {
  expect(answersOf({ legalPerson: { legalName: "A" } as never }, "legal-person")).toEqual({ legalName: "A" });
  expect(answersOf({}, "data-act")).toEqual({});
});

it("reads parts as people write them, and writes them so", () => {
  const parts = [
    ["24", 2400],
    ["24.5 %", 2450],
    ["0,01%", 1],
    ["100", 10_000],
  ] as const;
  for (const [typed, share] of parts) expect(hundredths(typed), typed).toBe(share);
  for (const wrong of ["", "100.01", "-1", "1.234", "ten"]) expect(hundredths(wrong), wrong).toBeUndefined();
  for (const share of [0, 1, 100, 2450, 10_000]) expect(hundredths(percentText(share))).toBe(share);
});

it("has a label for every step, field and choice", () => {
  const messages = new Set(Object.keys(english));
  const wanted = [
    ...stepNames.map((step) => `onboarding.step.${step}`),
    ...stepNames.map((step) => `onboarding.help.${step}`),
    ...allFields().map(({ key }) => `onboarding.field.${key}`),
    ...allFields().flatMap((field) => ("of" in field ? field.of.map((one) => `onboarding.choice.${one}`) : [])),
  ];
  expect(wanted.filter((key) => !messages.has(key))).toEqual([]);
});
