import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Cookie, type Page } from "@playwright/test";
import { freePort } from "./world/processes.mjs";
import { startWorld } from "./world/world.mjs";

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Person = keyof World["people"];

interface WorkerFixtures {
  port: number;
  world: World;
  address: string;
  /** The cookies of those who signed in before: each does so through the page once. */
  signedIn: Map<Person, Cookie[]>;
}

interface TestFixtures {
  /** Signs somebody in and opens a page of the console as them. */
  as: (person: Person, path?: string) => Promise<Page>;
}

/** What a browser says on its console when a test provokes a refusal: the answer itself is looked at instead. */
const provoked = /Failed to load resource: (the server responded with a status of (4\d\d|503)|net::ERR_\w+)/;

/** What the browser says against a page on its console, from now on. */
export function complaintsOf(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !provoked.test(message.text())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(error.message));
  return said;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  port: [async ({}, provide) => provide(await freePort()), { scope: "worker" }],
  world: [
    async ({ port }, provide) => {
      const world = await startWorld(`http://localhost:${port}`, port);
      await provide(world);
      await world.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  address: [
    // The exchange serves the console itself; passkeys are bound to a name, not to a number.
    async ({ world }, provide) => provide(world.address.replace("127.0.0.1", "localhost")),
    { scope: "worker" },
  ],
  signedIn: [async ({}, provide) => provide(new Map()), { scope: "worker" }],
  as: async ({ world, address, page, signedIn }, provide) => {
    const said = complaintsOf(page);
    await provide(async (person, path = "/") => {
      const kept = signedIn.get(person);
      await page.context().clearCookies();
      if (kept) await page.context().addCookies(kept);
      await page.goto(address + path);
      if (!kept) {
        await signIn(page, world.people[person]);
        signedIn.set(person, await page.context().cookies());
      }
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      return page;
    });
    expect(said, "what the browser's console said").toEqual([]);
  },
});

/** Signs somebody in who was sent to the sign-in page; they come back to where they were. */
export async function signIn(page: Page, { login, password }: { login: string; password: string }): Promise<void> {
  await expect(page.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
  await page.getByLabel("E-mail address or name").fill(login);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).not.toHaveURL(/\/sign-in/);
}

/** Looks for barriers by the rules of WCAG 2.2 AA. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map(({ html }) => html).join("\n  ")}`,
  );
  expect(told).toEqual([]);
}

export { expect };
