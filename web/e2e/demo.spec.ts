// With real machines and databases: what the demo prints is followed, and a newcomer orders beside its town.
import { test as base, type Browser, type Page } from "@playwright/test";
import { complaintsOf, expect } from "./fixtures";
import { startDemo } from "./world/demo.mjs";

type Demo = Awaited<ReturnType<typeof startDemo>>;

const test = base.extend<object, { demo: Demo }>({
  demo: [
    async ({}, provide) => {
      const demo = await startDemo();
      await provide(demo);
      expect(await demo.stop(), "what the demo says at its end").toContain("nothing is left running");
    },
    { scope: "worker", timeout: 330_000 },
  ],
});

/** Somebody in a browser of their own, who came in by a link of the demo. */
async function visit(browser: Browser, demo: Demo, role: string): Promise<{ page: Page; said: string[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said = complaintsOf(page);
  await page.goto(demo.links.get(role) ?? "no link for this role");
  await expect(page).toHaveURL(`${demo.address}/`);
  return { page, said };
}

const go = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Main navigation" }).getByRole("link", { name, exact: true }).click();

test("the buyer's link shows the town's order, services and costs", async ({ browser, demo }) => {
  const { page, said } = await visit(browser, demo, "buyer");
  await expect(page.getByRole("heading", { level: 1, name: /Anna/ })).toBeVisible();
  await go(page, "Orders");
  await expect(page.getByRole("row", { name: /town-archive/ })).toContainText("fulfilled");
  await go(page, "Services");
  const running = page.getByRole("table", { name: "Services" }).getByRole("row", { name: /running/ });
  await expect(running).toHaveCount(4);
  await go(page, "Costs");
  await expect(page.getByRole("table", { name: "Statement" })).toContainText("alpes-data");
  expect(demo.pages).toHaveLength(2);
  for (const address of demo.pages) {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "Town archive" })).toBeVisible();
    await expect(page.getByRole("table")).toContainText("Minutes of the town council");
  }
  expect(said, "what the browser's console said").toEqual([]);
  await page.context().close();
});

test("the provider's link shows its offers, agent, services and earnings", async ({ browser, demo }) => {
  const { page, said } = await visit(browser, demo, "provider");
  await expect(page.getByRole("button", { name: "Account: Bo" })).toBeVisible();
  await go(page, "Selling");
  await expect(page.getByText("You are selling")).toBeVisible();
  await expect(page.getByText("5 / 5")).toBeVisible();
  await go(page, "Delivered services");
  await expect(page.getByRole("row", { name: /web.*running/ })).toHaveCount(2);
  await go(page, "Earnings");
  await expect(page.getByText("€0.38").first()).toBeVisible();
  await go(page, "Agents");
  await expect(page.getByRole("row", { name: /agent-1/ })).toContainText("heard");
  expect(said, "what the browser's console said").toEqual([]);
  await page.context().close();
});

test("the operator's link shows everybody and what runs", async ({ browser, demo }) => {
  const { page, said } = await visit(browser, demo, "operator");
  await expect(page.getByRole("button", { name: "Account: Olga" })).toBeVisible();
  await go(page, "Participants");
  for (const name of ["altstadt", "domstad-cloud", "alpes-data", "karkonosze-edge", "revision"])
    await expect(page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  await go(page, "All services");
  await expect(page.getByRole("row", { name: /running/ })).toHaveCount(4);
  await go(page, "Ledger");
  await expect(page.getByText("The books balance")).toBeVisible();
  expect(said, "what the browser's console said").toEqual([]);
  await page.context().close();
});

test("the auditor's link shows the books and the log", async ({ browser, demo }) => {
  const { page, said } = await visit(browser, demo, "auditor");
  await expect(page.getByRole("button", { name: "Account: Ada" })).toBeVisible();
  await go(page, "Audit log");
  await page.getByRole("button", { name: "Check the whole chain" }).click();
  await expect(page.getByText(/rows, nothing changed, left out or moved/)).toBeVisible();
  await go(page, "Ledger");
  await expect(page.getByText("The books balance")).toBeVisible();
  expect(said, "what the browser's console said").toEqual([]);
  await page.context().close();
});

/** A town that the operator takes in; its first member signs up by the link that the operator sends. */
async function newTown(browser: Browser, demo: Demo): Promise<{ page: Page; said: string[] }> {
  const { page: operator } = await visit(browser, demo, "operator");
  await go(operator, "Participants");
  await operator.getByRole("button", { name: "Take a participant in" }).click();
  const dialog = operator.getByRole("dialog");
  await dialog.getByLabel("Short name").fill("neustadt");
  await dialog.getByLabel("Legal name").fill("Stadt Neustadt");
  await dialog.getByLabel("Country").fill("DE");
  await dialog.getByRole("button", { name: "Take a participant in" }).click();
  const link = /http\S+\/sign-up#code=[\w-]+/.exec(await dialog.getByText(/\/sign-up#code=/).innerText())?.[0] ?? "";
  await operator.context().close();

  const page = await (await browser.newContext()).newPage();
  const said = complaintsOf(page);
  await page.goto(link);
  await expect(page.getByText("Stadt Neustadt invites you")).toBeVisible();
  await page.getByLabel("Your name").fill("Nora");
  await page.getByLabel("E-mail address or name").fill("nora@neustadt.example");
  await page.getByLabel("Password to be").fill("bricks, beams and bells");
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("button", { name: "Account: Nora" })).toBeVisible();
  return { page, said };
}

