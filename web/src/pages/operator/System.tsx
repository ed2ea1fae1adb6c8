import { useQuery } from "@tanstack/react-query";
import { readiness, signingKeys, system } from "../../api/queries";
import { useLiveness } from "../../api/live";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Grid, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Details } from "../../ui/Table";
import { Backups } from "./Backups";
import { Jobs } from "./Jobs";
import { Running } from "./Running";
import { Settings } from "./Settings";

/** How the exchange itself is. */
export default function System() {
  const { t } = useText();
  const health = useQuery(readiness());
  const keys = useQuery(signingKeys());
  const running = useQuery(system());
  const live = useLiveness();
  return (
    <Page title={t("shell.system")} lead={t("system.lead")}>
      <Grid column="22rem">
        <Card title={t("system.exchange")}>
          <Async query={health} lines={3}>
            {({ status, version }) => (
              <Details
                facts={[
                  [
                    t("common.state"),
                    <Badge key="state" tone={health.error ? "bad" : "good"} dot>
                      {health.error ? t("system.notReady") : status}
                    </Badge>,
                  ],
                  [t("system.version"), version],
                  [
                    t("system.address"),
                    <code key="address" className="mono">
                      {globalThis.location.origin}
                    </code>,
                  ],
                  [t("system.events"), live.state === "live" ? t("shell.live") : t("shell.connecting")],
                ]}
              />
            )}
          </Async>
        </Card>
        <Card title={t("system.documents")}>
          <ul>
            {["/openapi.json", "/.well-known/jwks.json", "/readyz"].map((path) => (
              <li key={path}>
                <a href={path} target="_blank" rel="noreferrer">
                  {path}
                </a>
              </li>
            ))}
          </ul>
        </Card>
      </Grid>
      <Async query={running}>
        {(found) => (
          <Stack>
            <Running system={found} />
            <Jobs />
            <Backups system={found} />
            <Settings settings={found.settings} />
          </Stack>
        )}
      </Async>
      <Card title={t("system.keys")}>
        <Stack gap={3}>
          <p className="muted">{t("system.keysHint")}</p>
          <Async query={keys}>
            {(found) => <Code label={t("system.keys")} text={JSON.stringify(found, null, 2)} />}
          </Async>
        </Stack>
      </Card>
    </Page>
  );
}
