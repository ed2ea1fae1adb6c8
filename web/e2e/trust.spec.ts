import type { Page } from "@playwright/test";
import { expect, expectAccessible, signIn, test, type World } from "./fixtures";
import { caller, signUp } from "./world/world.mjs";

interface Admitted {
  participant: { id: string };
  invitation: { code: string };
}

/** A provider of its own, whose evidence no other test looks at. */
async function provider(world: World, name: string, legalName: string) {
  const operator = caller(world.address, world.people.operator.token);
  const asked = { name, legalName, country: "NL", roles: ["provider"] };
  const admitted = (await operator("POST", "/v1/participants", asked)) as Admitted;
  const person = await signUp(world.address, admitted.invitation.code, "Trude", `trude@${name}.example`);
  return { ...person, id: admitted.participant.id };
}

const contact = { name: "NOC", email: "noc@tulip.example", available: "always", answersWithinHours: 24 };

/** What the steps after the first two ask, complete. */
const answers = {
  address: {
    registered: { street: "Oudegracht 1", postalCode: "3511 AB", locality: "Utrecht", country: "NL" },
  },
  terms: {
    documents: [
      {
        title: "Terms",
        url: "https://tulip.example/terms.pdf",
        sha256: "a".repeat(64),
        covers: ["terms-and-conditions", "legally-binding-act"],
      },
    ],
    governingLaw: ["NL"],
  },
  contacts: { contract: contact, support: contact, security: contact },
  "data-act": {
    noObstacles: true,
    contractUrl: "https://tulip.example/contract.pdf",
    notice: "P2M",
    transitionDays: 30,
    extendedTransition: "P7M",
    extensionNoticeWorkingDays: 14,
    customerExtensions: 1,
    retrievalDays: 30,
    erasure: true,
    assistance: true,
    exitPlanUrl: "https://tulip.example/exit.pdf",
    endsOnSwitch: true,
    switchChoices: ["switch-provider", "on-premises", "erase"],
    switchingCharges: "none",
    parallelEgress: "none",
    feesUrl: "https://tulip.example/fees",
    costlyToSwitch: false,
    registerUrl: "https://tulip.example/formats",
    goodFaith: true,
    jurisdictions: ["NL"],
    accessMeasuresUrl: "https://tulip.example/measures",
    demandsRegister: true,
    lighterDuties: "none",
    standards: [],
    kinds: {
      "compute.instance": {
        exportableData: ["disks", "metadata"],
        exemptData: [],
        exportFormats: ["qcow2"],
        equivalenceMeans: ["images"],
        openInterfaces: ["OCCI"],
      },
    },
  },
};

async function open(page: Page, address: string, path: string, person: { login: string; password: string }) {
  await page.goto(address + path);
  await signIn(page, person);
}

test("a provider is onboarded by what the console asks, and an operator approves it", async ({
  page,
  world,
  address,
  browser,
}) => {
  // It is long: a form of seven steps, two people, and two rounds between them.
  test.slow();
  const tulip = await provider(world, "tulip", "Tulip Cloud B.V.");
  await open(page, address, "/provider/onboarding", tulip);
  await page.getByLabel("Name in the register").fill("Tulip Cloud B.V.");
  await page.getByLabel("Incorporated in").fill("NL");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("write the country of the headquarters")).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel("Headquarters in").fill("nl");
  await page.getByLabel("Main establishment in").fill("NL");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByLabel("LEI", { exact: true }).fill("7LTWFZYICNSX8D621K86");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Addresses" })).toBeVisible();

  const call = caller(world.address, tulip.token);
  for (const [step, said] of Object.entries(answers)) {
    await call("POST", `/v1/participants/${tulip.id}/onboarding/steps/${step}`, said);
  }
  await page.goto(`${address}/provider/onboarding?step=ownership`);
  await page.getByRole("button", { name: "Add: Owner" }).click();
  const owner = page.getByRole("group", { name: "Owner 1" });
  await owner.getByLabel("Short name").fill("anna");
  await owner.getByLabel("Name", { exact: true }).fill("Anna de Vries");
  await owner.getByLabel("What it is").selectOption("natural person");
  await owner.getByLabel("Incorporated in").fill("NL");
  await page.getByRole("button", { name: "Add: Holding" }).click();
  const holding = page.getByRole("group", { name: "Holding 1" });
  await holding.getByLabel("Who holds").fill("anna");
  await holding.getByLabel("What is held").fill("self");
  await holding.getByLabel("Part of the capital in %").fill("100");
  await holding.getByLabel("Part of the votes in %").fill("100 %");
  await holding.getByLabel("There are none").check();
  await page.getByRole("group", { name: "Subcontractor" }).getByLabel("There are none").check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "100% of what is required" })).toBeVisible();
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(page.getByText("waits for an operator")).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await open(other, address, "/reviews", world.people.operator);
  await other.getByRole("link", { name: "tulip" }).click();
  await other.getByRole("button", { name: "Give back" }).click();
  await other.getByRole("dialog").getByLabel("Contracts and policies").fill("the document can't be opened");
  await other.getByRole("dialog").getByRole("button", { name: "Give back" }).click();
  await expect(other.getByText("given back")).toBeVisible();
  await expect(page.getByText("given back")).toBeVisible();
  await page
    .getByRole("button", { name: /^Contracts and policies/ })
    .first()
    .click();
  await expect(page.getByText("the document can't be opened")).toBeVisible();
  await page.getByRole("button", { name: "Submit" }).click();
  await expect(other.getByText("waits for an operator")).toBeVisible();
  await expectAccessible(other);
  await other.getByRole("button", { name: "Approve" }).click();
  await expect(other.getByText("published", { exact: true })).toBeVisible();
  await expect(page.getByText("published", { exact: true })).toBeVisible();
  await context.close();
});

