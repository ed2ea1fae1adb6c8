// What the console asks the exchange. The first word of each key is the resource that events make stale.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import type { paths } from "./schema";
import type { Schema } from "./types";

type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Q } } }
  ? NonNullable<Q>
  : never;

const whole = 500;
const nextOf = (page: { next?: string | null }) => page.next ?? undefined;
const first = undefined as string | undefined;

/** Who is signed in; `early` is an answer to that which was asked for before this program was there. */
export const whoami = (early?: Promise<Response>) => {
  let answer = early;
  const fetchOnce = () => {
    const taken = answer;
    answer = undefined;
    return taken ? { fetch: () => taken } : {};
  };
  return queryOptions({ queryKey: ["whoami"], queryFn: () => body(api.GET("/v1/whoami", fetchOnce())) });
};

export const members = () =>
  queryOptions({
    queryKey: ["members"],
    queryFn: async () => (await body(api.GET("/v1/members", { params: { query: { limit: whole } } }))).items,
  });

export const tokens = () =>
  queryOptions({
    queryKey: ["tokens"],
    queryFn: async () => (await body(api.GET("/v1/tokens", { params: { query: { limit: whole } } }))).items,
  });

export const participants = (query: Query<"/v1/participants"> = {}) =>
  infiniteQueryOptions({
    queryKey: ["participants", query],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/participants", { params: { query: { limit: 100, ...query, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

/** Every provider: there are hundreds at most. */
export const providers = () =>
  queryOptions({
    queryKey: ["participants", "providers"],
    queryFn: async () => {
      const all: Schema<"Participant">[] = [];
      let cursor: string | undefined;
      do {
        const page = await body(
          api.GET("/v1/participants", { params: { query: { role: "provider", limit: whole, cursor } } }),
        );
        all.push(...page.items);
        cursor = nextOf(page);
      } while (cursor);
      return all;
    },
    staleTime: 60_000,
  });

export const kinds = () =>
  queryOptions({ queryKey: ["kinds"], queryFn: () => body(api.GET("/v1/kinds")), staleTime: Infinity });

export const applicationSchema = () =>
  queryOptions({
    queryKey: ["schema"],
    queryFn: () => body(api.GET("/v1/schemas/application")),
    staleTime: Infinity,
  });

/** Every site: the market has thousands at most, and a map needs them all. */
export const sites = () =>
  queryOptions({
    queryKey: ["sites"],
    queryFn: async () => {
      const all: Schema<"Site">[] = [];
      let cursor: string | undefined;
      do {
        const page = await body(api.GET("/v1/sites", { params: { query: { limit: whole, cursor } } }));
        all.push(...page.items);
        cursor = nextOf(page);
      } while (cursor);
      return all;
    },
    staleTime: 60_000,
  });

export type OfferQuery = Omit<Query<"/v1/offers">, "cursor" | "limit">;

export const offers = (query: OfferQuery) =>
  infiniteQueryOptions({
    queryKey: ["offers", query],
    initialPageParam: first,
    queryFn: ({ pageParam, signal }) => {
      const facets = pageParam === undefined;
      return body(
        api.GET("/v1/offers", { params: { query: { ...query, facets, limit: 200, cursor: pageParam } }, signal }),
      );
    },
    getNextPageParam: nextOf,
  });

export const offer = (id: string) =>
  queryOptions({
    queryKey: ["offers", id],
    queryFn: () => body(api.GET("/v1/offers/{offer}", { params: { path: { offer: id } } })),
  });

export const compared = (ids: string, properties?: string, traffic?: string) =>
  queryOptions({
    queryKey: ["offers", "compared", ids, properties, traffic],
    queryFn: () => body(api.GET("/v1/offers/compare", { params: { query: { ids, properties, traffic } } })),
  });

export const agents = () =>
  queryOptions({
    queryKey: ["agents"],
    queryFn: async () => (await body(api.GET("/v1/agents", { params: { query: { limit: whole } } }))).items,
    // Being heard from is no event, so it is asked for now and then.
    refetchInterval: 15_000,
  });

export const quotes = (project: string) =>
  infiniteQueryOptions({
    queryKey: ["quotes", "of", project],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/quotes", { params: { query: { project, limit: 50, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const quote = (id: string) =>
  queryOptions({
    queryKey: ["quotes", id],
    queryFn: () => body(api.GET("/v1/quotes/{quote}", { params: { path: { quote: id } } })),
  });

export const orders = (query: Omit<Query<"/v1/orders">, "cursor" | "limit"> = {}) =>
  infiniteQueryOptions({
    queryKey: ["orders", "of", query],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/orders", { params: { query: { ...query, limit: 100, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const order = (id: string) =>
  queryOptions({
    queryKey: ["orders", id],
    queryFn: () => body(api.GET("/v1/orders/{order}", { params: { path: { order: id } } })),
  });

/** What an order would do and cost; nothing of it lasts. */
export const orderPreview = (order: Schema<"NewOrder">) =>
  queryOptions({
    queryKey: ["orders", "preview", order],
    queryFn: () => body(api.POST("/v1/orders/preview", { body: order })),
    retry: false,
  });

export const orderSteps = (id: string) =>
  queryOptions({
    queryKey: ["orders", id, "steps"],
    queryFn: () => body(api.GET("/v1/orders/{order}/steps", { params: { path: { order: id } } })),
  });

export const orderWhy = (id: string) =>
  queryOptions({
    queryKey: ["orders", id, "why"],
    queryFn: () => body(api.GET("/v1/orders/{order}/why", { params: { path: { order: id } } })),
  });

export const services = (query: Omit<Query<"/v1/services">, "cursor" | "limit"> = {}) =>
  infiniteQueryOptions({
    queryKey: ["services", "of", query],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/services", { params: { query: { ...query, limit: 200, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

/** All that a provider delivers now. */
export const delivered = (provider: string) =>
  queryOptions({
    queryKey: ["services", "delivered", provider],
    queryFn: async () => {
      const all: Schema<"Service">[] = [];
      let cursor: string | undefined;
      do {
        const page = await body(api.GET("/v1/services", { params: { query: { limit: whole, cursor } } }));
        all.push(...page.items.filter((one) => one.provider === provider));
        cursor = nextOf(page);
      } while (cursor);
      return all;
    },
  });

export const service = (id: string) =>
  queryOptions({
    queryKey: ["services", id],
    queryFn: () => body(api.GET("/v1/services/{service}", { params: { path: { service: id } } })),
  });

export const serviceWhy = (id: string) =>
  queryOptions({
    queryKey: ["services", id, "why"],
    queryFn: () => body(api.GET("/v1/services/{service}/why", { params: { path: { service: id } } })),
  });

export const serviceMetrics = (id: string, minutes: number) =>
  queryOptions({
    queryKey: ["metrics", id, minutes],
    queryFn: () => {
      const since = new Date(Date.now() - minutes * 60_000).toISOString();
      return body(api.GET("/v1/services/{service}/metrics", { params: { path: { service: id }, query: { since } } }));
    },
    refetchInterval: 5000,
  });

export const usage = (service: string) =>
  infiniteQueryOptions({
    queryKey: ["usage", service],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/usage", { params: { query: { service, limit: 18, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const proposals = () =>
  queryOptions({
    queryKey: ["proposals"],
    queryFn: async () =>
      (await body(api.GET("/v1/proposals", { params: { query: { state: "open", limit: 100 } } }))).items,
  });

export const statement = (tenant: string | undefined, month: string | undefined) =>
  queryOptions({
    queryKey: ["statements", tenant, month],
    queryFn: () => body(api.GET("/v1/statements", { params: { query: { tenant, month } } })),
    refetchInterval: 30_000,
  });

/** What a month will come to. */
export const costs = (tenant: string | undefined, month: string | undefined) =>
  queryOptions({
    queryKey: ["statements", "costs", tenant, month],
    queryFn: () => body(api.GET("/v1/costs", { params: { query: { tenant, month } } })),
    refetchInterval: 30_000,
  });

export const system = () =>
  queryOptions({ queryKey: ["system"], queryFn: () => body(api.GET("/v1/system")), refetchInterval: 10_000 });

/** Orders that have not ended and the jobs of the exchange, those in trouble first. */
export const atWork = () =>
  queryOptions({ queryKey: ["work"], queryFn: () => body(api.GET("/v1/system/work")), refetchInterval: 10_000 });

/** When providers work on their sites from now on. */
export const maintenance = (query: { site?: string; provider?: string }) =>
  queryOptions({
    queryKey: ["maintenance", query],
    queryFn: async () =>
      (await body(api.GET("/v1/maintenance", { params: { query: { ...query, limit: whole } } }))).items,
  });

export const serviceLog = (id: string) =>
  queryOptions({
    queryKey: ["log", id],
    queryFn: () =>
      body(api.GET("/v1/services/{service}/log", { params: { path: { service: id }, query: { lines: 500 } } })),
  });

export const providerStatement = (provider: string | undefined, month: string | undefined) =>
  queryOptions({
    queryKey: ["statements", "provider", provider, month],
    queryFn: () => body(api.GET("/v1/provider-statements", { params: { query: { provider, month } } })),
    refetchInterval: 30_000,
  });

export const trialBalance = () =>
  queryOptions({ queryKey: ["ledger"], queryFn: () => body(api.GET("/v1/ledger/trial-balance")) });

export const audit = (query: Omit<Query<"/v1/audit">, "cursor" | "limit">) =>
  infiniteQueryOptions({
    queryKey: ["audit", query],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/audit", { params: { query: { ...query, limit: 100, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const auditVerification = () =>
  queryOptions({
    queryKey: ["audit", "verification"],
    queryFn: () => body(api.GET("/v1/audit/verify")),
    enabled: false,
  });

export const readiness = () =>
  queryOptions({ queryKey: ["readiness"], queryFn: () => body(api.GET("/readyz")), refetchInterval: 10_000 });

export const signingKeys = () =>
  queryOptions({ queryKey: ["keys"], queryFn: () => body(api.GET("/.well-known/jwks.json")) });

/** All items of the pages that were loaded. */
export function itemsOf<T>(data: { pages: readonly { items: T[] }[] } | undefined): T[] {
  return data?.pages.flatMap(({ items }) => items) ?? [];
}
