import { useSyncExternalStore } from "react";
import { current, onPreference, type Preferences } from "./preferences";

/** What the reader chose for this browser, as it is now. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreference, current);
}
