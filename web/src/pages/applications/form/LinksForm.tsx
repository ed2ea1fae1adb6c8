import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useText } from "../../../i18n/i18n";
import { IconButton } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { TextField } from "../../../ui/Field";
import { Grid, Row, Stack } from "../../../ui/Layout";
import type { FormProps } from "./edit";
import { layered } from "./layout";
import styles from "./LinksForm.module.css";

/** Who talks to whom: choose one component and then another to link them. */
export function LinksForm({ value, edit }: FormProps) {
  const { t } = useText();
  const [from, setFrom] = useState<string>();
  const components = value.spec?.components ?? {};
  const links = value.spec?.links ?? [];
  const nodes = layered(Object.keys(components), links);
  const at = new Map(nodes.map((node) => [node.name, node]));
  const press = (name: string) => {
    setFrom(from === undefined ? name : undefined);
    if (from === undefined) return;
    const exists = links.some((link) => link.from === from && link.to === name);
    if (from !== name && !exists) edit(["spec", "links"], [...links, { from, to: name }]);
  };
  return (
    <Card title={t("describe.links")}>
      <Stack>
        <p className="muted" aria-live="polite">
          {from === undefined ? t("describe.linksHint") : t("describe.linkTo", { name: from })}
        </p>
        <div className={styles.canvas} role="group" aria-label={t("describe.canvas")}>
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden>
            {links.map((link) => {
              const start = at.get(link.from ?? "");
              const end = at.get(link.to ?? "");
              return start && end ? (
                <line
                  key={`${link.from} ${link.to}`}
                  x1={start.x * 100}
                  y1={start.y * 100}
                  x2={end.x * 100}
                  y2={end.y * 100}
                />
              ) : null;
            })}
          </svg>
          {nodes.map(({ name, x, y }) => (
            <button
              key={name}
              type="button"
              className={styles.node}
              style={{ left: `${x * 100}%`, top: `${y * 100}%` }}
              aria-pressed={from === name}
              onClick={() => press(name)}
            >
              {name} {(components[name]?.count ?? 1) > 1 ? <small>× {components[name]?.count}</small> : null}
            </button>
          ))}
        </div>
        {links.map((link, index) => {
          const name = `${link.from ?? "?"} → ${link.to ?? "?"}`;
          return (
            <div key={name} role="group" aria-label={name}>
              <Row justify="between">
                <strong>{name}</strong>
                <IconButton
                  small
                  label={t("describe.removeLink", { name })}
                  onClick={() => edit(["spec", "links", index], undefined)}
                >
                  <Trash2 size={16} aria-hidden />
                </IconButton>
              </Row>
              <Grid column="10rem" gap={3}>
                <TextField
                  label={t("describe.rtt")}
                  placeholder="<= 20 ms"
                  value={link.rtt ?? ""}
                  onChange={({ target }) => edit(["spec", "links", index, "rtt"], target.value)}
                />
                <TextField
                  label={t("describe.traffic")}
                  placeholder="100 GB/month"
                  value={link.traffic ?? ""}
                  onChange={({ target }) => edit(["spec", "links", index, "traffic"], target.value)}
                />
              </Grid>
            </div>
          );
        })}
      </Stack>
    </Card>
  );
}
