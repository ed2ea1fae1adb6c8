import { expect, expectAccessible, test, type Person } from "./fixtures";
import { live } from "./life";
import { places, placesOf } from "./places";

for (const [person, paths] of Object.entries(places) as [Person, Record<string, string>][]) {
  for (const path of Object.values(paths)) {
    test(`${path} has no barriers for the ${person}`, async ({ as, page }) => {
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await as(person, path);
      if (path !== "/components") await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      for (const colorScheme of ["light", "dark"] as const) {
        await test.step(`in ${colorScheme}`, async () => {
          await page.emulateMedia({ colorScheme });
          await expectAccessible(page);
        });
      }
    });
  }
}

test("pages about what was made before have no barriers", async ({ as, page, world, address }) => {
  test.setTimeout(240_000);
  const life = await live(world);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.addInitScript(
    (draft) => {
      localStorage.setItem("hansa.drafts", JSON.stringify([draft]));
    },
    { id: life.draft, text: life.document, changedAt: new Date().toISOString() },
  );
  for (const [person, paths] of Object.entries(placesOf(life)) as [Person, Record<string, string>][]) {
    await as(person);
    for (const path of Object.values(paths)) {
      await page.goto(address + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
      for (const colorScheme of ["light", "dark"] as const) {
        await test.step(`${path} in ${colorScheme} for the ${person}`, async () => {
          await page.emulateMedia({ colorScheme });
          await expectAccessible(page);
        });
      }
    }
  }
});

test("the sign-in page has no barriers and speaks German to those who wish it", async ({ browser, address }) => {
  const context = await browser.newContext({ locale: "de-DE" });
  const page = await context.newPage();
  await page.goto(`${address}/sign-in`);
  await expect(page.getByRole("heading", { name: "An der Börse anmelden" })).toBeVisible();
  await expectAccessible(page);
  await context.close();
});

test("nothing is wider than a phone", async ({ as, page, address }) => {
  test.slow();
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [person, paths] of Object.entries(places) as [Person, Record<string, string>][]) {
    await as(person);
    for (const path of Object.values(paths)) {
      await page.goto(address + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow, `${path} for the ${person}`).toBeLessThanOrEqual(0);
    }
  }
});

test("everything can be reached from the keyboard", async ({ as, page }) => {
  await as("buyer", "/");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Command palette" })).toBeFocused();
  await page.keyboard.type("proj");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
});

test("the palette finds, moves, acts and closes by keys alone", async ({ as, page, address }) => {
  await as("buyer", "/orders");
  const palette = page.getByRole("combobox", { name: "Command palette" });
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(palette).toHaveCount(0);
  await expect(page).toHaveURL(`${address}/orders`);

  await page.keyboard.press("Control+k");
  await expect(palette).toBeFocused();
  await page.keyboard.type("no such thing");
  await expect(page.getByText("Nothing is called that.")).toBeVisible();
  await palette.press("Control+a");
  await page.keyboard.type("appearance");
  const chosen = page.getByRole("option", { selected: true }).or(page.locator("[role=option][data-highlighted]"));
  const first = (await chosen.first().textContent()) ?? "";
  await page.keyboard.press("ArrowDown");
  await expect(chosen.first()).not.toHaveText(first);
  await palette.press("Control+a");
  await page.keyboard.type("appearance: dark");
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect(palette).toHaveCount(0);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("costs");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${address}/costs`);
});

test("the console says when its picture is old, and when it is fresh again", async ({ as, page }) => {
  await page.route("**/v1/events", (route) => route.abort());
  await as("buyer", "/");
  const warning = page.getByRole("alert").filter({ hasText: "Out of date" });
  await expect(warning).toBeVisible();
  await page.unroute("**/v1/events");
  await expect(warning).toBeHidden({ timeout: 60_000 });
});
