import { useCallback, useSyncExternalStore } from "react";

/** Whether the screen is as a media query says, also after it was turned or resized. */
export function useMedia(query: string): boolean {
  const listen = useCallback(
    (changed: () => void) => {
      const media = globalThis.matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    [query],
  );
  return useSyncExternalStore(listen, () => globalThis.matchMedia(query).matches);
}