test("a buyer's first hour: from an invitation to a real machine's page, and to the bill", async ({
  browser,
  demo,
}) => {
  test.setTimeout(180_000);
  const { page, said } = await newTown(browser, demo);
  await go(page, "Applications");
  await page.getByRole("button", { name: /Town archive/ }).click();
  await page.getByRole("button", { name: "See what fits" }).click();
  await expect(page.getByRole("radio", { name: /Best suited/ })).toBeChecked();
  await page.getByRole("button", { name: "Ask for a quote" }).click();
  await page.getByRole("button", { name: /Order for €\d+\.\d\d a month/ }).click();

  await expect(page.getByText("Providers make it")).toBeVisible();
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 90_000 });
  await page.getByRole("table", { name: "Services" }).getByRole("link", { name: "web" }).click();
  await page.getByRole("button", { name: "Show the access" }).click();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: /^http:\/\/127\.0\.0\.1:\d+$/ }).click();
  const served = await opened;
  await expect(served.getByRole("heading", { name: "Town archive" })).toBeVisible();
  await expect(async () => {
    await served.reload();
    await expect(served.getByRole("table")).toContainText("Minutes of the town council", { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  const host = /Served by (\S+)\./.exec(await served.getByText(/Served by/).innerText())?.[1] ?? "nobody";
  await served.close();

  await page.getByRole("button", { name: "Read again" }).click();
  await expect(page.getByRole("region", { name: "Log" })).toContainText("The archive's page is served on port 80");
  await page.getByRole("button", { name: "Terminal", exact: true }).click();
  await page.getByRole("button", { name: "Open a terminal" }).click();
  await expect(page.getByText("Open. It ends when you leave this page.")).toBeVisible();
  const terminal = page.getByRole("group", { name: "Terminal" });
  await page.keyboard.type("\n");
  await expect(terminal).toContainText("# ");
  await page.keyboard.type("echo $((6 * 7)) on $(hostname)\n");
  await expect(terminal).toContainText(`42 on ${host}`);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await expect(page.getByText("Processor", { exact: true })).toBeVisible();
  await expect(page.getByRole("table", { name: "Metered" }).getByRole("row").nth(1)).toBeVisible({ timeout: 30_000 });

  for (const component of ["web", "archive", "scanner"]) {
    await go(page, "Services");
    await page.getByRole("table", { name: "Services" }).getByRole("link", { name: component }).click();
    await page.getByRole("button", { name: "End", exact: true }).click();
    const dialog = page.getByRole("dialog");
    const end = dialog.getByRole("button", { name: "End" });
    await expect(end).toBeDisabled();
    await dialog.getByLabel(`Type ${component} to confirm`).fill(component);
    await end.click();
    await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 60_000 });
  }
  await go(page, "Services");
  await expect(page.getByText("Nothing runs yet")).toBeVisible();
  await go(page, "Costs");
  const statement = page.getByRole("table", { name: "Statement" });
  await expect(statement.getByRole("row", { name: /web base domstad-cloud .* €0\.00/ })).toBeVisible();
  await expect(page.getByText("€3.05").first()).toBeVisible();
  expect(said, "what the browser's console said").toEqual([]);
  await page.context().close();
});
