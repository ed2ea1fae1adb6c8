import { expect, it } from "vitest";
import { newOffer, type OfferForm } from "./newOffer";

const form: OfferForm = {
  site: "utrecht-1",
  sku: "small",
  kind: "compute.instance",
  properties: { cpu: "2", memory: "4 GiB", image: "debian-12, debian-12-micro", storage: "left from another kind" },
  hourly: "0,0099",
  perGib: "",
  setup: "",
  egress: "0.01",
  included: "100 GB",
  availability: "99.9",
};

it("writes the offer that the form describes, and nothing else", () => {
  expect(newOffer(form)).toEqual({
    site: "utrecht-1",
    sku: "small",
    kind: "compute.instance",
    properties: { cpu: 2, memory: "4 GiB", image: ["debian-12", "debian-12-micro"] },
    price: {
      currency: "EUR",
      components: [
        { name: "base", type: "fixed", amount: { amount: "0.0099", currency: "EUR" }, per: "hour" },
        { name: "traffic", type: "egress", perGb: { amount: "0.01", currency: "EUR" }, included: "100 GB" },
      ],
    },
    terms: { availability: "99.9 %", minimumTerm: null },
  });
});
