// Tables of many rows: few of them are in the page, all can be reached, and each says which one it is.
import { expect, expectAccessible, test } from "./fixtures";
import { multiply } from "./many";

const rows = 1150;
const phone = { width: 390, height: 844 };

for (const { name, size } of [
  { name: "a wide screen", size: undefined },
  { name: "a phone", size: phone },
])
  test(`a long table is loaded while one scrolls, on ${name}`, async ({ as, page }) => {
    if (size) await page.setViewportSize(size);
    await multiply(page, "/v1/audit", rows, (item, index) => ({ ...item, sequence: index + 1 }));
    await as("operator", "/audit");
    const table = page.getByRole("table", { name: "Audit log" });
    await expect(table.locator("tr[aria-rowindex='2']")).toBeVisible();
    // How many there will be is not known before the last page is there.
    await expect(table).toHaveAttribute("aria-rowcount", "-1");
    const last = table.locator(`tr[aria-rowindex='${rows + 1}']`);
    await expect(async () => {
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await expect(last).toBeVisible({ timeout: 200 });
    }).toPass();
    await expect(last).toContainText(rows.toLocaleString("en-GB"));
    await expect(table).toHaveAttribute("aria-rowcount", String(rows + 1));
    expect(await table.locator("tr[aria-rowindex]").count()).toBeLessThan(80);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await page.evaluate(() => scrollTo(0, 0));
    await expect(table.locator("tr[aria-rowindex='2']")).toBeVisible();
    // So much is not read anew at every event, and the page says so.
    await expect(page.getByText(/does not follow by itself/)).toBeVisible();
    const again = page.waitForRequest(/\/v1\/audit\?/);
    await page.getByRole("button", { name: "Read again" }).click();
    await again;
  });
