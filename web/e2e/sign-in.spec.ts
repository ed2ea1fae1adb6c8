import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test, type World } from "./fixtures";
import { caller } from "./world/world.mjs";

const password = "salt herring and hemp";

interface Device {
  deviceCode: string;
  userCode: string;
  verificationUriComplete: string;
}

/** A participant of its own, so that tests do not end each other's sessions; answers its first invitation. */
async function invitation(world: World, name: string, legalName: string): Promise<string> {
  const operator = caller(world.address, world.people.operator.token);
  const asked = { name, legalName, country: "DE", roles: ["buyer"] };
  const admitted = (await operator("POST", "/v1/participants", asked)) as { invitation: { code: string } };
  return admitted.invitation.code;
}

async function signUp(page: Page, address: string, code: string, name: string, login: string): Promise<void> {
  await page.goto(`${address}/sign-up#code=${code}`);
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address or name").fill(login);
  await page.getByLabel("Password to be").fill(password);
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("button", { name: `Account: ${name}` })).toBeVisible();
}

/** The code of an app for a secret at this time (RFC 6238). */
function oneTimeCode(secret: string, later = 0): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = Array.from(secret, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

async function virtualAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

async function signOut(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: `Account: ${name}` }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
}

test("an invitation becomes an account, which signs out and comes back to where it was", async ({
  page,
  world,
  address,
}) => {
  const code = await invitation(world, "luebeck", "Hansestadt Lübeck");
  await page.goto(`${address}/sign-up#code=${code}`);
  await expect(page.getByText("Hansestadt Lübeck invites you")).toBeVisible();
  await expectAccessible(page);
  await signUp(page, address, code, "Lena", "lena@luebeck.example");
  const kept = await page.evaluate(() =>
    JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie]),
  );
  expect(kept, "what scripts can read").not.toMatch(/hansa_|hansa-session/);

  await signOut(page, "Lena");
  await page.goto(`${address}/projects`);
  await signIn(page, { login: "Lena@Luebeck.example", password });
  await expect(page.getByRole("heading", { level: 1, name: "Projects" })).toBeVisible();
});

test("a wrong password and a used invitation are told", async ({ page, world, address }) => {
  await page.goto(`${address}/sign-in`);
  await page.getByLabel("E-mail address or name").fill(world.people.auditor.login);
  await page.getByLabel("Password").fill("not this one, surely");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByRole("link", { name: "I have an invitation" }).click();
  await page.getByLabel("Code of your invitation").fill("hansa-invite_nothing");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("ask for a new one")).toBeVisible();
});

test("a passkey alone makes an account and signs in", async ({ page, world, address }) => {
  await virtualAuthenticator(page);
  const code = await invitation(world, "wismar", "Hansestadt Wismar");
  await page.goto(`${address}/sign-up#code=${code}`);
  await page.getByLabel("Your name").fill("Willem");
  await page.getByLabel("E-mail address or name").fill("willem@wismar.example");
  await page.getByRole("button", { name: "Passkey", exact: true }).click();
  await page.getByRole("button", { name: "Become a member" }).click();
  await expect(page.getByRole("button", { name: "Account: Willem" })).toBeVisible();

  await signOut(page, "Willem");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("button", { name: "Account: Willem" })).toBeVisible();
  await page.goto(`${address}/account`);
  await expect(page.getByRole("row", { name: /First passkey/ })).toBeVisible();
});

test("one-time codes are set up, asked for, and helped out by recovery codes", async ({ page, world, address }) => {
  const code = await invitation(world, "stralsund", "Hansestadt Stralsund");
  await signUp(page, address, code, "Stine", "stine@stralsund.example");
  await page.goto(`${address}/account`);
  await page.getByRole("button", { name: "Set up one-time codes" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("img", { name: "QR code for your app" })).toBeVisible();
  await expectAccessible(page);
  const secret = (await dialog.getByRole("region", { name: "Or type this in" }).textContent()) ?? "";
  await dialog.getByLabel("First code of the app").fill(oneTimeCode(secret));
  await dialog.getByRole("button", { name: "Turn on" }).click();
  const recovery = ((await page.getByRole("region", { name: "Recovery codes" }).textContent()) ?? "").split("\n");
  expect(recovery.length).toBeGreaterThanOrEqual(8);
  await page.getByRole("button", { name: "I have kept them" }).click();
  await expect(page.getByText(`${recovery.length} recovery codes are left.`)).toBeVisible();

  await signOut(page, "Stine");
  const login = async (second: string) => {
    await page.getByLabel("E-mail address or name").fill("stine@stralsund.example");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByLabel("One-time code").fill(second);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("button", { name: "Account: Stine" })).toBeVisible();
  };
  // The code of this half minute was used, so it is the next one's turn; the exchange takes clocks that differ by one.
  await login(oneTimeCode(secret, 1));
  await signOut(page, "Stine");
  await login(recovery[0] ?? "");
  await page.goto(`${address}/account`);
  await expect(page.getByText(`${recovery.length - 1} recovery codes are left.`)).toBeVisible();
});

