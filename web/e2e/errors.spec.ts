import { expect, test } from "./fixtures";
import { live } from "./life";
import { until } from "./world/processes.mjs";
import { caller } from "./world/world.mjs";

test("a quote that has expired can't be ordered any more, and says what to do", async ({
  as,
  page,
  world,
  address,
}) => {
  const { quote } = await live(world);
  await as("buyer");
  await page.clock.install();
  await page.goto(`${address}/quotes/${quote}`);
  await expect(page.getByRole("button", { name: /Order for/ })).toBeVisible();
  await page.clock.fastForward("01:01:00");
  await expect(page.getByText("This quote no longer holds")).toBeVisible();
  await expect(page.getByRole("button", { name: /Order for/ })).toHaveCount(0);
  await page.getByRole("button", { name: "Match it again" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "town-archive" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Ask for a quote" })).toBeVisible();
});

test("an order of a quote that expired meanwhile is refused with what to do", async ({ as, page, world, address }) => {
  const { quote } = await live(world);
  await caller(world.address, world.people.buyer.token)("POST", `/v1/quotes/${quote}/withdraw`);
  await page.route(`**/v1/quotes/${quote}`, async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), state: "open" } });
  });
  await as("buyer");
  await page.goto(`${address}/quotes/${quote}`);
  await page.getByRole("button", { name: /Order for/ }).click();
  await expect(page.getByRole("alert").filter({ hasText: /quote/i })).toBeVisible();
});

test("nothing fits: one click on a repair makes it fit", async ({ as }) => {
  const page = await as("buyer", "/applications");
  await page.getByRole("button", { name: /Town archive/ }).click();
  await page.getByLabel("Budget a month in EUR").fill("1");
  await page.getByRole("button", { name: "See what fits" }).click();
  await expect(page.getByText("Nothing fits all of this")).toBeVisible();
  await page.getByRole("button", { name: "Apply" }).first().click();
  await expect(page.getByRole("radio", { name: /Best suited/ })).toBeVisible();
  await page.getByRole("button", { name: "Describe" }).click();
  await expect(page.getByLabel("Budget a month in EUR")).not.toHaveValue("1");
});

test("a lost agent is told to its provider and to the operator, and comes back", async ({ as, world }) => {
  // An agent counts as lost after 90 seconds of silence.
  test.setTimeout(240_000);
  const page = await as("provider", "/provider/agents");
  const row = page.getByRole("row", { name: /agent-1/ });
  await expect(row).toContainText("heard");
  const [provider] = world.providers;
  await provider.agent.stop();
  try {
    await expect(row).toContainText("silent", { timeout: 120_000 });
    await page.getByRole("link", { name: "Selling" }).click();
    await expect(page.getByText("0 / 1")).toBeVisible();
  } finally {
    provider.agent.resume();
  }
  await page.getByRole("link", { name: "Agents", exact: true }).click();
  await expect(row).toContainText("heard", { timeout: 60_000 });
});

test("a lost connection is told, what was seen stays, and all is fresh again afterwards", async ({
  as,
  page,
  world,
}) => {
  await as("buyer", "/projects");
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  await page.context().setOffline(true);
  await page.evaluate(() => globalThis.dispatchEvent(new Event("offline")));
  const warning = page.getByRole("alert").filter({ hasText: "Out of date" });
  await expect(warning).toBeVisible();
  await expect(page.getByRole("row", { name: /default/ })).toBeVisible();
  await caller(world.address, world.people.buyer.token)("POST", "/v1/projects", { name: "made-meanwhile" });
  await page.context().setOffline(false);
  await expect(warning).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole("row", { name: /made-meanwhile/ })).toBeVisible();
});

test("an exchange that goes away is told, and all is fresh again once it is back", async ({ as, page, world }) => {
  await as("buyer", "/projects");
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  const warning = page.getByRole("alert").filter({ hasText: "Out of date" });
  await world.exchange.stop();
  try {
    await expect(warning).toBeVisible();
    await expect(page.getByRole("row", { name: /default/ })).toBeVisible();
  } finally {
    world.exchange.resume();
  }
  await until("the exchange's return", () => caller(world.address)("GET", "/readyz"));
  await caller(world.address, world.people.buyer.token)("POST", "/v1/projects", { name: "made-after" });
  await expect(warning).toBeHidden({ timeout: 60_000 });
  await expect(page.getByRole("status").filter({ hasText: "Live" })).toBeVisible();
  await expect(page.getByRole("row", { name: /made-after/ })).toBeVisible();
});

test("what isn't there is said, with a way on", async ({ as, page, address }) => {
  await as("buyer", "/no-such-page");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/not|nothing|no such/i);
  await page.getByRole("main").getByRole("link").first().click();
  await expect(page).toHaveURL(`${address}/`);
  await page.goto(`${address}/orders/ord_00000000000000000000000000`);
  await expect(page.getByRole("alert")).toContainText(/no order|not found/i);
});

test("a page whose program is lost on the way says so", async ({ page, address }) => {
  await page.route("**/assets/start-*.js", (route) => route.abort());
  await page.goto(`${address}/sign-in`);
  await expect(page.getByText("The console could not be loaded. Load the page again.")).toBeVisible();
  await page.unroute("**/assets/start-*.js");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});