test("a declaration is signed, shown, and taken back", async ({ page, world, address }) => {
  const heron = await provider(world, "heron", "Heron Hosting B.V.");
  await open(page, address, "/provider/evidence", heron);
  await expect(page.getByText("No evidence yet")).toBeVisible();
  await page.getByRole("button", { name: "Declare" }).click();
  const dialog = page.getByRole("dialog", { name: "Declare" });
  await dialog.getByLabel("Fact", { exact: true }).fill("csf.sov-1-q1");
  await expect(dialog.locator("span", { hasText: "EU/EEA legal entity control" })).toBeVisible();
  await dialog.getByLabel("Value").fill("4");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Sign and declare" }).click();
  const row = page.getByRole("row", { name: /own word/ });
  await expect(row).toContainText("counts");

  await row.getByRole("button").first().click();
  await expect(page.getByRole("dialog").getByText("csf.sov-1-q1: 4")).toBeVisible();
  const kind = (await page.getByRole("dialog").getByRole("heading", { level: 2 }).textContent()) ?? "";
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await row.getByRole("button", { name: "Take back" }).click();
  await page.getByLabel(`Type ${kind} to confirm`).fill(kind);
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  await expect(row).toContainText("taken back");
});

test("a credential that can't be believed is told before it is handed in", async ({ page, world, address }) => {
  const stork = await provider(world, "stork", "Stork Storage B.V.");
  await open(page, address, "/provider/evidence", stork);
  await page.getByRole("button", { name: "Hand in" }).click();
  const dialog = page.getByRole("dialog", { name: "Hand in" });
  await dialog.getByLabel("Or paste it").fill("no.credential.atall");
  await dialog.getByRole("button", { name: "Only check it" }).click();
  await expect(dialog.getByRole("alert").first()).toBeVisible();
});

test("levels, what they lack, and the owners are shown to their provider", async ({ as, page }) => {
  await as("provider", "/provider/trust");
  await expect(page.getByText("Gaia-X Standard Compliance and labels for cloud services")).toBeVisible();
  await expect(page.getByText(/lacks? \d+ criteri/).first()).toBeVisible();
  await page.getByRole("button", { name: "Show all criteria" }).first().click();
  await expect(page.getByRole("table", { name: "Criteria" })).toBeVisible();
  await expect(page.getByRole("img", { name: "Drawing of who owns and controls whom" })).toBeVisible();
  await expectAccessible(page);
});

test("a buyer sees what is known of an offer, and goes to the whole of it", async ({ as, world, page }) => {
  const call = caller(world.address, world.people.buyer.token);
  const { items } = (await call("GET", "/v1/offers?state=orderable&limit=1")) as { items: { id: string }[] };
  await as("buyer", `/market/offers/${items[0]?.id ?? ""}`);
  await expect(page.getByText("ISO27001")).toBeVisible();
  await page.getByRole("link", { name: "All criteria and who owns the provider" }).click();
  await expect(page.getByRole("heading", { name: "Who owns and controls it" })).toBeVisible();
});

test("an operator believes an issuer, and believes it no longer", async ({ as, page }) => {
  await as("operator", "/trusted-issuers");
  await page.getByRole("button", { name: "Add an issuer" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("DID").fill("did:web:assessor.example");
  await dialog.getByLabel("Name").fill("Assessor");
  await dialog.getByLabel("Schemes").fill("ISO27001");
  await dialog.getByRole("button", { name: "Believe it" }).click();
  const row = page.getByRole("row", { name: /did:web:assessor\.example/ });
  await expect(row).toContainText("Certificate");
  await expectAccessible(page);
  await row.getByRole("button", { name: "Remove" }).click();
  await dialog.getByLabel("Type Assessor to confirm").fill("Assessor");
  await dialog.getByRole("button", { name: "Remove" }).click();
  await expect(row).toHaveCount(0);
});

test("neither signing in nor trust is wider than a phone", async ({ as, page, address }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await as("provider", "/");
  const paths = [
    "/account",
    "/account?tab=sessions",
    "/team",
    "/provider/onboarding?step=data-act",
    "/provider/evidence",
    "/provider/trust",
    "/sign-in",
    "/sign-up",
    "/device",
  ];
  for (const path of paths) {
    await page.goto(address + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
    await expectAccessible(page);
  }
});
