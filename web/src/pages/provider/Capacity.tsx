import { useQuery } from "@tanstack/react-query";
import { agents as agentsQuery, delivered as deliveredQuery } from "../../api/queries";
import { useIdentity } from "../../app/identity";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { classes, Row, Stack } from "../../ui/Layout";
import { roomsOf, type Resource, type Room, type Use } from "./capacity";
import styles from "./Capacity.module.css";

/** A share of the whole, as a width. */
const width = (part: number, { total }: Use) => ({ width: `${total > 0 ? Math.min(100, (part / total) * 100) : 0}%` });

function Bar({ use }: { use: Use }) {
  const { t, format } = useText();
  const shown = (resource: Resource, amount: number) => {
    if (resource === "cpu") return format.number(amount / 1000, 1);
    return resource === "instances" ? format.number(amount) : format.bytes(amount);
  };
  const amounts = {
    used: shown(use.resource, use.used),
    reserved: shown(use.resource, use.reserved),
    free: shown(use.resource, use.free),
    total: shown(use.resource, use.total),
  };
  const label = t(`capacity.resource.${use.resource}`);
  return (
    <li className={styles.use}>
      <span>{label}</span>
      <span className="number muted">{t("capacity.freeOf", { free: amounts.free, total: amounts.total })}</span>
      <div
        className={styles.bar}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={use.total}
        aria-valuenow={Math.min(use.total, use.used + use.reserved)}
        aria-valuetext={t("capacity.told", amounts)}
        title={t("capacity.told", amounts)}
      >
        <span className={styles.used} style={width(use.used, use)} />
        <span className={styles.reserved} style={width(use.reserved, use)} />
      </div>
    </li>
  );
}

function One({ room }: { room: Room }) {
  const { t } = useText();
  return (
    <section className={classes(room.stale && styles.stale)} aria-label={`${room.site}, ${t(`kind.${room.kind}`)}`}>
      <Stack gap={3}>
        <Row justify="between">
          <h3>
            {room.site} <span className="muted small">{t(`kind.${room.kind}`)}</span>
          </h3>
          <Badge tone={room.stale ? "warn" : "good"} dot>
            {t(room.stale ? "capacity.stale" : "capacity.live")}
          </Badge>
        </Row>
        <ul className={styles.uses}>
          {room.uses.map((use) => (
            <Bar key={use.resource} use={use} />
          ))}
        </ul>
        <p className="muted small">
          {t("agents.lastSeen")}: {room.lastSeen ? <Moment at={room.lastSeen} /> : t("common.never")}
        </p>
      </Stack>
    </section>
  );
}

/** What of each site is in use, as agents report and orders come and go. */
export function Capacity() {
  const { t } = useText();
  const { participant } = useIdentity();
  const heard = useQuery(agentsQuery()).data;
  const running = useQuery(deliveredQuery(participant.id));
  const own = heard?.filter(({ provider }) => provider === participant.id);
  if (!own) return null;
  return (
    <Card
      title={t("capacity.title")}
      actions={
        <Row gap={3} className="small muted">
          {(["used", "reserved", "free"] as const).map((part) => (
            <Row key={part} gap={1}>
              <span className={classes(styles.key, part !== "free" && styles[part])} aria-hidden />
              {t(`capacity.${part}`)}
            </Row>
          ))}
        </Row>
      }
    >
      <Async query={running}>
        {(services) => {
          const rooms = roomsOf(own, services);
          return rooms.length === 0 ? (
            <p className="muted">{t("capacity.none")}</p>
          ) : (
            <div className={styles.rooms}>
              {rooms.map((room) => (
                <One key={`${room.site} ${room.kind}`} room={room} />
              ))}
            </div>
          );
        }}
      </Async>
    </Card>
  );
}
