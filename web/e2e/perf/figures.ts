// How fast the console is. The figures are printed as JSON, one object for each measurement; nothing is asserted
// about their size, since they say as much about the machine as about the console.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { caller } from "../world/world.mjs";

const rows = 100_000;

function tell(what: string, figures: Record<string, number>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [name, Math.round(value * 10) / 10]);
  process.stdout.write(`${JSON.stringify({ what, ...(Object.fromEntries(rounded) as object) })}\n`);
}

function spread(values: number[]): Record<string, number> {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}

/** As from a phone on a train: 10 Mbit/s, 40 ms there and back, a processor four times slower. */
async function throttle(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 40,
    downloadThroughput: (10 * 1000 * 1000) / 8,
    uploadThroughput: (10 * 1000 * 1000) / 8,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

test("the largest paint of the first visit, throttled", async ({ page, address }) => {
  const paints: number[] = [];
  for (let visit = 0; visit < 3; visit += 1) {
    const context = await page.context().browser()?.newContext();
    if (!context) throw new Error("there is no browser");
    const fresh = await context.newPage();
    await throttle(fresh);
    await fresh.goto(`${address}/sign-in`);
    await expect(fresh.getByRole("heading", { level: 1 })).toBeVisible();
    paints.push(
      await fresh.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? 0)).observe({
              type: "largest-contentful-paint",
              buffered: true,
            });
          }),
      ),
    );
    await context.close();
  }
  tell("largest contentful paint of the sign-in page, nothing cached, throttled, ms", spread(paints));
});

test("scrolling through 100,000 offers", async ({ as, page, world }) => {
  const call = caller(world.address, world.people.buyer.token);
  const first = (await call("GET", "/v1/offers?limit=200&facets=true")) as {
    items: Record<string, unknown>[];
    facets: unknown;
  };
  const [one] = first.items;
  const items = Array.from({ length: rows }, (_, index) => ({ ...one, id: `off_${index}`, sku: `offer-${index}` }));
  const all = { items, facets: { state: { listed: rows } } };
  await page.route("**/v1/offers?*", (route) => route.fulfill({ json: all }));
  await as("buyer", "/market");
  await expect(page.getByRole("link", { name: "offer-0", exact: true })).toBeVisible();
  const { frames, shown } = await page.getByRole("region", { name: "Table" }).evaluate(async (scroller) => {
    const times: number[] = [];
    let most = 0;
    let before = await new Promise<number>(requestAnimationFrame);
    for (let step = 0; step < 240; step += 1) {
      scroller.scrollTop += step < 120 ? 400 : scroller.scrollHeight / 150;
      const now = await new Promise<number>(requestAnimationFrame);
      times.push(now - before);
      before = now;
      most = Math.max(most, scroller.querySelectorAll("[role=row]").length);
    }
    return { frames: times, shown: most };
  });
  tell("frames while scrolling through 100,000 offers, ms", { ...spread(frames), rowsInPage: shown });
});

test("from a press to the next paint, throttled", async ({ as, page }) => {
  await as("buyer", "/market");
  await expect(page.getByRole("table")).toBeVisible();
  await throttle(page);
  await page.evaluate(() => {
    const kept: number[] = [];
    Object.assign(globalThis, { kept });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) kept.push(entry.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: true } as PerformanceObserverInit);
  });
  for (const name of ["Projects", "Orders", "Services", "Market"]) {
    await page.getByRole("link", { name, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  }
  await page.getByRole("button", { name: "Map" }).click();
  await page.getByRole("searchbox").pressSequentially("utrecht");
  const durations = await page.evaluate(() => (globalThis as unknown as { kept: number[] }).kept);
  tell("interactions that took longer than 16 ms to the next paint, throttled, ms", spread(durations));
});

test("from an event at the exchange to the screen", async ({ as, page, world }) => {
  const call = caller(world.address, world.people.buyer.token);
  await as("buyer", "/projects");
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  const delays: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) {
    const name = `made-${turn}`;
    const seen = page.getByRole("row", { name: new RegExp(name) }).waitFor();
    await call("POST", "/v1/projects", { name });
    const begun = performance.now();
    await seen;
    delays.push(performance.now() - begun);
  }
  tell("from the exchange's answer to the row on the screen, ms", spread(delays));
});
