import type { Page } from "@playwright/test";

/** One interaction as browsers count them: a press with all its events, up to the next paint. */
export interface Press {
  /** What was being done. */
  during: string;
  /** In milliseconds; browsers tell it in steps of eight, and nothing below sixteen. */
  duration: number;
}

interface Told {
  interaction: number;
  duration: number;
}

/**
 * Listens to a page's interactions. What it answers does something, waits until the page is done with it, and adds to
 * `presses` how long each interaction of it took.
 */
export async function follow(
  page: Page,
  presses: Press[],
): Promise<(name: string, act: () => Promise<void>) => Promise<void>> {
  await page.evaluate(() => {
    const kept: Told[] = [];
    Object.assign(globalThis, { kept });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[])
        if (entry.interactionId > 0) kept.push({ interaction: entry.interactionId, duration: entry.duration });
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  return async (name, act) => {
    await act();
    const told = await page.evaluate(async () => {
      // The browser tells of an interaction some time after its paint.
      await new Promise((resolve) => setTimeout(resolve, 800));
      return (globalThis as unknown as { kept: Told[] }).kept.splice(0);
    });
    const longest = new Map<number, number>();
    for (const { interaction, duration } of told)
      longest.set(interaction, Math.max(duration, longest.get(interaction) ?? 0));
    for (const duration of longest.values()) presses.push({ during: name, duration });
  };
}
