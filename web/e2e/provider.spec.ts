import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { complaintsOf, expect, expectAccessible, test } from "./fixtures";
import { live } from "./life";
import { start, until } from "./world/processes.mjs";
import { caller, program } from "./world/world.mjs";

/** The processes that name a directory: what was started in it and outlives who started it. */
async function processesOf(directory: string): Promise<number[]> {
  const ids = (await readdir("/proc")).map(Number).filter((id) => Number.isInteger(id));
  const lines = ids.map(async (id) => ({ id, line: await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "") }));
  return (await Promise.all(lines)).filter(({ line }) => line.includes(directory)).map(({ id }) => id);
}

/** A machine of a provider: an empty directory, and the program `hansa` where programs are found. */
async function machine() {
  const home = await mkdtemp(join(tmpdir(), "hansa-newcomer-"));
  const programs = join(home, "programs");
  await mkdir(programs);
  await symlink(program, join(programs, "hansa"));
  const options = { cwd: home, env: { PATH: `${programs}:${process.env.PATH ?? ""}`, HOME: home } };
  return {
    /** Where an agent can keep everything. */
    directory: join(home, "hansa"),
    /** The virtual machines that run on it. */
    guests: () => processesOf(join(home, "hansa", "machines")),
    /** Types what somebody copied. */
    type: (command: string) => promisify(execFile)("sh", ["-ec", command], options),
    /** Types what goes on until it is ended. */
    begin: (command: string) =>
      start("sh", ["-ec", `cd ${home}; PATH=${programs}:$PATH; exec ${command}`], join(home, "agent.log")),
    async gone() {
      for (const id of await processesOf(home)) process.kill(id, "SIGKILL");
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** Does the step of the checklist that is next: it is named, and its button leads to where it is done. */
async function next(page: Page, step: string, done: number): Promise<void> {
  await page.getByRole("link", { name: "Selling" }).click();
  await expect(page.getByText(`${done} of 4 steps to your first order`)).toBeVisible();
  const open = page.getByRole("main").getByRole("listitem").filter({ hasText: step });
  await open.getByRole("link", { name: "Do this" }).click();
}

/** A small machine, ordered from this provider and no other: its service. */
async function orderedAt(provider: string, order: ReturnType<typeof caller>): Promise<string> {
  const application = {
    apiVersion: "hansa/v1",
    kind: "Application",
    metadata: { name: "desk" },
    spec: {
      requirements: { providers: [provider] },
      components: { desk: { kind: "compute.instance", cpu: 1, memory: "192 MiB", image: "debian-12-micro" } },
    },
  };
  const { projects } = (await order("GET", "/v1/whoami")) as { projects: { id: string }[] };
  const quote = (await order("POST", "/v1/quotes", { project: projects[0]?.id, application, hold: true })) as {
    id: string;
  };
  const made = (await order("POST", "/v1/orders", { kind: "create", quote: quote.id })) as { id: string };
  return until("a service of the order", async () => {
    const { items } = (await order("GET", `/v1/services?order=${made.id}`)) as { items: { id: string }[] };
    return items[0]?.id;
  });
}

test("a provider goes from nothing to a machine that somebody ordered by what the console says", async ({
  as,
  browser,
  world,
  address,
}) => {
  test.setTimeout(180_000);
  const call = caller(world.address, world.people.operator.token);
  const admitted = (await call("POST", "/v1/participants", {
    name: "newcomer",
    legalName: "Newcomer BV",
    country: "NL",
    roles: ["provider"],
  })) as { invitation: { code: string } };
  const newcomer = await (await browser.newContext()).newPage();
  const said = complaintsOf(newcomer);
  const here = await machine();
  const begun = Date.now();
  await newcomer.goto(`${address}/sign-up#code=${admitted.invitation.code}`);
  await expect(newcomer.getByText("Newcomer BV invites you")).toBeVisible();
  await newcomer.getByLabel("Your name").fill("Nele");
  await newcomer.getByLabel("E-mail address or name").fill("nele@newcomer.example");
  await newcomer.getByLabel("Password to be").fill("stroopwafels at dawn");
  await newcomer.getByRole("button", { name: "Become a member" }).click();

  await next(newcomer, "Make a site", 0);
  await newcomer.getByRole("button", { name: "New site" }).click();
  const dialog = newcomer.getByRole("dialog");
  await dialog.getByLabel("Name").fill("leiden-1");
  await dialog.getByLabel("City").fill("Leiden");
  await dialog.getByLabel("Latitude").fill("52.16");
  await dialog.getByLabel("Longitude").fill("4.49");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(newcomer.getByRole("row", { name: /leiden-1/ })).toBeVisible();

  await next(newcomer, "Publish an offer", 1);
  await newcomer.getByRole("button", { name: "New offer" }).click();
  await dialog.getByLabel("Short name").fill("first");
  await dialog.getByLabel("Processors").fill("1");
  await dialog.getByLabel("Memory").fill("192 MiB");
  await dialog.getByLabel("Disk", { exact: true }).fill("2 GiB");
  await dialog.getByLabel("Image").fill("debian-12-micro");
  await dialog.getByLabel("Euros an hour").fill("0.01");
  await expect(dialog.getByText("€7.30 a month")).toBeVisible();
  await dialog.getByRole("button", { name: "Publish" }).click();
  await expect(newcomer.getByRole("row", { name: /first/ })).toContainText("listed");

  await next(newcomer, "Start an agent", 2);
  await newcomer.getByRole("button", { name: "New agent" }).first().click();
  await dialog.getByLabel("Directory").fill(here.directory);
  await dialog.getByRole("button", { name: "Make a token" }).click();
  await expect(dialog.getByRole("region")).toHaveCount(6);
  await newcomer.emulateMedia({ reducedMotion: "reduce" });
  await expectAccessible(newcomer);
  const [install, ...commands] = await dialog.getByRole("region").allTextContents();
  // The tests' own machine has these.
  expect(install).toMatch(/^apt-get install --yes qemu-system-x86 /);
  const run = commands.pop() ?? "";
  for (const command of commands) await here.type(command);
  const agent = here.begin(run);
  try {
    await dialog.getByRole("button", { name: "Close" }).click();
    const row = newcomer.getByRole("row", { name: /agent-1/ });
    await expect(row).toContainText("heard", { timeout: 30_000 });
    await expect(row).toContainText(/Virtual machine \(leiden-1\) .*processor/);
    await expect(row).not.toContainText("simulated");
    await newcomer.getByRole("link", { name: "Selling" }).click();
    await expect(newcomer.getByText("You are selling")).toBeVisible({ timeout: 30_000 });

    const buyer = await as("buyer", "/market?state=orderable");
    await buyer.getByRole("searchbox").fill("newcomer");
    await expect(buyer.getByRole("row", { name: /newcomer.*first/ })).toContainText("€7.30");
    const seconds = Math.round((Date.now() - begun) / 1000);
    test.info().annotations.push({ type: "measured", description: `${seconds} s from the invitation to an order` });
    console.log(`a provider's first orderable offer: ${seconds} s`);
    expect(seconds, "five minutes").toBeLessThan(300);

    const order = caller(world.address, world.people.buyer.token);
    const service = await orderedAt("newcomer", order);
    await newcomer.getByRole("link", { name: "Delivered services", exact: true }).click();
    await expect(newcomer.getByRole("row", { name: /desk/ })).toContainText("running", { timeout: 60_000 });
    expect(await here.guests(), "machines that run").toHaveLength(1);
    await order("POST", "/v1/orders", { kind: "terminate", services: [service] });
    await expect.poll(here.guests, { message: "machines that run", timeout: 60_000 }).toEqual([]);
    expect(said, "what the browser's console said").toEqual([]);
  } finally {
    await agent.stop();
    await here.gone();
    await newcomer.context().close();
  }
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
