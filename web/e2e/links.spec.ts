import { inflateSync } from "node:zlib";
import { expect, signIn, test } from "./fixtures";
import { live } from "./life";
import { caller } from "./world/world.mjs";

const narrow = "/market?kind=compute.instance&country=NL&sort=price";

test("an address of the market holds what it was narrowed by, also over signing in", async ({
  browser,
  world,
  address,
}) => {
  const call = caller(world.address, world.people.buyer.token);
  const wanted = (await call("GET", "/v1/offers?kind=compute.instance&country=NL&limit=500")) as { items: unknown[] };
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address + narrow);
  await signIn(page, world.people.buyer);
  expect(new URL(page.url()).search).toBe(new URL(address + narrow).search);
  await expect(page.getByText(`${wanted.items.length} offers`)).toBeVisible();
  await expect(page.getByRole("checkbox", { name: /^Netherlands/ })).toBeChecked();
  await expect(page.getByRole("checkbox", { name: /^Virtual machine/ })).toBeChecked();
  await expect(page.getByRole("combobox", { name: "Sort by" })).toHaveValue("price");

  await page.getByRole("checkbox", { name: /^Netherlands/ }).uncheck();
  await expect(page.getByText(`${wanted.items.length} offers`)).toHaveCount(0);
  await page.goto(address + narrow);
  await expect(page.getByText(`${wanted.items.length} offers`)).toBeVisible();
  await context.close();
});

test("a tab of a page has an address of its own", async ({ as }) => {
  const page = await as("buyer", "/account?tab=tokens");
  await expect(page.getByRole("tab", { name: "API tokens" })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: "Sessions" }).click();
  await page.reload();
  await expect(page.getByRole("tab", { name: "Sessions" })).toHaveAttribute("aria-selected", "true");
});

/** What is in the streams of a PDF, those that are packed unpacked. */
function streamsOf(pdf: Buffer): string[] {
  const streams: string[] = [];
  for (let at = pdf.indexOf("stream"); at >= 0; at = pdf.indexOf("stream", at)) {
    const from = pdf[at + 6] === 0x0d ? at + 8 : at + 7;
    const until = pdf.indexOf("endstream", from);
    const raw = pdf.subarray(from, until);
    try {
      streams.push(inflateSync(raw).toString("latin1"));
    } catch {
      streams.push(raw.toString("latin1"));
    }
    at = until + "endstream".length;
  }
  return streams;
}

test("a quote is had as a PDF that holds what the exchange signed", async ({ as, page, world, address }) => {
  const { quote } = await live(world);
  await as("buyer", "/");
  await page.goto(`${address}/quotes/${quote}`);
  const link = page.getByRole("link", { name: "The signed quote as PDF" });
  const answer = await page.request.get(address + ((await link.getAttribute("href")) ?? ""));
  expect(answer.headers()["content-type"]).toContain("application/pdf");
  const pdf = await answer.body();
  expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
  expect(pdf.includes(`${quote}.jws`)).toBe(true);
  const signed = streamsOf(pdf).find((text) => /^[\w-]+\.[\w-]+\.[\w-]+\s*$/.test(text)) ?? "";
  const [header = "", payload = ""] = signed.split(".");
  const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  expect(read(header)).toHaveProperty("kid");
  expect(JSON.stringify(read(payload))).toContain(quote);
});
