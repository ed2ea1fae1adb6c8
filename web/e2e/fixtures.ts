import { AxeBuilder } from "@axe-core/playwright";
import { test as base, expect, type Page } from "@playwright/test";
import { preview } from "vite";
import { freePort } from "./world/processes.mjs";
import { startWorld } from "./world/world.mjs";

export type World = Awaited<ReturnType<typeof startWorld>>;
export type Person = keyof World["tokens"];

interface WorkerFixtures {
  world: World;
  address: string;
}

interface TestFixtures {
  /** Signs somebody in and opens a page of the console as them. */
  as: (person: Person, path?: string) => Promise<Page>;
}

/** What a browser says on its console when a test provokes a refusal: the answer itself is looked at instead. */
const provoked = /Failed to load resource: (the server responded with a status of (400|404|409|422)|net::ERR_FAILED)/;

export const test = base.extend<TestFixtures, WorkerFixtures>({
  world: [
    async ({}, provide) => {
      const world = await startWorld();
      await provide(world);
      await world.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
  address: [
    async ({ world }, provide) => {
      process.env.HANSA_EXCHANGE = world.address;
      const port = await freePort();
      const server = await preview({ preview: { port, strictPort: true, host: "127.0.0.1" } });
      await provide(`http://127.0.0.1:${port}`);
      await server.close();
    },
    { scope: "worker" },
  ],
  as: async ({ world, address, page }, provide) => {
    const said: string[] = [];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !provoked.test(message.text())) said.push(message.text());
    });
    page.on("pageerror", (error) => said.push(error.message));
    await provide(async (person, path = "/") => {
      const token = world.tokens[person];
      const answer = await fetch(`${world.address}/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });
      const { member, participant } = (await answer.json()) as {
        member: { id: string; name: string };
        participant: { legalName: string };
      };
      const session = { id: member.id, member: member.name, participant: participant.legalName, token };
      await page.addInitScript((kept) => {
        localStorage.setItem("hansa.sessions", JSON.stringify({ active: kept.id, all: [kept] }));
      }, session);
      await page.goto(address + path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      return page;
    });
    expect(said, "what the browser's console said").toEqual([]);
  },
});

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
