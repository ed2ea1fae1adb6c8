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

/**
 * Joins with an invitation; answers the secret of the new token.
 * @param {string} address
 * @param {string} code
 * @param {string} name
 * @returns {Promise<string>}
 */
export async function accept(address, code, name) {
  const issued = await caller(address)("POST", "/v1/invitations/accept", { code, name });
  return issued.secret;
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
  const token = await accept(address, admitted.invitation.code, "sales");
  const call = caller(address, token);
  await call("POST", "/v1/offers/import?format=yaml", stringify({ providers: [entry] }), "application/yaml");
  await showEvidence(address, assessor, token, entry, file, vat);
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
  return { name: entry.name, token, agent };
}

/** Starts a world and answers its address, the tokens of its people, and how to end it. */
export async function startWorld() {
  const directory = await mkdtemp(join(tmpdir(), "hansa-console-"));
  const address = `http://127.0.0.1:${await freePort()}`;
  const data = join(directory, "exchange");
  await mkdir(data);
  const assessor = await openAssessor();
  const exchange = start(
    program,
    ["serve", "--listen", address.slice("http://".length), "--data", data, "--plain-http-issuer", assessor.host],
    join(directory, "exchange.log"),
  );
  const code = await until("the exchange's start", async () => {
    await caller(address)("GET", "/readyz");
    return (await readFile(join(data, "operator-invitation"), "utf8")).trim();
  });
  const operatorToken = await accept(address, code, "Olga Operator");
  const operator = caller(address, operatorToken);
  const market = await readFile(join(repository, "data/market/catalogue.yaml"), "utf8");
  await operator("POST", "/v1/offers/import?format=yaml", market, "application/yaml");

  await operator("POST", "/v1/trusted-issuers", assessor.issuer);
  /** @type {Awaited<ReturnType<typeof startProvider>>[]} */
  const providers = [];
  for (const file of Object.entries(providerFiles))
    providers.push(await startProvider(address, operator, assessor, directory, file));

  const town = await operator("POST", "/v1/participants", {
    name: "gridtown",
    legalName: "Gemeente Gridtown",
    country: "NL",
    roles: ["buyer"],
  });
  const buyerToken = await accept(address, town.invitation.code, "Anna Buyer");
  const second = await operator("POST", `/v1/participants/${town.participant.id}/invitations`, { roles: ["buyer"] });
  const approverToken = await accept(address, second.code, "Bram Approver");
  const house = await operator("POST", "/v1/participants", {
    name: "pruefhaus",
    legalName: "Prüfhaus GmbH",
    country: "DE",
    roles: ["auditor"],
  });
  const auditorToken = await accept(address, house.invitation.code, "Ada Auditor");

  await until("orderable offers of every provider", async () => {
    const page = await caller(address, buyerToken)("GET", "/v1/offers?state=orderable&limit=500");
    return new Set(page.items.map((offer) => offer.providerName)).size === providers.length ? true : undefined;
  });
  return {
    address,
    directory,
    tokens: {
      operator: operatorToken,
      provider: providers[0].token,
      buyer: buyerToken,
      approver: approverToken,
      auditor: auditorToken,
    },
    providers,
    project: town.project,
    async stop() {
      for (const { agent } of providers) await agent.stop();
      await exchange.stop();
      await assessor.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
