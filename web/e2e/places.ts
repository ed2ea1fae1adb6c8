import type { Person } from "./fixtures";
import type { Life } from "./life";

/** The pages of the console by who looks at them. */
export const places: Record<Person, Record<string, string>> = {
  buyer: {
    home: "/",
    market: "/market",
    map: "/market?view=map",
    "compare-nothing": "/market/compare",
    applications: "/applications",
    quotes: "/quotes",
    orders: "/orders",
    proposals: "/proposals",
    services: "/services",
    costs: "/costs",
    projects: "/projects",
    account: "/account",
    team: "/team",
    components: "/components",
    nowhere: "/no-such-page",
  },
  provider: {
    selling: "/provider",
    sites: "/provider/sites",
    "my-offers": "/provider/offers",
    agents: "/provider/agents",
    delivered: "/provider/services",
    earnings: "/provider/earnings",
    onboarding: "/provider/onboarding",
    evidence: "/provider/evidence",
    trust: "/provider/trust",
  },
  operator: {
    overview: "/",
    participants: "/participants",
    "orders-at-work": "/operations/orders",
    "all-services": "/operations/services",
    fleet: "/operations/agents",
    audit: "/audit",
    ledger: "/ledger",
    system: "/system",
    reviews: "/reviews",
    "trusted-issuers": "/trusted-issuers",
  },
  approver: {},
  auditor: { "auditor-overview": "/" },
};

/** The pages of a buyer that are about something that was made before. */
export function placesOf(life: Life): Record<string, string> {
  return {
    offer: `/market/offers/${life.offers[0] ?? ""}`,
    compare: `/market/compare?ids=${life.offers.join(",")}`,
    describe: `/applications/${life.draft}`,
    match: `/applications/${life.draft}?step=match`,
    quote: `/quotes/${life.quote}`,
    order: `/orders/${life.order}`,
    approval: `/orders/${life.waiting}`,
    service: `/services/${life.service}`,
  };
}
