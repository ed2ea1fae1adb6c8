// The only place that knows how the console proves who it is. Today a token goes with each request; when the
// exchange sets session cookies, `authorize` has nothing to add and `keep` nothing to store.
import { useSyncExternalStore } from "react";

/** Somebody who is signed in. One browser may hold several, to switch between participants. */
export interface Session {
  /** The member's identifier. */
  id: string;
  member: string;
  participant: string;
  token: string;
}

interface Sessions {
  active: string | undefined;
  all: Session[];
}

const place = "hansa.sessions";
const listeners = new Set<() => void>();
let sessions = read();

function read(): Sessions {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? "null") as Sessions | null;
    return kept && Array.isArray(kept.all) ? kept : { active: undefined, all: [] };
  } catch {
    return { active: undefined, all: [] };
  }
}

function change(next: Sessions): void {
  sessions = next;
  localStorage.setItem(place, JSON.stringify(next));
  for (const listener of listeners) listener();
}

// Another tab signed in or out: this one follows.
globalThis.addEventListener("storage", ({ key }) => {
  if (key !== place) return;
  sessions = read();
  for (const listener of listeners) listener();
});

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function active(): Session | undefined {
  return sessions.all.find(({ id }) => id === sessions.active);
}

/** Keeps a session and makes it the active one. */
export function keep(session: Session): void {
  change({ active: session.id, all: [...sessions.all.filter(({ id }) => id !== session.id), session] });
}

export function activate(id: string): void {
  change({ ...sessions, active: id });
}

/** Forgets a session; another one that is kept becomes active. */
export function forget(id: string): void {
  const all = sessions.all.filter((session) => session.id !== id);
  change({ active: all[0]?.id, all });
}

/** Adds to a request what proves who sends it. */
export function authorize(headers: Headers, token = active()?.token): void {
  if (token) headers.set("authorization", `Bearer ${token}`);
}

export function useSessions(): Sessions {
  return useSyncExternalStore(subscribe, () => sessions);
}
