import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import type { RefObject } from "react";

interface Rows {
  count: number;
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  /** How high a row is in pixels. */
  height: number;
}

/** Which of any number of rows are on the screen. */
export function useRows({ count, scroller, height }: Rows): Virtualizer<HTMLDivElement, Element> {
  // Its functions are new at each rendering on purpose, so nothing here may be remembered between renderings.
  // eslint-disable-next-line react-hooks/incompatible-library
  return useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
}
