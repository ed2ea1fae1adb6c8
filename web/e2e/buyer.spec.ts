import { expect, signIn, test } from "./fixtures";

test("a buyer's first hour: describe, match, quote, order, run, pay, end", async ({ as }) => {
  const page = await as("buyer", "/applications");
  await page.getByRole("button", { name: /Town archive/ }).click();
  await expect(page.getByRole("heading", { level: 1, name: "town-archive" })).toBeVisible();
  await expect(page.getByText(/packages? fits?, .* a month/)).toBeVisible();

  await page.getByLabel("Name").first().fill("first-hour");
  await expect(page.getByRole("heading", { level: 1, name: "first-hour" })).toBeVisible();
  await expect(page.getByLabel("Document (YAML)").getByText("first-hour")).toBeVisible();

  await page.getByRole("button", { name: "See what fits" }).click();
  const chosen = page.getByRole("radio", { name: /Best suited/ });
  await expect(chosen).toBeChecked();
  const price = /€\d+\.\d\d/.exec((await chosen.textContent()) ?? "")?.[0] ?? "no price";
  await expect(page.getByRole("table", { name: "What the price is made of" })).toContainText(price);

  await page.getByRole("button", { name: "Ask for a quote" }).click();
  const order = page.getByRole("button", { name: `Order for ${price} a month` });
  await expect(order).toBeVisible();
  await order.click();

  await expect(page.getByText("How it comes about")).toBeVisible();
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText("All of it runs; charging begins")).toBeVisible();

  await page.getByRole("table", { name: "Services" }).getByRole("link", { name: "web" }).click();
  await expect(page.getByText("Processor", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Show the access" }).click();
  await expect(page.getByText(/^https?:\/\/127\.0\.0\.1:\d+$/)).toBeVisible();

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 30_000 });

  await page.getByRole("link", { name: "Costs" }).click();
  await expect(page.getByRole("table", { name: "Statement" })).toContainText("setup");

  await page.getByRole("link", { name: "Services", exact: true }).click();
  await page.getByRole("row", { name: /web/ }).first().getByRole("link").click();
  await page.getByRole("button", { name: "End", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const end = dialog.getByRole("button", { name: "End" });
  await expect(end).toBeDisabled();
  await dialog.getByLabel("Type web to confirm").fill("web");
  await end.click();
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 30_000 });
});

test("a mistake is told while one types, and can be mended", async ({ as }) => {
  const page = await as("buyer", "/applications");
  await page.getByRole("button", { name: "Begin from nothing" }).click();
  await page.getByLabel("Name").first().fill("Not A Name!");
  await expect(page.getByText(/is to be mended first|are to be mended first/)).toBeVisible();
  await expect(page.getByRole("button", { name: "See what fits" })).toBeDisabled();
  await page.getByLabel("Name").first().fill("a-name");
  await expect(page.getByRole("button", { name: "See what fits" })).toBeEnabled();
});

test("what can't be met is told with its reason", async ({ as }) => {
  const page = await as("buyer", "/applications");
  await page.getByRole("button", { name: /Town archive/ }).click();
  await page.getByLabel("Budget a month in EUR").fill("1");
  await page.getByRole("button", { name: "See what fits" }).click();
  await expect(page.getByText("Nothing fits all of this")).toBeVisible();
  await expect(page.getByText("spec.budget.monthly")).toBeVisible();
});

test("an order above the limit of its project waits for a second member", async ({ as, browser, world, address }) => {
  const page = await as("buyer", "/projects");
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("cautious");
  await dialog.getByLabel("Approval above").fill("1");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("row", { name: /cautious/ })).toContainText("€1.00");
  await page.getByLabel("Project", { exact: true }).selectOption("cautious");

  await page.getByRole("link", { name: "Applications" }).click();
  await page.getByRole("button", { name: /Town archive/ }).click();
  await page.getByRole("button", { name: "See what fits" }).click();
  await page.getByRole("button", { name: "Ask for a quote" }).click();
  await expect(page.getByText("Above €1.00 a month another member must approve")).toBeVisible();
  await page.getByRole("button", { name: /Order for/ }).click();
  await expect(page.getByText("Another member of your participant must approve this order")).toBeVisible();

  const other = await browser.newPage();
  await other.goto(`${address}/sign-in?to=${encodeURIComponent(new URL(page.url()).pathname)}`);
  await signIn(other, world.people.approver);
  await other.getByRole("button", { name: "Approve", exact: true }).click();
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 30_000 });
  await other.close();
});
