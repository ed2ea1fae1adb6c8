// How fast the console is. The figures are printed as JSON, one object for each measurement; nothing is asserted
// about their size, since they say as much about the machine as about the console.
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { multiply } from "../many";
import { caller } from "../world/world.mjs";
import { follow, type Press } from "./presses";

const rows = 100_000;

function tell(what: string, figures: Record<string, number | string[]>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === "number" ? Math.round(value * 10) / 10 : value,
  ]);
  process.stdout.write(`${JSON.stringify({ what, ...(Object.fromEntries(rounded) as object) })}\n`);
}

function spread(values: number[]): Record<string, number> {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}

/** A processor so many times slower. */
async function slow(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate });
}

/** As from a train: 10 Mbit/s, 40 ms there and back, a processor so many times slower. */
async function throttle(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 40,
    downloadThroughput: (10 * 1000 * 1000) / 8,
    uploadThroughput: (10 * 1000 * 1000) / 8,
  });
  await slow(page, rate);
}

/** When the largest thing was painted: the last that was told when nothing larger came for a second and a half. */
function largestPaint(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let timer: ReturnType<typeof setTimeout>;
        new PerformanceObserver((list) => {
          const latest = list.getEntries().at(-1)?.startTime ?? 0;
          clearTimeout(timer);
          timer = setTimeout(() => resolve(latest), 1500);
        }).observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
}

for (const rate of [1, 4]) {
  test(`the largest paint of the first visit, slow line, processor ${rate} times slower`, async ({
    page,
    as,
    address,
  }) => {
    await as("buyer", "/");
    const cookies = await page.context().cookies();
    const visits = { "the sign-in page": "/sign-in", "the overview": "/" };
    for (const [name, path] of Object.entries(visits)) {
      const paints: number[] = [];
      for (let visit = 0; visit < 5; visit += 1) {
        const context = await page.context().browser()?.newContext();
        if (!context) throw new Error("there is no browser");
        if (path === "/") await context.addCookies(cookies);
        const fresh = await context.newPage();
        await throttle(fresh, rate);
        // Nothing of the test's own runs in the page before it is there.
        await fresh.goto(address + path, { waitUntil: "load" });
        paints.push(await largestPaint(fresh));
        await expect(fresh.getByRole("heading", { level: 1 })).toBeVisible();
        await context.close();
      }
      tell(
        `largest contentful paint of ${name}, nothing cached, slow line, processor ${rate} times slower, ms`,
        spread(paints),
      );
    }
  });
}

interface Scrolled {
  loading: number[];
  frames: number[];
  most: number;
  /** The place of the last row that was shown. */
  last: number;
}

/** Scrolls down until all is loaded, then all the way up and down again, and tells how long frames took. */
function scrollThrough(place: Locator, row: string): Promise<Scrolled> {
  return place.evaluate(async (element, selector) => {
    const scroller = element.scrollHeight > element.clientHeight ? element : document.documentElement;
    const frame = () => new Promise<number>(requestAnimationFrame);
    const rowsNow = () => Array.from(element.querySelectorAll(selector));
    let most = 0;
    const run = async (steps: number, move: (step: number) => void) => {
      const times: number[] = [];
      let before = await frame();
      for (let step = 0; step < steps; step += 1) {
        move(step);
        const now = await frame();
        times.push(now - before);
        before = now;
        most = Math.max(most, rowsNow().length);
      }
      return times;
    };
    const loading: number[] = [];
    let height = 0;
    let still = 0;
    while (still < 120) {
      loading.push(...(await run(1, () => (scroller.scrollTop = scroller.scrollHeight))));
      still = scroller.scrollHeight === height ? still + 1 : 0;
      height = scroller.scrollHeight;
    }
    const last = Math.max(...rowsNow().map((one) => Number(one.getAttribute("aria-rowindex")) - 1));
    const up = await run(300, () => (scroller.scrollTop -= height / 300));
    const slowly = await run(300, () => (scroller.scrollTop += 120));
    const fast = await run(300, () => (scroller.scrollTop += height / 300));
    return { loading, frames: [...up, ...slowly, ...fast], most, last };
  }, row);
}

test("scrolling through 100,000 offers", async ({ as, page }) => {
  await multiply(page, "/v1/offers", rows, (item, index) => ({ ...item, id: `off_${index}`, sku: `offer-${index}` }));
  await as("buyer", "/market");
  await expect(page.getByRole("link", { name: "offer-0", exact: true })).toBeVisible();
  const { loading, frames, most, last } = await scrollThrough(
    page.getByRole("region", { name: "Table" }),
    "[role=row][aria-rowindex]",
  );
  expect(last).toBe(rows);
  tell("frames while 100,000 offers are loaded, page by page, ms", spread(loading));
  tell("frames while scrolling through 100,000 offers, ms", { ...spread(frames), rowsInPage: most });
});

