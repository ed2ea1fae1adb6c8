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

/** Agents: whether they are heard, what they can do, and what they hold that belongs to nobody. */
export function AgentTable({ agents, extra = [] }: { agents: readonly Agent[]; extra?: readonly Column<Agent>[] }) {
  const { t, format } = useText();
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
            format.list([...new Set(capabilities.map(({ kind, site }) => `${t(`kind.${kind}`)} (${site})`))]) || "–",
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
