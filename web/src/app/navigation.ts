import type { LinkProps } from "@tanstack/react-router";
import {
  Activity,
  Bot,
  Boxes,
  Building2,
  ClipboardCheck,
  ClipboardList,
  FileCheck,
  FileText,
  Gauge,
  HandCoins,
  House,
  Landmark,
  LayoutTemplate,
  MapPin,
  Receipt,
  Scale,
  ScrollText,
  Server,
  ShieldCheck,
  ShoppingCart,
  Sparkles,
  Stamp,
  Store,
  Tags,
  Wallet,
  type LucideIcon,
} from "lucide-react";
import type { Key } from "../i18n/messages/en";
import type { Role } from "./identity";

export interface Place {
  label: Key;
  to: NonNullable<LinkProps["to"]>;
  icon: LucideIcon;
}

export interface Group {
  label: Key | undefined;
  /** Who sees it; everybody when absent. */
  roles?: readonly Role[];
  places: readonly Place[];
}

/** Where one can go, by what one is. */
export const groups: readonly Group[] = [
  {
    label: undefined,
    places: [
      { label: "shell.home", to: "/", icon: House },
      { label: "shell.market", to: "/market", icon: Store },
    ],
  },
  {
    label: "shell.group.buy",
    roles: ["buyer"],
    places: [
      { label: "shell.applications", to: "/applications", icon: LayoutTemplate },
      { label: "shell.quotes", to: "/quotes", icon: FileText },
      { label: "shell.orders", to: "/orders", icon: ShoppingCart },
      { label: "shell.services", to: "/services", icon: Boxes },
      { label: "shell.proposals", to: "/proposals", icon: Sparkles },
      { label: "shell.costs", to: "/costs", icon: Receipt },
      { label: "shell.projects", to: "/projects", icon: Wallet },
    ],
  },
  {
    label: "shell.group.sell",
    roles: ["provider"],
    places: [
      { label: "shell.provider", to: "/provider", icon: Gauge },
      { label: "shell.sites", to: "/provider/sites", icon: MapPin },
      { label: "shell.offers", to: "/provider/offers", icon: Tags },
      { label: "shell.agents", to: "/provider/agents", icon: Bot },
      { label: "shell.delivered", to: "/provider/services", icon: Server },
      { label: "shell.onboarding", to: "/provider/onboarding", icon: ClipboardList },
      { label: "shell.evidence", to: "/provider/evidence", icon: FileCheck },
      { label: "shell.trust", to: "/provider/trust", icon: ShieldCheck },
      { label: "shell.earnings", to: "/provider/earnings", icon: HandCoins },
    ],
  },
  {
    label: "shell.group.operate",
    roles: ["operator", "auditor"],
    places: [
      { label: "shell.participants", to: "/participants", icon: Building2 },
      { label: "shell.reviews", to: "/reviews", icon: ClipboardCheck },
      { label: "shell.issuers", to: "/trusted-issuers", icon: Stamp },
      { label: "shell.stuck", to: "/operations/orders", icon: Activity },
      { label: "shell.allServices", to: "/operations/services", icon: Boxes },
      { label: "shell.fleet", to: "/operations/agents", icon: Bot },
      { label: "shell.audit", to: "/audit", icon: ScrollText },
      { label: "shell.ledger", to: "/ledger", icon: Scale },
      { label: "shell.system", to: "/system", icon: Landmark },
    ],
  },
];

export function groupsFor(roles: readonly Role[]): Group[] {
  return groups.filter((group) => group.roles?.some((role) => roles.includes(role)) ?? true);
}