test("scrolling through 100,000 rows of the audit log", async ({ as, page }) => {
  await multiply(page, "/v1/audit", rows, (item, index) => ({ ...item, sequence: rows - index }));
  await as("operator", "/audit");
  await expect(page.getByRole("rowheader", { name: "100,000", exact: true })).toBeVisible();
  const { loading, frames, most, last } = await scrollThrough(page.getByRole("table"), "tr[aria-rowindex]");
  expect(last).toBe(rows);
  tell("frames while 100,000 rows of the audit log are loaded, page by page, ms", spread(loading));
  tell("frames while scrolling through 100,000 rows of the audit log, ms", { ...spread(frames), rowsInPage: most });
});

/** What a buyer presses in a minute: pages, a search, filters, the map, the palette, menus, a dialog, a form. */
async function minute(page: Page, during: (name: string, act: () => Promise<void>) => Promise<void>): Promise<void> {
  const place = (name: string) => page.getByRole("navigation").getByRole("link", { name, exact: true });
  const heading = page.getByRole("heading", { level: 1 });
  const open = (name: string) =>
    during(`open ${name}`, async () => {
      await place(name).click();
      await expect(heading).toBeVisible();
    });
  const typed = { delay: 120 };
  for (const name of ["Projects", "Orders", "Services", "Applications", "Costs", "Market"]) await open(name);
  const search = page.getByRole("searchbox");
  await expect(page.getByRole("table")).toBeVisible();
  await during("type into the search", () => search.pressSequentially("utrecht", typed));
  await during("clear the search", () => search.fill(""));
  const filter = page.getByRole("group", { name: "Country" }).getByRole("checkbox").first();
  await during("filter", () => filter.click());
  await during("filter no more", () => filter.click());
  const tick = page.getByRole("table").getByRole("checkbox").first();
  await during("choose to compare", () => tick.click());
  await during("choose not to compare", () => tick.click());
  await during("open the map", () => page.getByRole("button", { name: "Map", exact: true }).click());
  await during("zoom", () => page.getByRole("button", { name: "Closer" }).click());
  await during("colour the map", () => page.getByRole("button", { name: "lowest price" }).click());
  await during("open the palette", () => page.keyboard.press("Control+k"));
  await during("type into the palette", () => page.getByRole("combobox").pressSequentially("proj", typed));
  await during("go", () => page.keyboard.press("Enter"));
  await during("open the account's menu", () => page.getByRole("button", { name: /^Account/ }).click());
  await during("close it", () => page.keyboard.press("Escape"));
  await during("open a dialog", () => page.getByRole("button", { name: "New project" }).first().click());
  await during("type into a dialog", () => page.getByLabel("Name").first().pressSequentially("wharf", typed));
  await during("close it", () => page.keyboard.press("Escape"));
  await open("Applications");
  await during("begin an application", () => page.getByRole("button", { name: "Begin from nothing" }).click());
  await expect(page.getByRole("textbox", { name: "Document (YAML)" })).toBeVisible();
  await during("type into a form", () => page.getByRole("textbox").first().pressSequentially("wharf", typed));
}

for (const rate of [1, 4]) {
  test(`from a press to the next paint, processor ${rate} times slower`, async ({ as, page }) => {
    await as("buyer", "/market");
    await expect(page.getByRole("table")).toBeVisible();
    await slow(page, rate);
    const presses: Press[] = [];
    const during = await follow(page, presses);
    await minute(page, during);
    const late = presses.filter(({ duration }) => duration > 100);
    tell(`interactions, from the press to the next paint, processor ${rate} times slower, ms`, {
      ...spread(presses.map(({ duration }) => duration)),
      above100: late.map(({ during: name, duration }) => `${name}: ${duration}`),
    });
  });
}

test("from an event at the exchange to the screen", async ({ as, page, world }) => {
  const call = caller(world.address, world.people.provider.token);
  await as("provider", "/provider/sites");
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  const delays: number[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    const name = `wharf-${turn}`;
    const seen = page.getByRole("row", { name: new RegExp(`${name}\\b`) }).waitFor();
    await call("POST", "/v1/sites", {
      name,
      city: "Utrecht",
      country: "NL",
      coordinates: { latitude: 52.09, longitude: 5.12 },
    });
    const begun = performance.now();
    await seen;
    delays.push(performance.now() - begun);
  }
  tell("from the exchange's answer to the row on the screen, ms", spread(delays));
});
