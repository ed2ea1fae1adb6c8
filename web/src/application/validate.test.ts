import { describe, expect, it } from "vitest";
import { parseApplication } from "./document";
import { fieldMistakes, placed, schemaMistakes } from "./validate";

describe("mistakes that the exchange tells", () => {
  it("are told apart when one message names several fields", () => {
    const detail =
      "line 1: application: spec.components.web.memry: unknown field (did you mean `memory`?); " +
      "spec.links[0].rtt: `fast` is no duration; write `<= 20 ms`";
    expect(fieldMistakes({ detail, errors: [{ field: "application", line: 1, message: detail }] })).toEqual([
      { path: ["spec", "components", "web", "memry"], message: "unknown field (did you mean `memory`?)" },
      { path: ["spec", "links", 0, "rtt"], message: "`fast` is no duration; write `<= 20 ms`" },
    ]);
  });

  it("are taken as they are when each has its own field", () => {
    const errors = [{ field: "spec.budget.monthly", message: "`x` is no amount" }];
    expect(fieldMistakes({ detail: "", errors })).toEqual([
      { path: ["spec", "budget", "monthly"], message: "`x` is no amount" },
    ]);
  });

  it("do not take long to read, whatever stands in them", () => {
    const detail = `spec${".a".repeat(5000)}`;
    const start = performance.now();
    fieldMistakes({ detail });
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("are shown at their place in the text", () => {
    const text = "spec:\n  components:\n    web: { cpu: 1 }\n";
    const mistakes = placed(parseApplication(text), [
      { path: ["spec", "components", "web", "cpu"], message: "too few" },
    ]);
    expect(mistakes.map(({ from, to }) => text.slice(from, to))).toEqual(["cpu: 1"]);
  });
});

describe("mistakes that the schema tells", () => {
  const schema = {
    type: "object",
    properties: { kind: { const: "Application" }, count: { type: "integer", maximum: 100 } },
    required: ["kind"],
  };

  it("are found without asking anybody", async () => {
    expect(await schemaMistakes(parseApplication("kind: Application\ncount: 3\n"), schema)).toEqual([]);
    const [mistake] = await schemaMistakes(parseApplication("kind: Application\ncount: 300\n"), schema);
    expect(mistake?.message).toContain("count");
    expect(mistake?.from).toBe("kind: Application\n".length);
  });
});
