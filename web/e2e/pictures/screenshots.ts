// Pictures of every page: light, dark, and on a phone. They are for people to look at, and for the docs.
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test, type Person } from "../fixtures";
import { live, type Life } from "../life";
import { places, placesOf } from "../places";

const folder = resolve(process.env.PICTURES ?? "../docs/img/console");
const most = 80 * 1024;
const looks = {
  light: { colorScheme: "light", width: 1440, height: 900 },
  dark: { colorScheme: "dark", width: 1440, height: 900 },
  phone: { colorScheme: "light", width: 390, height: 844 },
} as const;

/** As WebP, as good as its size may be. */
async function picture(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  for (const quality of [82, 70, 55, 40]) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length > most && quality > 40) continue;
    expect(bytes.length, path).toBeLessThanOrEqual(most);
    await writeFile(path, bytes);
    break;
  }
  await session.detach();
}

/** Takes a page in every look; pages look at how wide they are when they are loaded. */
async function pictures(page: Page, address: string, name: string): Promise<void> {
  for (const [look, { colorScheme, width, height }] of Object.entries(looks)) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width, height });
    if (look !== "dark") await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    if (name !== "components") await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    await page.waitForLoadState("networkidle", { timeout: 800 }).catch(() => undefined);
    await page.evaluate(() => document.fonts.ready);
    await picture(page, join(folder, `${name}-${look}.webp`));
  }
}

test("pictures of every page", async ({ as, page, world, address }) => {
  test.setTimeout(900_000);
  await mkdir(folder, { recursive: true });
  await pictures(page, `${address}/sign-in`, "sign-in");
  const life: Life = await live(world);
  await page.addInitScript(
    (draft) => {
      localStorage.setItem("hansa.drafts", JSON.stringify([draft]));
    },
    { id: life.draft, text: life.document, changedAt: new Date().toISOString() },
  );
  const made = placesOf(life);
  for (const [person, paths] of Object.entries(places) as [Person, Record<string, string>][]) {
    const all = Object.entries({ ...paths, ...made[person] });
    if (all.length === 0) continue;
    await as(person);
    for (const [name, path] of all) {
      await pictures(page, address + path, name);
    }
  }
});
