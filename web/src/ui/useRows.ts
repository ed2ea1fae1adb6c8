import { useVirtualizer, useWindowVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useDeferredValue, useLayoutEffect, useState, type RefObject } from "react";

/**
 * How many rows beyond the edges are there already when somebody scrolls or steps on with the keyboard. At first there
 * are none: what is on the screen comes before what may be.
 */
function useOverscan(): number {
  return useDeferredValue(12, 0);
}

interface Rows {
  count: number;
  /** What scrolls. */
  scroller: RefObject<HTMLDivElement | null>;
  /** How high a row is in pixels. */
  height: number;
}

/** Which of any number of rows are on the screen, where they scroll in a place of their own. */
export function useRows({ count, scroller, height }: Rows): Virtualizer<HTMLDivElement, Element> {
  // Its functions are new at each rendering on purpose, so nothing here may be remembered between renderings.
  // eslint-disable-next-line react-hooks/incompatible-library
  return useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: useOverscan(),
  });
}

interface PageRows {
  count: number;
  /** What holds the rows, to know how far down the page they begin. */
  body: RefObject<HTMLElement | null>;
  /** How high a row is about, in pixels; those that are shown are measured. */
  height: number;
}

/** The same for rows that scroll with the whole page. */
export function usePageRows({ count, body, height }: PageRows): Virtualizer<Window, HTMLTableRowElement> {
  const [begin, setBegin] = useState(0);
  useLayoutEffect(() => {
    const find = () => setBegin((body.current?.getBoundingClientRect().top ?? 0) + globalThis.scrollY);
    find();
    // What is above may grow or go away.
    const sizes = new ResizeObserver(find);
    sizes.observe(document.body);
    return () => sizes.disconnect();
  }, [body]);
  return useWindowVirtualizer<HTMLTableRowElement>({
    count,
    estimateSize: () => height,
    overscan: useOverscan(),
    scrollMargin: begin,
  });
}
