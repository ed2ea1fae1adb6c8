import { useMutation } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CopyButton } from "../../ui/Copy";
import { Row, Stack } from "../../ui/Layout";
import { ProblemNotice } from "../../ui/Problem";
import { Details } from "../../ui/Table";

type Connection = Schema<"Connection">;

/** The address in one line, as programs take it. */
export function connectionUrl({ scheme, host, port, user, password, database }: Connection): string {
  const person = user ? `${encodeURIComponent(user)}${password ? `:${encodeURIComponent(password)}` : ""}@` : "";
  const name = host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${person}${name}:${port}${database ? `/${encodeURIComponent(database)}` : ""}`;
}

/** Whether a browser can show what is there. */
const opens = ({ scheme }: Connection) => scheme === "http" || scheme === "https";

/** How a service is reached. It is asked for only when it is wanted: every look is in the audit log. */
export function Access({ service }: { service: Schema<"Service"> }) {
  const { t } = useText();
  const look = useMutation({
    mutationFn: () => body(api.GET("/v1/services/{service}/connection", { params: { path: { service: service.id } } })),
  });
  const found = look.data;
  const address = found ? connectionUrl({ ...found, password: undefined }) : "";
  const copyable = (value: string, link?: string) => (
    <Row gap={1}>
      {link ? (
        <a href={link} target="_blank" rel="noreferrer" className="mono">
          {value}
        </a>
      ) : (
        <code className="mono">{value}</code>
      )}
      <CopyButton text={value} />
    </Row>
  );
  return (
    <Card title={t("services.access")}>
      <Stack gap={3}>
        {found ? (
          <Details
            facts={[
              [t("services.address"), copyable(address, opens(found) ? address : undefined)],
              [t("services.user"), found.user ? copyable(found.user) : undefined],
              [t("services.password"), found.password ? copyable(found.password) : undefined],
              [t("services.database"), found.database ? copyable(found.database) : undefined],
              ...Object.entries(found.ports ?? {}).map(
                ([name, port]) => [t("services.port", { name }), copyable(`${found.host}:${port}`)] as const,
              ),
            ]}
          />
        ) : (
          <>
            <p className="muted">{t("services.accessHint")}</p>
            {look.error ? <ProblemNotice error={look.error} /> : null}
            <Row>
              <Button busy={look.isPending} onClick={() => look.mutate()}>
                <Eye size={16} aria-hidden />
                {t("services.show")}
              </Button>
              <CopyAs
                request={{ method: "GET", path: `/v1/services/${service.id}/connection` }}
                cli={commandLine(["hansa", "service", "connection", service.id])}
              />
            </Row>
          </>
        )}
      </Stack>
    </Card>
  );
}
