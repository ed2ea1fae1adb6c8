import { useEffect, useState } from "react";

/** Whether the browser has had nothing better to do since this was first shown, or two seconds went by. */
export function useIdle(): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    const rest = () => setIdle(true);
    // Not every browser says when it is idle.
    if (!("requestIdleCallback" in globalThis)) {
      const timer = setTimeout(rest, 2000);
      return () => clearTimeout(timer);
    }
    const wish = requestIdleCallback(rest, { timeout: 2000 });
    return () => cancelIdleCallback(wish);
  }, []);
  return idle;
}
