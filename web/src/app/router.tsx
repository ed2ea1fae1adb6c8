import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { isSignedOut } from "../api/client";
import { Problem } from "../api/problem";
import { whoami } from "../api/queries";
import type { Schema } from "../api/types";
import SignIn from "../pages/signin/SignIn";
import { Broken, Nowhere } from "./Fallbacks";

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Outlet,
  errorComponent: Broken,
  notFoundComponent: Nowhere,
});

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { to?: string; problem?: string } => ({
    to: text(search.to),
    problem: text(search.problem),
  }),
  // What newcomers see first comes with the program itself.
  component: SignIn,
});

const signUp = createRoute({
  getParentRoute: () => root,
  path: "/sign-up",
  component: lazyRouteComponent(() => import("../pages/signin/SignUp")),
});

const secondFactor = createRoute({
  getParentRoute: () => root,
  path: "/second-factor",
  validateSearch: (search): { to?: string } => ({ to: text(search.to) }),
  component: lazyRouteComponent(() => import("../pages/signin/SecondFactor")),
});

/** Lets those on who are signed in; others sign in first and come back. */
async function signedIn({ context, location }: { context: Context; location: { href: string } }): Promise<void> {
  await context.queries.query({ ...whoami(), staleTime: "static" }).catch((error: unknown) => {
    const search = { to: location.href };
    if (isSignedOut(error)) throw redirect({ to: "/sign-in", search });
    if (error instanceof Problem && error.code === "second-factor-needed") {
      throw redirect({ to: "/second-factor", search });
    }
    throw error;
  });
}

const device = createRoute({
  getParentRoute: () => root,
  path: "/device",
  validateSearch: (search): { code?: string } => ({ code: text(search.code) }),
  beforeLoad: signedIn,
  component: lazyRouteComponent(() => import("../pages/signin/Device")),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: lazyRouteComponent(() => import("../shell/Shell")),
  beforeLoad: signedIn,
});

const accountTabs = ["security", "sessions", "tokens"] as const;
export type AccountTab = (typeof accountTabs)[number];

export interface MarketSearch {
  view?: "table" | "map";
  q?: string;
  kind?: string;
  country?: string;
  provider?: string;
  state?: string;
  site?: string;
  sort?: "name" | "price" | "-price";
  compare?: string;
}

const market = createRoute({
  getParentRoute: () => inside,
  path: "/market",
  validateSearch: (search): MarketSearch => ({
    view: search.view === "map" ? "map" : undefined,
    q: text(search.q),
    kind: text(search.kind),
    country: text(search.country),
    provider: text(search.provider),
    state: text(search.state),
    site: text(search.site),
    sort: search.sort === "price" || search.sort === "-price" ? search.sort : undefined,
    compare: text(search.compare),
  }),
  component: lazyRouteComponent(() => import("../pages/market/Market")),
});

const compare = createRoute({
  getParentRoute: () => inside,
  path: "/market/compare",
  validateSearch: (search): { ids: string; cpu?: string; memory?: string; storage?: string; traffic?: string } => ({
    ids: text(search.ids) ?? "",
    cpu: text(search.cpu),
    memory: text(search.memory),
    storage: text(search.storage),
    traffic: text(search.traffic),
  }),
  component: lazyRouteComponent(() => import("../pages/market/Compare")),
});

const offer = createRoute({
  getParentRoute: () => inside,
  path: "/market/offers/$offer",
  component: lazyRouteComponent(() => import("../pages/market/OfferPage")),
});

export type EditorStep = "describe" | "match";

const editor = createRoute({
  getParentRoute: () => inside,
  path: "/applications/$draft",
  validateSearch: (search): { step?: EditorStep; package?: string } => ({
    step: search.step === "match" ? "match" : undefined,
    package: text(search.package),
  }),
  component: lazyRouteComponent(() => import("../pages/applications/Editor")),
});

const page = <Path extends string>(path: Path, load: Parameters<typeof lazyRouteComponent>[0]) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load) });

const auditLog = createRoute({
  getParentRoute: () => inside,
  path: "/audit",
  validateSearch: (search): { action?: string; subject?: string; actor?: string } => ({
    action: text(search.action),
    subject: text(search.subject),
    actor: text(search.actor),
  }),
  component: lazyRouteComponent(() => import("../pages/operator/Audit")),
});

const onboarding = createRoute({
  getParentRoute: () => inside,
  path: "/provider/onboarding",
  validateSearch: (search): { step?: Schema<"OnboardingStep"> } => ({
    step: text(search.step) as Schema<"OnboardingStep"> | undefined,
  }),
  component: lazyRouteComponent(() => import("../pages/onboarding/Onboarding")),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  validateSearch: (search): { tab?: AccountTab } => ({ tab: accountTabs.find((tab) => tab === search.tab) }),
  component: lazyRouteComponent(() => import("../pages/account/Account")),
});

const tree = root.addChildren([
  signIn,
  signUp,
  secondFactor,
  device,
  inside.addChildren([
    page("/", () => import("../pages/Home")),
    market,
    compare,
    offer,
    page("/applications", () => import("../pages/applications/Applications")),
    editor,
    page("/quotes", () => import("../pages/orders/Quotes")),
    page("/quotes/$quote", () => import("../pages/orders/QuotePage")),
    page("/orders", () => import("../pages/orders/Orders")),
    page("/orders/$order", () => import("../pages/orders/OrderPage")),
    page("/services", () => import("../pages/services/Services")),
    page("/services/$service", () => import("../pages/services/ServicePage")),
    page("/proposals", () => import("../pages/orders/Proposals")),
    page("/costs", () => import("../pages/costs/Costs")),
    page("/projects", () => import("../pages/costs/Projects")),
    page("/provider", () => import("../pages/provider/Overview")),
    page("/provider/sites", () => import("../pages/provider/Sites")),
    page("/provider/offers", () => import("../pages/provider/Offers")),
    page("/provider/agents", () => import("../pages/provider/Agents")),
    page("/provider/services", () => import("../pages/provider/Delivered")),
    page("/provider/earnings", () => import("../pages/provider/Earnings")),
    onboarding,
    page("/provider/evidence", () => import("../pages/trust/Evidence")),
    page("/provider/trust", () => import("../pages/trust/OwnTrust")),
    page("/participants/$participant/trust", () => import("../pages/trust/TrustPage")),
    page("/reviews", () => import("../pages/operator/Reviews")),
    page("/reviews/$participant", () => import("../pages/operator/ReviewPage")),
    page("/trusted-issuers", () => import("../pages/operator/TrustedIssuers")),
    page("/participants", () => import("../pages/operator/Participants")),
    page("/operations/orders", () => import("../pages/operator/OrdersAtWork")),
    page("/operations/services", () => import("../pages/operator/AllServices")),
    page("/operations/agents", () => import("../pages/operator/Fleet")),
    auditLog,
    page("/ledger", () => import("../pages/operator/Ledger")),
    page("/system", () => import("../pages/operator/System")),
    account,
    page("/team", () => import("../pages/team/Team")),
    page("/components", () => import("../pages/Components")),
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultErrorComponent: Broken,
    scrollRestoration: true,
  });
}

export type Router = ReturnType<typeof makeRouter>;

/** Begins to load the code of where one is, while it is still asked who one is. */
export function loadAhead(router: Router): void {
  const [matchedRoutes] = router.getMatchedRoutes(router.latestLocation.pathname);
  for (const route of matchedRoutes) void router.loadRouteChunk(route);
}

declare module "@tanstack/react-router" {
  interface Register {
    router: Router;
  }
}
