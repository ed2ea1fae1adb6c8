import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { Badge } from "../ui/Badge";
import { Table, type Column } from "../ui/Table";
import { Moment } from "./Moment";

type Agent = Schema<"Agent">;

/** How an agent is, in a word with a colour. */
function Heard({ agent }: { agent: Agent }) {
  const { t } = useText();
  if (agent.revokedAt) return <Badge>{t("agents.revoked")}</Badge>;
  return agent.online ? (
    <Badge tone="good" dot>
      {t("agents.online")}
    </Badge>
  ) : (
    <Badge tone="warn" dot>
      {t("agents.silent")}
    </Badge>
  );
}

/** What a driver delivers at a site, and how much of it there is in all; a resource without limit is left out. */
function Delivered({ capability: { kind, site, capacity, simulated } }: { capability: Schema<"Capability"> }) {
  const { t, format } = useText();
  const limit = (resource: string, shown: (value: number) => string) => {
    const value = capacity[resource];
    return value === undefined || value >= Number.MAX_SAFE_INTEGER ? [] : [shown(value)];
  };
  const parts = [
    ...(simulated ? [t("agents.simulated")] : []),
    ...limit("instances", (count) => t("agents.instances", { count })),
    ...limit("cpu", (thousandths) => t("agents.processors", { count: Math.floor(thousandths / 1000) })),
    ...limit("memory", (bytes) => t("agents.memory", { size: format.bytes(bytes) })),
    ...limit("storage", (bytes) => t("agents.storage", { size: format.bytes(bytes) })),
  ];
  return (
    <div>
      {t(`kind.${kind}`)} ({site})<span className="muted small"> {parts.join(", ")}</span>
    </div>
  );
}

/** Agents: whether they are heard, what they can do, and what they hold that belongs to nobody. */
export function AgentTable({ agents, extra = [] }: { agents: readonly Agent[]; extra?: readonly Column<Agent>[] }) {
  const { t } = useText();
  return (
    <Table
      label={t("shell.agents")}
      rows={agents}
      keyOf={({ id }) => id}
      columns={[
        { header: t("common.name"), cell: ({ name }) => <span className="nowrap">{name}</span> },
        { header: t("common.state"), cell: (agent) => <Heard agent={agent} /> },
        {
          header: t("agents.lastSeen"),
          cell: ({ lastSeen }) => (lastSeen ? <Moment at={lastSeen} /> : t("common.never")),
        },
        {
          header: t("agents.delivers"),
          cell: ({ capabilities }) =>
            capabilities.length === 0
              ? "–"
              : capabilities.map((capability) => (
                  <Delivered key={`${capability.site} ${capability.kind}`} capability={capability} />
                )),
        },
        { header: t("agents.version"), cell: ({ version }) => version },
        {
          header: t("agents.orphans"),
          cell: ({ orphans }) => (orphans.length > 0 ? <Badge tone="warn">{orphans.length}</Badge> : "0"),
          right: true,
        },
        ...extra,
      ]}
    />
  );
}
