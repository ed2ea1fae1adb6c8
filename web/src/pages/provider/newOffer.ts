import type { Schema } from "../../api/types";

type Kind = Schema<"KindId">;

/** What the form for a new offer holds; texts as they are typed. */
export interface OfferForm {
  site: string;
  sku: string;
  kind: Kind;
  properties: Record<string, string>;
  hourly: string;
  perGib: string;
  setup: string;
  egress: string;
  included: string;
  availability: string;
}

/** The properties that an offer of a kind should say, with an example of each. */
export const asked: Record<Kind, Record<string, string>> = {
  "compute.instance": {
    cpu: "2",
    memory: "4 GiB",
    disk: "40 GiB",
    image: "debian-12",
    arch: "x86_64",
    diskKind: "nvme",
  },
  "database.postgresql": { version: "15", storage: "1 GiB..200 GiB", connections: "5..100" },
  "database.mariadb": { version: "10.11", storage: "1 GiB..200 GiB", connections: "5..100" },
};

const lists = new Set(["image"]);

const euros = (amount: string): Schema<"Money"> => ({ amount: amount.replace(",", "."), currency: "EUR" });

/** The offer as the API takes it. Parts of the price that are empty are left out. */
export function newOffer(form: OfferForm): Schema<"NewOffer"> {
  const components: Schema<"PriceComponent">[] = [];
  if (form.hourly) components.push({ name: "base", type: "fixed", amount: euros(form.hourly), per: "hour" });
  if (form.perGib && form.kind !== "compute.instance") {
    components.push({
      name: "storage",
      type: "per-unit",
      property: "storage",
      amount: euros(form.perGib),
      per: "month",
    });
  }
  if (form.egress) {
    components.push({
      name: "traffic",
      type: "egress",
      perGb: euros(form.egress),
      ...(form.included ? { included: form.included } : {}),
    });
  }
  if (form.setup) components.push({ name: "setup", type: "one-off", amount: euros(form.setup) });
  const properties = Object.fromEntries(
    Object.keys(asked[form.kind]).flatMap((name): [string, unknown][] => {
      const text = form.properties[name]?.trim();
      if (!text) return [];
      if (lists.has(name) && text.includes(",")) return [[name, text.split(",").map((one) => one.trim())]];
      return [[name, name === "cpu" && /^\d+$/.test(text) ? Number(text) : text]];
    }),
  );
  return {
    site: form.site,
    sku: form.sku,
    kind: form.kind,
    properties,
    price: { currency: "EUR", components },
    ...(form.availability ? { terms: { availability: `${form.availability} %`, minimumTerm: null } } : {}),
  };
}