test("a session that is ended elsewhere leads to the sign-in page", async ({ page, world, address, browser }) => {
  const code = await invitation(world, "rostock", "Hansestadt Rostock");
  await signUp(page, address, code, "Rike", "rike@rostock.example");
  const other = await browser.newPage();
  await other.goto(`${address}/account?tab=sessions`);
  await signIn(other, { login: "rike@rostock.example", password });
  await expect(other.getByRole("row")).toHaveCount(3);
  await expect(other.getByRole("row", { name: /this one/ })).toHaveCount(1);
  const ask = other.getByRole("row").getByRole("button", { name: "End", exact: true });
  await ask.click();
  await other.getByRole("dialog").getByRole("button", { name: "Keep as is" }).click();
  await expect(other.getByRole("dialog")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("button", { name: "Account: Rike" })).toBeVisible();
  await ask.click();
  await other.getByRole("dialog").getByRole("button", { name: "End", exact: true }).click();
  await expect(other.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
  await signIn(page, { login: "rike@rostock.example", password });
  await other.reload();
  await other.getByRole("button", { name: "End all others" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "End all others" }).click();
  await expect(other.getByRole("row")).toHaveCount(2);
  await expect(page.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
  await other.close();
});

test("what is weighty wants a fresh proof, and goes on once it was given", async ({ page, world, address }) => {
  const code = await invitation(world, "greifswald", "Hansestadt Greifswald");
  await signUp(page, address, code, "Greta", "greta@greifswald.example");
  await page.goto(`${address}/account?tab=tokens`);
  let refused = false;
  await page.route("**/v1/tokens", async (route) => {
    if (route.request().method() !== "POST" || refused) return route.fallback();
    refused = true;
    await route.fulfill({
      status: 403,
      contentType: "application/problem+json",
      json: { type: "/problems/proof-needed", title: "Proof needed", status: 403, detail: "prove who you are again" },
    });
  });
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("dialog", { name: "New token" }).getByLabel("Name").fill("ci");
  await page.getByRole("button", { name: "Create" }).click();
  const proof = page.getByRole("dialog", { name: "Show that it is you" });
  await proof.getByLabel("Password").fill("not this one, surely");
  await proof.getByRole("button", { name: "Go on" }).click();
  await expect(proof.getByRole("alert")).toBeVisible();
  await proof.getByLabel("Password").fill(password);
  await proof.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByRole("dialog", { name: "New token" }).getByText(/^hansa_/)).toBeVisible();
});

test("a device is let in by the code that it shows", async ({ page, world, address }) => {
  const code = await invitation(world, "kiel", "Landeshauptstadt Kiel");
  await signUp(page, address, code, "Kai", "kai@kiel.example");
  const stranger = caller(world.address);
  const ask = async (name: string) =>
    (await stranger("POST", "/v1/device/codes", { name, scopes: ["read"] })) as Device;
  const device = await ask("kai's laptop");
  await page.goto(device.verificationUriComplete);
  await expect(page.getByText("“kai's laptop” asks for a token.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Let it in" }).click();
  await expect(page.getByText("It is let in")).toBeVisible();
  const { deviceCode } = device;
  const issued = (await stranger("POST", "/v1/device/tokens", { deviceCode })) as { secret: string };
  expect(await caller(world.address, issued.secret)("GET", "/v1/whoami")).toMatchObject({ member: { name: "Kai" } });

  const second = await ask("who knows");
  await page.goto(`${address}/device`);
  await page.getByLabel("Code that it shows").fill(second.userCode);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Turn it away" }).click();
  await expect(page.getByText("It is turned away")).toBeVisible();
});

test("one person acts for two participants and switches between them", async ({ page, world, address }) => {
  await signUp(page, address, await invitation(world, "bergen", "Bergen kommune"), "Berit", "berit@bergen.example");
  await page.goto(`${address}/sign-up#code=${await invitation(world, "visby", "Region Gotland")}`);
  await page.getByRole("button", { name: "Join with my account" }).click();
  await expect(page.getByRole("button", { name: "Account: Berit" })).toContainText("Region Gotland");
  await page.getByRole("button", { name: "Account: Berit" }).click();
  await page.getByRole("menuitem", { name: "Bergen kommune" }).click();
  await expect(page.getByRole("button", { name: "Account: Berit" })).toContainText("Bergen kommune");
});

test("an owner invites a colleague by a link", async ({ page, world, address, browser }) => {
  await signUp(page, address, await invitation(world, "danzig", "Gmina Gdańsk"), "Dana", "dana@danzig.example");
  await page.getByRole("button", { name: "Account: Dana" }).click();
  await page.getByRole("menuitem", { name: "Team" }).click();
  await page.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = (await page.getByRole("region", { name: "Invitation link" }).textContent()) ?? "";
  const other = await browser.newPage();
  await signUp(other, address, new URL(link).hash.slice("#code=".length), "Daria", "daria@danzig.example");
  await other.close();
  await page.reload();
  await expect(page.getByRole("row", { name: /Daria/ })).toBeVisible();
});

test("an owner resets a colleague's sign-in, and removes them", async ({ page, world, address, browser }) => {
  await signUp(page, address, await invitation(world, "riga", "Rīgas dome"), "Rita", "rita@riga.example");
  const call = caller(world.address, world.people.operator.token);
  const { id } = (await call("GET", "/v1/participants/riga")) as { id: string };
  const second = (await call("POST", `/v1/participants/${id}/invitations`, { roles: ["buyer"] })) as { code: string };
  const other = await browser.newPage();
  await signUp(other, address, second.code, "Rolf", "rolf@riga.example");

  await page.goto(`${address}/team`);
  const row = page.getByRole("row", { name: /Rolf/ });
  await row.getByRole("button", { name: "Reset sign-in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Reset sign-in" }).click();
  const link = (await dialog.getByRole("region", { name: "Invitation link" }).textContent()) ?? "";
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(other.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
  await other.goto(`${address}/sign-up${new URL(link).hash}`);
  await other.getByLabel("Password to be").fill("a new one, with amber");
  await other.getByRole("button", { name: "Set it and sign in" }).click();
  await expect(other.getByRole("button", { name: "Account: Rolf" })).toBeVisible();

  await row.getByRole("button", { name: "Remove" }).click();
  await dialog.getByLabel("Type Rolf to confirm").fill("Rolf");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
  await expect(other.getByRole("heading", { name: "Sign in to the exchange" })).toBeVisible();
  await other.close();
});
