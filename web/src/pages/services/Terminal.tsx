import { FitAddon } from "@xterm/addon-fit";
import { Terminal as Screen } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import { useEffect, useRef, useState } from "react";
import { api, body } from "../../api/client";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { endOf } from "../../lib/console";
import { allowStyles } from "../../lib/lawfulStyles";
import { commandLine } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";
import styles from "./Terminal.module.css";

type Standing =
  | { state: "connecting" }
  | { state: "open" }
  | { state: "closed"; end: ReturnType<typeof endOf>; reason: string }
  | { state: "refused"; error: Error };

/** Opens a terminal with a ticket that works once; ends it when the answer's `close` is called. */
function connect(service: string, screen: Screen, become: (standing: Standing) => void) {
  let socket: WebSocket | undefined;
  let closed = false;
  const tell = () => {
    if (socket?.readyState === WebSocket.OPEN)
      socket.send(JSON.stringify({ resize: { columns: screen.cols, rows: screen.rows } }));
  };
  const typed = screen.onData((text) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(new TextEncoder().encode(text));
  });
  const sized = screen.onResize(tell);
  void body(api.POST("/v1/services/{service}/consoles", { params: { path: { service } } })).then(
    ({ path }) => {
      if (closed) return;
      const address = new URL(path, globalThis.location.href);
      address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
      socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      socket.addEventListener("open", () => {
        become({ state: "open" });
        tell();
        screen.focus();
      });
      socket.addEventListener("message", ({ data }) => screen.write(new Uint8Array(data as ArrayBuffer)));
      socket.addEventListener("close", ({ code, reason }) => {
        if (!closed) become({ state: "closed", end: endOf(code), reason });
      });
    },
    (error: unknown) => become({ state: "refused", error: error as Error }),
  );
  return {
    close() {
      closed = true;
      typed.dispose();
      sized.dispose();
      socket?.close(1000);
    },
  };
}

/** A terminal on a service. It ends when one leaves the page. */
export default function Terminal({ service, onClose }: { service: string; onClose: () => void }) {
  const { t } = useText();
  const place = useRef<HTMLDivElement>(null);
  const [standing, setStanding] = useState<Standing>({ state: "connecting" });
  useEffect(() => {
    if (!place.current) return;
    const forbidStyles = allowStyles();
    const screen = new Screen({
      fontFamily: getComputedStyle(place.current).getPropertyValue("--mono"),
      fontSize: 13,
      cursorBlink: !globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches,
      screenReaderMode: true,
      theme: { background: "#0b1013", foreground: "#e8edf1" },
    });
    const fit = new FitAddon();
    screen.loadAddon(fit);
    screen.open(place.current);
    fit.fit();
    const sizes = new ResizeObserver(() => fit.fit());
    sizes.observe(place.current);
    const line = connect(service, screen, setStanding);
    return () => {
      line.close();
      sizes.disconnect();
      screen.dispose();
      forbidStyles();
    };
  }, [service]);
  return (
    <Stack gap={3}>
      {standing.state === "refused" ? <ProblemNotice error={standing.error} /> : null}
      {standing.state === "closed" ? (
        <Notice tone={standing.end === "ended" ? "accent" : "warn"} title={t(`console.end.${standing.end}`)}>
          {standing.reason ? <p>{standing.reason}</p> : null}
        </Notice>
      ) : null}
      <div ref={place} className={styles.screen} role="group" aria-label={t("console.terminal")} />
      <Row justify="between">
        <span className="muted small" role="status">
          {standing.state === "connecting" ? t("console.connecting") : null}
          {standing.state === "open" ? t("console.isOpen") : null}
        </span>
        <Row>
          <CopyAs
            request={{ method: "POST", path: `/v1/services/${service}/consoles` }}
            cli={commandLine(["hansa", "service", "console", service])}
          />
          <Button small onClick={onClose}>
            {t("console.close")}
          </Button>
        </Row>
      </Row>
    </Stack>
  );
}
