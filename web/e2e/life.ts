// What a buyer has done before a page is looked at, so that pages have something to show.
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import type { World } from "./fixtures";
import { until } from "./world/processes.mjs";
import { caller } from "./world/world.mjs";

/** What there is to be seen, by its identifiers. */
export interface Life {
  draft: string;
  document: string;
  offers: string[];
  quote: string;
  order: string;
  waiting: string;
  service: string;
  /** The participant of the provider who signs in. */
  provider: string;
  /** What runs at that provider, if anything does. */
  delivered: string | undefined;
}

interface Named {
  id: string;
}

interface Running extends Named {
  component: string;
  provider: string;
}

/** Runs the town's archive, asks for one quote more, and leaves one order waiting for its approval. */
export async function live(world: World): Promise<Life> {
  const call = caller(world.address, world.people.buyer.token);
  const document = await readFile(new URL("../src/templates/archive.yaml", import.meta.url), "utf8");
  const application: unknown = parse(document);
  const quote = async (project: string) =>
    (await call("POST", "/v1/quotes", { project, application, hold: true })) as Named;
  const ordered = async (project: string) =>
    (await call("POST", "/v1/orders", { kind: "create", quote: (await quote(project)).id })) as Named;
  const { projects } = (await call("GET", "/v1/whoami")) as { projects: Named[] };
  const home = projects[0]?.id ?? "";
  const order = await ordered(home);
  const careful = (await call("POST", "/v1/projects", {
    name: `careful-${order.id.slice(-6)}`,
    approvalAbove: { amount: "1", currency: "EUR" },
  })) as Named;
  const waiting = await ordered(careful.id);
  await until("the end of the order", async () => {
    const { state } = (await call("GET", `/v1/orders/${order.id}`)) as { state: string };
    return state === "fulfilled" ? true : undefined;
  });
  const services = (await call("GET", `/v1/services?order=${order.id}`)) as { items: Running[] };
  const sales = caller(world.address, world.people.provider.token);
  const provider = ((await sales("GET", "/v1/whoami")) as { participant: Named }).participant.id;
  const offers = (await call("GET", "/v1/offers?state=orderable&kind=compute.instance&limit=4")) as { items: Named[] };
  return {
    draft: "picture1",
    document,
    offers: offers.items.map(({ id }) => id),
    quote: (await quote(home)).id,
    order: order.id,
    waiting: waiting.id,
    service: services.items.find(({ component }) => component === "web")?.id ?? "",
    provider,
    delivered: services.items.find((service) => service.provider === provider)?.id,
  };
}
