// Accidents in the middle of something: nothing may be lost, and what happened must be said.
import type { Page, Route } from "@playwright/test";
import { expect, test, type World } from "./fixtures";
import { live } from "./life";
import { until } from "./world/processes.mjs";
import { caller } from "./world/world.mjs";

async function startAgain(world: World): Promise<void> {
  world.exchange.resume();
  await until("the exchange's return", async () => {
    await caller(world.address)("GET", "/readyz");
    return true;
  });
}

/** The exchange does what it is asked next, and its answer is lost on the way. */
async function loseAnswer(page: Page, path: string): Promise<void> {
  const lose = async (route: Route) => {
    await route.fetch();
    await route.abort();
  };
  await page.route(`**${path}`, lose, { times: 1 });
}

/** The first invitation of a participant of its own. */
async function invitation(world: World, name: string, legalName: string): Promise<string> {
  const operator = caller(world.address, world.people.operator.token);
  const asked = { name, legalName, country: "DE", roles: ["buyer"] };
  const admitted = (await operator("POST", "/v1/participants", asked)) as { invitation: { code: string } };
  return admitted.invitation.code;
}

async function signUp(page: Page, link: string, name: string, login: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address or name").fill(login);
  await page.getByLabel("Password to be").fill("gables by the Warnow");
}

test("the exchange is killed while somebody signs up: what was typed stays, and works afterwards", async ({
  page,
  world,
  address,
}) => {
  const code = await invitation(world, "demmin", "Hansestadt Demmin");
  await signUp(page, `${address}/sign-up#code=${code}`, "Rosa", "rosa@demmin.example");
  await world.exchange.kill();
  try {
    await page.getByRole("button", { name: "Become a member" }).click();
    await expect(page.getByRole("alert")).toContainText("The exchange does not answer");
  } finally {
    await startAgain(world);
  }
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("button", { name: "Account: Rosa" })).toBeVisible();
});

test("the answer to a sign-up is lost: asked for again, it leads into the account that was made", async ({
  page,
  world,
  address,
}) => {
  const code = await invitation(world, "anklam", "Hansestadt Anklam");
  await signUp(page, `${address}/sign-up#code=${code}`, "Wanda", "wanda@anklam.example");
  await loseAnswer(page, "/v1/sign-up");
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("alert")).toContainText("The exchange does not answer");
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("button", { name: "Account: Wanda" })).toBeVisible();
});

test("the exchange is killed in the middle of an order: the order goes on by itself", async ({ as, world }) => {
  const page = await as("buyer", "/applications");
  await page.getByRole("button", { name: /Town archive/ }).click();
  await page.getByRole("button", { name: "See what fits" }).click();
  await page.getByRole("button", { name: "Ask for a quote" }).click();
  await page.getByRole("button", { name: /Order for/ }).click();
  await expect(page.getByText("How it comes about")).toBeVisible();
  await world.exchange.kill();
  const warning = page.getByRole("alert").filter({ hasText: "Out of date" });
  try {
    await expect(warning).toBeVisible();
  } finally {
    await startAgain(world);
  }
  await expect(warning).toBeHidden({ timeout: 60_000 });
  await expect(page.getByText("fulfilled", { exact: true })).toBeVisible({ timeout: 60_000 });
});

test("the answer to an order is lost: the page says that it was ordered, and where it is", async ({
  as,
  page,
  world,
  address,
}) => {
  const { quote } = await live(world);
  await as("buyer");
  await page.goto(`${address}/quotes/${quote}`);
  await loseAnswer(page, "/v1/orders");
  await page.getByRole("button", { name: /Order for/ }).click();
  await expect(page.getByText("This quote was ordered")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Orders" }).click();
  const newest = page.getByRole("table", { name: "Orders" }).getByRole("row").nth(1);
  await expect(newest).toContainText("fulfilled", { timeout: 30_000 });
});

test("the answer to a change is lost: asked for again, it is done once", async ({ as, page }) => {
  await as("buyer", "/projects");
  await page.getByRole("button", { name: "New project" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("made-once");
  await loseAnswer(page, "/v1/projects");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByRole("alert")).toContainText("it is not done twice");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row", { name: /made-once/ })).toHaveCount(1);
});

test("the exchange is killed while a terminal is open: it says so, and another one opens afterwards", async ({
  as,
  page,
  world,
  address,
}) => {
  const { service } = await live(world);
  await as("buyer");
  await page.goto(`${address}/services/${service}`);
  await page.getByRole("button", { name: "Terminal", exact: true }).click();
  await page.getByRole("button", { name: "Open a terminal" }).click();
  const open = page.getByText("Open. It ends when you leave this page.");
  await expect(open).toBeVisible();
  await world.exchange.kill();
  try {
    await expect(page.getByText("The connection broke off")).toBeVisible();
  } finally {
    await startAgain(world);
  }
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByRole("button", { name: "Open a terminal" }).click();
  await expect(open).toBeVisible({ timeout: 30_000 });
});

test("an agent is killed while its service is looked at: the page says so, and nothing is lost", async ({
  as,
  page,
  world,
  address,
}) => {
  const { service } = await live(world);
  test.setTimeout(240_000);
  const found = (await caller(world.address, world.people.buyer.token)("GET", `/v1/services/${service}`)) as {
    providerName: string;
  };
  const provider = world.providers.find(({ name }) => name === found.providerName);
  if (!provider) throw new Error(`nobody here is ${found.providerName}`);
  await as("buyer");
  await page.goto(`${address}/services/${service}`);
  await page.getByRole("button", { name: "Terminal", exact: true }).click();
  await page.getByRole("button", { name: "Open a terminal" }).click();
  await expect(page.getByText("Open. It ends when you leave this page.")).toBeVisible();
  await provider.agent.kill();
  try {
    await expect(page.getByText("The provider's agent does not answer")).toBeVisible({ timeout: 60_000 });
    await page.getByRole("button", { name: "Log", exact: true }).click();
    await page.getByRole("button", { name: "Read again" }).click();
    await expect(page.getByRole("alert").filter({ hasText: /agent/ })).toBeVisible({ timeout: 60_000 });
  } finally {
    provider.agent.resume();
  }
  await expect(async () => {
    await page
      .getByRole("button", { name: /Read again|Try again/ })
      .first()
      .click();
    await expect(page.getByRole("region", { name: "Log" })).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
});
