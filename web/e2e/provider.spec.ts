import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { expect, test } from "./fixtures";
import { live } from "./life";
import { run, start } from "./world/processes.mjs";
import { caller, program } from "./world/world.mjs";

test("a provider goes from nothing to the first orderable offer by what the console says", async ({
  page,
  world,
  address,
}) => {
  const call = caller(world.address, world.people.operator.token);
  const admitted = (await call("POST", "/v1/participants", {
    name: "newcomer",
    legalName: "Newcomer BV",
    country: "NL",
    roles: ["provider"],
  })) as { invitation: { code: string } };
  const begun = Date.now();
  await page.goto(`${address}/sign-up#code=${admitted.invitation.code}`);
  await expect(page.getByText("Newcomer BV invites you")).toBeVisible();
  await page.getByLabel("Your name").fill("Nele");
  await page.getByLabel("E-mail address or name").fill("nele@newcomer.example");
  await page.getByLabel("Password to be").fill("stroopwafels at dawn");
  await page.getByRole("button", { name: "Become a member" }).click();

  await page.getByRole("link", { name: "Selling" }).click();
  await expect(page.getByText("0 of 4 steps to your first order")).toBeVisible();
  await page.getByRole("link", { name: "Do this" }).first().click();
  await page.getByRole("button", { name: "New site" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("leiden-1");
  await dialog.getByLabel("City").fill("Leiden");
  await dialog.getByLabel("Latitude").fill("52.16");
  await dialog.getByLabel("Longitude").fill("4.49");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("row", { name: /leiden-1/ })).toBeVisible();

  await page.getByRole("link", { name: "My offers" }).click();
  await page.getByRole("button", { name: "New offer" }).click();
  await dialog.getByLabel("Short name").fill("first");
  await dialog.getByLabel("Processors").fill("2");
  await dialog.getByLabel("Memory").fill("2 GiB");
  await dialog.getByLabel("Euros an hour").fill("0.01");
  await expect(dialog.getByText("€7.30 a month")).toBeVisible();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("row", { name: /first/ })).toContainText("listed");

  await page.getByRole("link", { name: "Agents" }).click();
  await page.getByRole("button", { name: "New agent" }).first().click();
  await dialog.getByRole("button", { name: "Make a token" }).click();
  const command = (await dialog.getByRole("region", { name: /Enrol it/ }).textContent()) ?? "";
  const token = /--token (\S+)/.exec(command)?.[1] ?? "";
  const home = await mkdtemp(join(tmpdir(), "hansa-newcomer-"));
  const state = join(home, "agent");
  await run(program, ["agent", "enrol", "--exchange", world.address, "--state", state], { HANSA_TOKEN: token });
  const config = join(home, "agent.yaml");
  const drivers = [{ site: "leiden-1", type: "simulated", kind: "compute.instance" }];
  await writeFile(config, stringify({ exchange: world.address, state, heartbeat: "2 s", drivers }));
  const agent = start(program, ["agent", "run", "--config", config], join(home, "agent.log"));
  await dialog.getByRole("button", { name: "Close" }).click();

  await page.getByRole("link", { name: "Selling" }).click();
  await expect(page.getByText("You are selling")).toBeVisible({ timeout: 30_000 });
  expect(Date.now() - begun, "five minutes").toBeLessThan(300_000);
  await agent.stop();
  await rm(home, { recursive: true, force: true });
});

test("an offer's provider sees against whom it wins and loses, and withdraws it only on purpose", async ({
  as,
  page,
  world,
}) => {
  const call = caller(world.address, world.people.provider.token);
  const money = (amount: string) => ({ amount, currency: "EUR" });
  const publish = (sku: string, hourly: string) =>
    call("POST", "/v1/offers", {
      site: "utrecht-1",
      sku,
      kind: "compute.instance",
      properties: { cpu: 1, memory: "192 MiB", disk: "2 GiB" },
      price: {
        currency: "EUR",
        components: [{ name: "base", type: "fixed", amount: money(hourly), per: "hour" }],
      },
    });
  await publish("bargain", "0.000001");
  await publish("dear", "9");
  await as("provider", "/provider/offers");
  const row = (sku: string) => page.getByRole("row", { name: new RegExp(`^${sku}`) });
  const dialog = page.getByRole("dialog");
  await row("bargain").getByRole("button", { name: "How it matches" }).click();
  await expect(dialog.getByRole("heading", { name: "How bargain matches" })).toBeVisible();
  await expect(dialog.getByText(/^It is chosen: /)).toBeVisible();
  await dialog.getByRole("button", { name: "Close" }).click();

  await row("dear").getByRole("button", { name: "How it matches" }).click();
  await expect(dialog.getByText(/is chosen before it|others are nearer/).first()).toBeVisible();
  await expect(dialog.getByText(/domstad-cloud\/utrecht-1\/bargain/).first()).toBeVisible();
  await dialog.getByRole("button", { name: "Try another demand" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "typical-demand" })).toBeVisible();

  await page.getByRole("link", { name: "My offers" }).click();
  await row("dear").getByRole("button", { name: "Withdraw" }).click();
  await expect(dialog.getByRole("button", { name: "Withdraw" })).toBeDisabled();
  await dialog.getByLabel("Type dear to confirm").fill("deer");
  await expect(dialog.getByRole("button", { name: "Withdraw" })).toBeDisabled();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await page.reload();
  await expect(row("dear")).toBeVisible();
  for (const sku of ["dear", "bargain"]) {
    await row(sku).getByRole("button", { name: "Withdraw" }).click();
    await dialog.getByLabel(`Type ${sku} to confirm`).fill(sku);
    await dialog.getByRole("button", { name: "Withdraw" }).click();
    await expect(dialog).toHaveCount(0);
    await expect(row(sku)).toHaveCount(0);
  }
});

test("the room of a site fills and empties before its provider's eyes", async ({ as, page, world }) => {
  await as("provider", "/provider/sites");
  const meters = page.getByRole("meter", { name: "Services" });
  await expect(meters.first()).toHaveAttribute("aria-valuetext", /of 40$/);
  await expect(page.getByRole("region", { name: "utrecht-1, Virtual machine" }).getByText("live")).toBeVisible();
  const taken = async () => {
    const values = await meters.evaluateAll((all) => all.map((one) => Number(one.getAttribute("aria-valuenow"))));
    return values.reduce((sum, value) => sum + value, 0);
  };
  const before = await taken();
  const { delivered } = await live(world);
  await expect.poll(taken).toBeGreaterThan(before);
  const filled = await taken();
  const buyer = caller(world.address, world.people.buyer.token);
  await buyer("POST", "/v1/orders", { kind: "terminate", services: [delivered] });
  await expect.poll(taken).toBe(filled - 1);
});
