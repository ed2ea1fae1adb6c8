import { describe, expect, it } from "vitest";
import { names, offered, preferred, translations } from "./languages";
import { parametersOf, render } from "./message";
import english, { type Key } from "./messages/en";

const keys = Object.keys(english).sort() as Key[];

describe("messages", () => {
  it("could be in each of the 24 official languages", () => {
    expect(Object.keys(names)).toHaveLength(24);
  });

  it.each(offered)("in %s are complete, take the same parameters, and have their plural forms", async (language) => {
    const messages = (await translations[language]?.())?.default ?? english;
    expect(Object.keys(messages).sort()).toEqual(keys);
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of keys) {
      const message = messages[key];
      expect(parametersOf(message), key).toEqual(parametersOf(english[key]));
      if (typeof message !== "string") expect(Object.keys(message).sort(), key).toEqual([...forms].sort());
      for (const text of typeof message === "string" ? [message] : Object.values(message)) {
        expect(text.trim(), key).not.toBe("");
      }
    }
  });

  it("are chosen by the first wish that can be met", () => {
    expect(preferred(["fr-BE", "de-AT", "en"])).toBe("de");
    expect(preferred(["fi"])).toBe("en");
  });

  it("choose the plural form and leave unknown parameters visible", () => {
    const plural = new Intl.PluralRules("en");
    const message = { one: "{count} order", other: "{count} orders for {name}" };
    expect(render(message, { count: 1 }, plural)).toBe("1 order");
    expect(render(message, { count: 2 }, plural)).toBe("2 orders for {name}");
  });
});
