import { useQuery } from "@tanstack/react-query";
import { RefreshCw, SquareTerminal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { serviceLog } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { readable } from "../../lib/console";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Loading } from "../../ui/Empty";
import { Row, Stack } from "../../ui/Layout";
import { ProblemNotice } from "../../ui/Problem";
import { Switcher } from "../../ui/Tabs";

const Terminal = lazy(() => import("./Terminal"));

function Log({ service }: { service: string }) {
  const { t, format } = useText();
  const query = useQuery(serviceLog(service));
  return (
    <Stack gap={3}>
      <Row justify="between">
        <span className="muted small">
          {query.data ? t("console.readAt", { time: format.clock(query.data.at) }) : null}
        </span>
        <Button small busy={query.isFetching} onClick={() => void query.refetch()}>
          <RefreshCw size={16} aria-hidden />
          {t("console.again")}
        </Button>
      </Row>
      {query.data && query.error ? <ProblemNotice error={query.error} /> : null}
      <Async query={query}>
        {({ text }) =>
          text === "" ? (
            <p className="muted">{t("console.empty")}</p>
          ) : (
            <Code wrap label={t("console.log")} text={readable(text)} />
          )
        }
      </Async>
    </Stack>
  );
}

/** What a service wrote to its console, and a terminal on it, as far as its provider can show them. */
export function Console({ service }: { service: Schema<"Service"> }) {
  const { t } = useText();
  const [view, setView] = useState<"log" | "terminal">("log");
  const [open, setOpen] = useState(false);
  const access = service.console ?? "none";
  if (access === "none" || service.terminatedAt) return null;
  return (
    <Card
      title={t("console.title")}
      actions={
        access === "terminal" ? (
          <Switcher
            label={t("console.title")}
            value={view}
            onChange={setView}
            options={[
              { value: "log", label: t("console.log") },
              { value: "terminal", label: t("console.terminal") },
            ]}
          />
        ) : undefined
      }
    >
      {view === "log" ? (
        <Log service={service.id} />
      ) : open ? (
        <Suspense fallback={<Loading lines={8} />}>
          <Terminal service={service.id} onClose={() => setOpen(false)} />
        </Suspense>
      ) : (
        <Stack gap={3}>
          <p className="muted">{t("console.terminalHint")}</p>
          <Row>
            <Button onClick={() => setOpen(true)}>
              <SquareTerminal size={16} aria-hidden />
              {t("console.open")}
            </Button>
          </Row>
        </Stack>
      )}
    </Card>
  );
}
