// Who is signed in is known to the exchange alone: its cookie proves it, and no script can read that cookie. Here is
// only what the parts of the console, and its pages in other tabs, tell each other about it.

/** What may have become of the session: it seems to be over, or it acts for somebody else. */
export type SessionNews = "doubted" | "changed";

const listeners = new Set<(news: SessionNews) => void>();
const tabs = new BroadcastChannel("hansa.session");
tabs.onmessage = () => tell("changed");

function tell(news: SessionNews): void {
  for (const listener of listeners) listener(news);
}

/** Hears of the session until the answer is called. */
export function onSession(listener: (news: SessionNews) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The exchange did not know who asked. */
export function doubtSession(): void {
  tell("doubted");
}

/** Somebody signed in or out here, or acts for somebody else: other tabs must not show what they had. */
export function sessionChanged(): void {
  tabs.postMessage("changed");
}
