import { describe, expect, it } from "vitest";
import { parseApplication } from "../application/document";
import { blank, load, templateNames } from ".";

describe.each(templateNames)("the template %s", (name) => {
  it("can be read, and links components that it has", async () => {
    const { mistakes, value } = parseApplication(await load(name));
    expect(mistakes).toEqual([]);
    const components = Object.keys(value.spec?.components ?? {});
    expect(components.length).toBeGreaterThan(1);
    for (const link of value.spec?.links ?? [])
      expect(components).toEqual(expect.arrayContaining([link.from, link.to]));
  });
});

it("the blank document can be read", () => expect(parseApplication(blank).mistakes).toEqual([]));
