import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { expect, test } from "./fixtures";
import { caller } from "./world/world.mjs";

interface Compared {
  offer: { providerName: string; sku: string; siteName: string };
  monthly: { amount: Intl.StringNumericLiteral; currency: string };
}

test("an exchange accepts every template, and something fits each", async ({ world }) => {
  const call = caller(world.address, world.people.buyer.token);
  const directory = new URL("../src/templates/", import.meta.url);
  const files = (await readdir(directory)).filter((file) => file.endsWith(".yaml"));
  expect(files).toHaveLength(9);
  for (const file of files) {
    const application: unknown = parse(await readFile(new URL(file, directory), "utf8"));
    const outcome = (await call("POST", "/v1/match", { application })) as { packages: unknown[] };
    expect(outcome.packages.length, file).toBeGreaterThan(0);
  }
});

test("prices in the market are those that the exchange works out", async ({ world, as }) => {
  const page = await as("buyer", "/market?state=orderable&sort=price");
  const call = caller(world.address, world.people.buyer.token);
  const { items } = (await call("GET", "/v1/offers?state=orderable&sort=price&limit=10")) as {
    items: { id: string }[];
  };
  const ids = items.map((offer) => offer.id).join(",");
  const compared = (await call("GET", `/v1/offers/compare?ids=${ids}`)) as Compared[];
  for (const { offer, monthly } of compared) {
    const shown = new Intl.NumberFormat("en-GB", { style: "currency", currency: monthly.currency }).format(
      monthly.amount,
    );
    const row = page.getByRole("row", { name: new RegExp(`${offer.providerName} ${offer.sku} ${offer.siteName}`) });
    await expect(row).toContainText(shown);
  }
});
