// What of a site's capacity is in use: what its agents last said there is, less what the services there take.
import type { Schema } from "../../api/types";
import { valueText } from "../../lib/offers";
import { approximate, inBytes } from "../../lib/quantity";

type Agent = Pick<Schema<"Agent">, "capabilities" | "lastSeen" | "online" | "revokedAt">;
type Service = Pick<Schema<"Service">, "site" | "siteName" | "kind" | "state" | "properties">;

export const resources = ["instances", "cpu", "memory", "storage"] as const;
export type Resource = (typeof resources)[number];

/** How much there is of something, in the unit in which agents report it. */
export interface Use {
  resource: Resource;
  total: number;
  used: number;
  /** Set aside for what is being made. */
  reserved: number;
  free: number;
}

/** One kind of service at one site. */
export interface Room {
  site: string;
  kind: Schema<"KindId">;
  /** When an agent last said what there is. */
  lastSeen: string | undefined;
  /** Whether no agent that delivers it was heard lately: the numbers are old then. */
  stale: boolean;
  uses: Use[];
}

const coming: ReadonlySet<Schema<"ServiceState">> = new Set(["requested", "provisioning"]);
const properties: Record<Exclude<Resource, "instances">, readonly string[]> = {
  cpu: ["cpu"],
  memory: ["memory"],
  storage: ["disk", "storage"],
};

/** What one service takes, in the units of reports: thousandths of processors, bytes, pieces. */
export function taken(service: Pick<Service, "properties">, resource: Resource): number {
  if (resource === "instances") return 1;
  const said = properties[resource].map((name) => service.properties[name]).find((value) => value !== undefined);
  const size = inBytes(valueText(said ?? 0));
  return size ? Math.round(approximate(size) * (resource === "cpu" ? 1000 : 1)) : 0;
}

const latest = (left: string | undefined, right: string | null | undefined) =>
  right && (!left || right > left) ? right : left;

type Counted = Room & { totals: Map<Resource, number> };

/** The rooms of a provider, by site and kind. */
export function roomsOf(agents: readonly Agent[], services: readonly Service[]): Room[] {
  const rooms = new Map<string, Counted>();
  for (const agent of agents) {
    if (agent.revokedAt) continue;
    for (const { site, kind, capacity } of agent.capabilities) {
      const key = `${site} ${kind}`;
      const room: Counted = rooms.get(key) ?? {
        site,
        kind,
        lastSeen: undefined,
        stale: true,
        uses: [],
        totals: new Map(),
      };
      room.lastSeen = latest(room.lastSeen, agent.lastSeen);
      room.stale &&= !agent.online;
      for (const resource of resources) {
        const there = capacity[resource];
        if (there !== undefined) room.totals.set(resource, (room.totals.get(resource) ?? 0) + there);
      }
      rooms.set(key, room);
    }
  }
  return [...rooms.values()]
    .map(({ totals, ...room }) => {
      const here = services.filter(
        ({ siteName, kind, state }) => siteName === room.site && kind === room.kind && state !== "terminated",
      );
      const uses = [...totals].map(([resource, total]): Use => {
        const sum = (some: readonly Service[]) => some.reduce((all, one) => all + taken(one, resource), 0);
        const reserved = sum(here.filter(({ state }) => coming.has(state)));
        const used = sum(here) - reserved;
        return { resource, total, used, reserved, free: Math.max(0, total - used - reserved) };
      });
      return { ...room, uses };
    })
    .sort((left, right) => `${left.site} ${left.kind}`.localeCompare(`${right.site} ${right.kind}`));
}
