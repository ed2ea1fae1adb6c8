// A whole federation on loopback: a real exchange, the seed catalogue, three providers with simulated back ends,
// a buyer, and an auditor. Every world has its own directory, ports and tokens.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { openAssessor } from "./assessor.mjs";
import { freePort, run, start, until } from "./processes.mjs";

const repository = fileURLToPath(new URL("../../../", import.meta.url));
/** The program under test. */
export const program = process.env.HANSA_PROGRAM ?? join(repository, "target/debug/hansa");
/** The providers, each with an invented VAT number of the right form. */
const providerFiles = { utrecht: "NL999999990B01", grenoble: "FR83404833048", "jelenia-gora": "PL5260250274" };

/**
 * Speaks to an exchange with a token; throws what the exchange refuses.
 * @param {string} address
 * @param {string} [token]
 */
export function caller(address, token) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {string} [type]
   * @returns {Promise<unknown>}
   */
  return async (method, path, body, type = "application/json") => {
    const response = await fetch(address + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { "content-type": type }),
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
}

/** The password of everybody in a world; worlds live on loopback for minutes. */
export const password = "cogs and kogges 1241";

/**
 * Makes an account by an invitation, as the console does, and a token for what tests ask beside the page.
 * @param {string} address
 * @param {string} code
 * @param {string} name
 * @param {string} login
 * @returns {Promise<{ login: string, password: string, token: string }>}
 */
export async function signUp(address, code, name, login) {
  const headers = { "content-type": "application/json", "x-hansa-console": "1" };
  const newcomer = JSON.stringify({ code, name, login, password });
  const joined = await fetch(`${address}/v1/sign-up`, { method: "POST", headers, body: newcomer });
  if (!joined.ok) throw new Error(`${login} can't sign up: ${joined.status} ${await joined.text()}`);
  const cookie = joined.headers.getSetCookie()[0].split(";")[0];
  const issued = await fetch(`${address}/v1/tokens`, {
    method: "POST",
    headers: { ...headers, cookie },
    body: JSON.stringify({ name: "tests", scopes: ["read", "catalogue", "order", "admin"] }),
  });
  if (!issued.ok) throw new Error(`${login} gets no token: ${issued.status} ${await issued.text()}`);
  return { login, password, token: (await issued.json()).secret };
}

/** Options of the simulated back ends of one provider's sites. */
function drivers(entry, home) {
  const combinations = new Map(entry.offers.map((offer) => [`${offer.site} ${offer.kind}`, offer]));
  return [...combinations.values()].map((offer) => ({
    site: offer.site,
    type: "simulated",
    kind: offer.kind,
    bootMs: 400,
    latencyMs: { min: 20, max: 120 },
    capacity: { instances: 40, cpu: 160_000, memory: 320 * 2 ** 30, storage: 4 * 2 ** 40 },
    images: { "debian-12-micro": "0".repeat(64), "debian-12": "1".repeat(64) },
    state: join(home, `${offer.site}-${offer.kind}.json`),
  }));
}

/** A provider declares what it is and hands in what the assessor has signed for it, as the demo's providers do. */
async function showEvidence(address, assessor, token, entry, file, vat) {
  const call = caller(address, token);
  for (const name of ["common", file]) {
    const declared = ["evidence", "declare", "-f", join(repository, "examples/evidence", `${name}.yaml`)];
    await run(program, declared, { HANSA_EXCHANGE: address, HANSA_TOKEN: token });
  }
  const { did } = await call("GET", `/v1/participants/${entry.name}/trust`);
  for (const credential of [assessor.certify(did, "ISO27001"), assessor.notarise(did, entry.country, vat)])
    await call("POST", "/v1/evidence", { credential });
}

