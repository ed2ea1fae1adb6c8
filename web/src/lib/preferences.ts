import type { Language } from "../i18n/languages";

export type Theme = "system" | "light" | "dark";

/** What a reader chose for this browser. */
export interface Preferences {
  theme: Theme;
  language: Language | undefined;
  /** The project that is worked on, by participant. */
  projects: Record<string, string>;
}

const place = "hansa.preferences";
const usual: Preferences = { theme: "system", language: undefined, projects: {} };
const listeners = new Set<() => void>();
let preferences = read();

function read(): Preferences {
  try {
    return { ...usual, ...(JSON.parse(localStorage.getItem(place) ?? "{}") as Partial<Preferences>) };
  } catch {
    return usual;
  }
}

export function current(): Preferences {
  return preferences;
}

export function prefer(change: Partial<Preferences>): void {
  preferences = { ...preferences, ...change };
  localStorage.setItem(place, JSON.stringify(preferences));
  paint();
  for (const listener of listeners) listener();
}

/** Gives the page the theme that was chosen; the system's when none was. */
export function paint(): void {
  const { theme } = preferences;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Hears of each change until the answer is called. */
export function onPreference(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
