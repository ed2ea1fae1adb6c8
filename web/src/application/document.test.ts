import { describe, expect, it } from "vitest";
import { edited, locate, parseApplication, renamedComponent } from "./document";

const text = `# A town's archive
apiVersion: hansa/v1
kind: Application
metadata: { name: archive }
spec:
  budget: { monthly: 60 EUR } # agreed in May
  components:
    web:
      kind: compute.instance
      cpu: ">= 1"
      config: { env: { URL: "\${db.url}" } }
    db:
      kind: database.postgresql
  links:
    - { from: web, to: db, rtt: "<= 20 ms" }
`;

describe("a document", () => {
  it("keeps its comments and the rest when one field changes", () => {
    const changed = edited(text, ["spec", "components", "web", "cpu"], ">= 2");
    expect(changed).toContain("# A town's archive");
    expect(changed).toContain("# agreed in May");
    const value = parseApplication(changed).value;
    expect(value.spec?.components?.web?.cpu).toBe(">= 2");
    expect(value.metadata?.name).toBe("archive");
  });

  it("takes a field away with what is empty around it", () => {
    const value = parseApplication(edited(text, ["spec", "budget", "monthly"], "")).value;
    expect(value.spec && "budget" in value.spec).toBe(false);
    expect(value.spec?.components).toBeDefined();
  });

  it("makes fields on the way to a new one", () => {
    const value = parseApplication(edited(text, ["spec", "requirements", "labels", "gaia-x"], "L1")).value;
    expect(value.spec?.requirements?.labels).toEqual({ "gaia-x": "L1" });
  });

  it("changes and removes links by their place", () => {
    const faster = parseApplication(edited(text, ["spec", "links", 0, "rtt"], "<= 5 ms")).value;
    expect(faster.spec?.links?.[0]).toEqual({ from: "web", to: "db", rtt: "<= 5 ms" });
    const none = parseApplication(edited(text, ["spec", "links", 0], undefined)).value;
    expect(none.spec && "links" in none.spec).toBe(false);
  });

  it("renames a component with the links and references to it", () => {
    const renamed = renamedComponent(text, "db", "store");
    const value = parseApplication(renamed).value;
    expect(Object.keys(value.spec?.components ?? {})).toEqual(["web", "store"]);
    expect(value.spec?.links?.[0]?.to).toBe("store");
    expect(renamed).toContain("${store.url}");
    expect(renamedComponent(text, "db", "web")).toBe(text);
  });

  it("tells where it can't be read", () => {
    const { mistakes, value } = parseApplication("a: [1, 2\nb: 3");
    expect(mistakes.length).toBeGreaterThan(0);
    expect(value).toEqual({});
    expect(parseApplication("just words").value).toEqual({});
  });

  it("finds fields, and what is around those that are not there", () => {
    const { document } = parseApplication(text);
    const at = (path: (string | number)[]) => {
      const { from, to } = locate(document, path);
      return text.slice(from, to);
    };
    expect(at(["spec", "components", "web", "cpu"])).toBe('cpu: ">= 1"');
    expect(at(["spec", "components", "web", "memory"])).toBe("web");
    expect(at(["spec", "links", 0, "rtt"])).toBe('rtt: "<= 20 ms"');
  });
});
