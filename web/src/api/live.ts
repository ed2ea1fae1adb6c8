// What happens at the exchange, as it happens. Each event makes what it is about stale, so that open pages ask anew.
import type { QueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { EventParser } from "./sse";
import { doubtSession } from "./session";
import type { Schema } from "./types";

export type Event = Schema<"Event">;

/** How the stream of events is: live, about to be, or broken off at a time. */
export type Liveness = { state: "live" } | { state: "connecting" } | { state: "stale"; since: number };

/** Which resources an event of a kind may have changed; the kind's first word decides. */
const touched: Record<string, readonly string[]> = {
  order: ["orders", "quotes", "services", "projects", "work"],
  quote: ["quotes"],
  service: ["services", "orders", "statements"],
  offer: ["offers"],
  site: ["sites", "offers"],
  agent: ["agents", "offers"],
  participant: ["participants"],
  member: ["participants", "members"],
  token: ["tokens"],
  session: ["session", "sessions", "whoami"],
  account: ["account"],
  passkey: ["account"],
  device: ["tokens"],
  onboarding: ["onboardings"],
  evidence: ["evidence", "trust"],
  trust: ["trust", "onboardings", "evidence", "participants"],
  project: ["projects", "whoami"],
  proposal: ["proposals"],
  statement: ["statements"],
  budget: ["statements"],
  maintenance: ["maintenance"],
};

const slowest = 30_000;
/** The exchange says something every 15 seconds; who hears nothing for this long has lost it. */
const silence = 45_000;
const listeners = new Set<() => void>();
let liveness: Liveness = { state: "connecting" };

function become(next: Liveness): void {
  liveness = next;
  for (const listener of listeners) listener();
}

export function useLiveness(): Liveness {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => liveness,
  );
}

/** The keys of the queries that an event may have made stale. */
export function touchedBy(kind: string): readonly string[] {
  return touched[kind.split(".")[0] ?? ""] ?? [];
}

/** Follows events until the answer is called. Goes on where it broke off, after a growing, uneven wait. */
export function follow(queries: QueryClient): () => void {
  const stop = new AbortController();
  void run(queries, stop.signal);
  return () => stop.abort();
}

/** Asked anew each time: whoever waited may have been called off meanwhile. */
const wanted = (signal: AbortSignal) => !signal.aborted;

async function run(queries: QueryClient, signal: AbortSignal): Promise<void> {
  let last: string | undefined;
  let failures = 0;
  while (wanted(signal)) {
    try {
      await read(
        signal,
        last,
        (id, event) => {
          last = id ?? last;
          if (event) invalidate(queries, touchedBy(event.kind));
        },
        () => {
          if (failures > 0) void queries.invalidateQueries();
          failures = 0;
        },
      );
    } catch {
      // Why it broke off does not matter here: it is tried again, and the page says since when it is stale.
    }
    if (!wanted(signal)) return;
    failures += 1;
    if (liveness.state !== "stale") become({ state: "stale", since: Date.now() });
    await pause(Math.min(slowest, 500 * 2 ** failures) * (0.5 + Math.random() / 2), signal);
  }
}

/** A line to the exchange, cut when the browser loses its network or nothing was heard for too long. */
function openLine(called: AbortSignal) {
  const line = new AbortController();
  const cut = () => line.abort();
  let timer = setTimeout(cut, silence);
  globalThis.addEventListener("offline", cut);
  return {
    signal: AbortSignal.any([called, line.signal]),
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(cut, silence);
    },
    close: () => {
      clearTimeout(timer);
      globalThis.removeEventListener("offline", cut);
    },
  };
}

/** Takes an event, or only the place in the stream from which to go on. */
type Take = (id: string | undefined, event: Event | undefined) => void;

async function read(signal: AbortSignal, last: string | undefined, take: Take, opened: () => void): Promise<void> {
  const headers = new Headers({ accept: "text/event-stream" });
  if (last) headers.set("last-event-id", last);
  const line = openLine(signal);
  try {
    await listen(await fetch("/v1/events", { headers, signal: line.signal }), line.heard, take, opened);
  } finally {
    line.close();
  }
}

async function listen(response: Response, heard: () => void, take: Take, opened: () => void): Promise<void> {
  if (response.status === 401) doubtSession();
  if (!response.ok || !response.body) throw new Error(`the stream of events answered ${response.status}`);
  become({ state: "live" });
  opened();
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    for (const { id, data } of parser.push(value)) {
      take(id, data === undefined ? undefined : (JSON.parse(data) as Event));
    }
  }
}

/** A list of which more pages than this were read is read anew when it is opened next, not while somebody is in it. */
const mostPages = 10;

/** Whether reading something anew takes so many requests that it is not done at every event. */
export function isLong({ state }: { state: { data: unknown } }): boolean {
  const { pages } = (state.data ?? {}) as { pages?: readonly unknown[] };
  return (pages?.length ?? 0) > mostPages;
}

const waiting = new Set<string>();

/** Many events in one moment make a page ask once. */
function invalidate(queries: QueryClient, keys: readonly string[]): void {
  if (waiting.size === 0) {
    setTimeout(() => {
      const due = [...waiting];
      waiting.clear();
      for (const key of due) {
        void queries.invalidateQueries({ queryKey: [key], predicate: (query) => !isLong(query) });
        void queries.invalidateQueries({ queryKey: [key], predicate: isLong, refetchType: "none" });
      }
    }, 150);
  }
  for (const key of keys) waiting.add(key);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      globalThis.removeEventListener("online", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    globalThis.addEventListener("online", end);
  });
}