async function startProvider(address, operator, assessor, directory, [file, vat]) {
  const [entry] = parse(await readFile(join(repository, "examples/providers", `${file}.yaml`), "utf8")).providers;
  const admitted = await operator("POST", "/v1/participants", {
    name: entry.name,
    legalName: entry.legalName,
    country: entry.country,
    roles: ["provider"],
    assurance: entry.assurance,
  });
  const sales = await signUp(address, admitted.invitation.code, "Piet Provider", `sales@${entry.name}.example`);
  const call = caller(address, sales.token);
  await call("POST", "/v1/offers/import?format=yaml", stringify({ providers: [entry] }), "application/yaml");
  await showEvidence(address, assessor, sales.token, entry, file, vat);
  const enrolment = await call("POST", "/v1/agents/enrolments", { name: "agent-1" });
  const home = join(directory, entry.name);
  await mkdir(home, { recursive: true });
  const state = join(home, "agent");
  await run(program, ["agent", "enrol", "--exchange", address, "--state", state], { HANSA_TOKEN: enrolment.token });
  const config = {
    exchange: address,
    state,
    heartbeat: "2 s",
    checkEvery: "1 s",
    meterEvery: "2 s",
    drivers: drivers(entry, home),
  };
  await writeFile(join(home, "agent.yaml"), stringify(config));
  const agent = start(program, ["agent", "run", "--config", join(home, "agent.yaml")], join(home, "agent.log"));
  return { name: entry.name, sales, agent };
}

/**
 * Starts a world and answers its address, its people, and how to end it.
 * @param {string} [origin] where browsers will find its console; passkeys are bound to it
 * @param {number} [port] where the exchange listens; any free port when absent
 */
export async function startWorld(origin, port) {
  /** @type {(() => Promise<unknown>)[]} */
  const ends = [];
  const stop = async () => {
    for (const end of ends.reverse()) await end();
  };
  try {
    return { ...(await populate(origin, port, ends)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Fills a world; each thing that must be ended adds how, so that a world that fails half-way leaves nothing behind.
 * @param {string | undefined} origin
 * @param {number | undefined} port
 * @param {(() => Promise<unknown>)[]} ends
 */
async function populate(origin, port, ends) {
  const directory = await mkdtemp(join(tmpdir(), "hansa-console-"));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  const address = `http://127.0.0.1:${port ?? (await freePort())}`;
  const data = join(directory, "exchange");
  await mkdir(data);
  const assessor = await openAssessor();
  ends.push(assessor.stop);
  const exchange = start(
    program,
    [
      ...["serve", "--listen", address.slice("http://".length), "--data", data, "--issuer", origin ?? address],
      ...["--plain-http-issuer", assessor.host],
    ],
    join(directory, "exchange.log"),
  );
  ends.push(exchange.stop);
  const code = await until("the exchange's start", async () => {
    await caller(address)("GET", "/readyz");
    return (await readFile(join(data, "operator-invitation"), "utf8")).trim();
  });
  const olga = await signUp(address, code, "Olga Operator", "olga@operator.example");
  const operator = caller(address, olga.token);
  const market = await readFile(join(repository, "data/market/catalogue.yaml"), "utf8");
  await operator("POST", "/v1/offers/import?format=yaml", market, "application/yaml");

  await operator("POST", "/v1/trusted-issuers", assessor.issuer);
  /** @type {Awaited<ReturnType<typeof startProvider>>[]} */
  const providers = [];
  for (const file of Object.entries(providerFiles)) {
    const provider = await startProvider(address, operator, assessor, directory, file);
    ends.push(provider.agent.stop);
    providers.push(provider);
  }

  const town = await operator("POST", "/v1/participants", {
    name: "gridtown",
    legalName: "Gemeente Gridtown",
    country: "NL",
    roles: ["buyer"],
  });
  const anna = await signUp(address, town.invitation.code, "Anna Buyer", "anna@gridtown.example");
  const invitations = `/v1/participants/${town.participant.id}/invitations`;
  const second = await caller(address, anna.token)("POST", invitations, { roles: ["buyer"] });
  const bram = await signUp(address, second.code, "Bram Approver", "bram@gridtown.example");
  const house = await operator("POST", "/v1/participants", {
    name: "pruefhaus",
    legalName: "Prüfhaus GmbH",
    country: "DE",
    roles: ["auditor"],
  });
  const ada = await signUp(address, house.invitation.code, "Ada Auditor", "ada@pruefhaus.example");

  await until("orderable offers of every provider", async () => {
    const page = await caller(address, anna.token)("GET", "/v1/offers?state=orderable&limit=500");
    return new Set(page.items.map((offer) => offer.providerName)).size === providers.length ? true : undefined;
  });
  return {
    address,
    directory,
    exchange,
    people: { operator: olga, provider: providers[0].sales, buyer: anna, approver: bram, auditor: ada },
    providers,
    project: town.project,
  };
}
