import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { expect, test } from "./fixtures";
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
