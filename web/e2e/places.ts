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
    sessions: "/account?tab=sessions",
    tokens: "/account?tab=tokens",
    team: "/team",
    device: "/device",
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
    "onboarding-data-act": "/provider/onboarding?step=data-act",
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
  auditor: {
    "auditor-overview": "/",
    "auditor-audit": "/audit",
    "auditor-ledger": "/ledger",
    "auditor-system": "/system",
  },
};

/** The pages that are about something that was made before, by who looks at them. */
export function placesOf(life: Life): Partial<Record<Person, Record<string, string>>> {
  return {
    buyer: {
      offer: `/market/offers/${life.offers[0] ?? ""}`,
      compare: `/market/compare?ids=${life.offers.join(",")}`,
      describe: `/applications/${life.draft}`,
      match: `/applications/${life.draft}?step=match`,
      quote: `/quotes/${life.quote}`,
      order: `/orders/${life.order}`,
      approval: `/orders/${life.waiting}`,
      service: `/services/${life.service}`,
    },
    provider: life.delivered ? { "delivered-service": `/services/${life.delivered}` } : {},
    operator: {
      review: `/reviews/${life.provider}`,
      "participant-trust": `/participants/${life.provider}/trust`,
      "order-at-work": `/orders/${life.order}`,
    },
  };
}
