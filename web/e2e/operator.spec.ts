import { expect, test } from "./fixtures";

test("an operator takes a participant in", async ({ as }) => {
  const page = await as("operator", "/participants");
  await page.getByRole("button", { name: "Take a participant in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Short name").fill("seetown");
  await dialog.getByLabel("Legal name").fill("Seestadt");
  await dialog.getByLabel("Country").fill("AT");
  await dialog.getByRole("button", { name: "Take a participant in" }).click();
  await expect(dialog.getByText(/\/sign-up#code=hansa-invite_/)).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("searchbox").fill("seetown");
  await expect(page.getByRole("row", { name: /Seestadt/ })).toContainText("Buyer");
});

test("an auditor checks the chain and the books", async ({ as }) => {
  const page = await as("auditor", "/audit");
  await page.getByRole("button", { name: "Check the whole chain" }).click();
  await expect(page.getByText(/rows, nothing changed, left out or moved/)).toBeVisible();
  await page.getByRole("link", { name: "Ledger" }).click();
  await expect(page.getByText("The books balance")).toBeVisible();
});

test("an operator sees how the exchange fares and what it is set up with", async ({ as }) => {
  const page = await as("operator", "/system");
  const jobs = page.getByRole("table", { name: "Jobs" });
  await expect(jobs.getByRole("row", { name: /Put events and audit rows in order (rests|runs)/ })).toBeVisible();
  await expect(page.getByText("The price of a quote holds for")).toBeVisible();
  await page.getByRole("link", { name: "Orders at work" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Orders at work" })).toBeVisible();
});
