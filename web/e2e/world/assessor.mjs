// A body that attests: it has a DID and signs credentials about providers. What it attests is invented, nobody was
// looked at; its signatures and its DID document are real.
import { createSign, generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

const encoded = (/** @type {unknown} */ value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const name = "Assessment body (simulated)";
const year = 365 * 24 * 60 * 60 * 1000;

/** Opens its books on a free port of this machine. */
export async function openAssessor() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(document));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const did = `did:web:127.0.0.1%3A${port}`;
  const key = `${did}#key-1`;
  const method = {
    id: key,
    type: "JsonWebKey2020",
    controller: did,
    publicKeyJwk: { ...publicKey.export({ format: "jwk" }), alg: "ES256", kid: key },
  };
  const document = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
    id: did,
    verificationMethod: [method],
    assertionMethod: [key],
    authentication: [key],
  };
  let signed = 0;

  /** @param {string} kind @param {object} subject @param {string} context */
  function sign(kind, subject, context) {
    const now = new Date();
    signed += 1;
    const credential = {
      "@context": ["https://www.w3.org/ns/credentials/v2", context],
      id: `https://127.0.0.1:${port}/credentials#${signed}`,
      type: ["VerifiableCredential", kind],
      issuer: did,
      validFrom: now.toISOString(),
      validUntil: new Date(now.getTime() + year).toISOString(),
      credentialSubject: subject,
    };
    const header = { alg: "ES256", typ: "vc+jwt", cty: "vc", iss: did, kid: key };
    const content = `${encoded(header)}.${encoded(credential)}`;
    const signature = createSign("SHA256").update(content).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
    return `${content}.${signature.toString("base64url")}`;
  }

  return {
    /** Its host and port. */
    host: `127.0.0.1:${port}`,
    /** What an operator must know to believe it. */
    issuer: { did, name, kinds: ["hansa:Certificate", "gx:VatID"], schemes: ["ISO27001"] },
    /** Signs a certificate for whoever has this DID. */
    certify: (/** @type {string} */ holder, /** @type {string} */ scheme) =>
      sign("hansa:Certificate", { id: holder, certificate: { scheme, body: name } }, "urn:hansa:v1"),
    /** Signs for the VAT number of whoever has this DID, as a notary does. */
    notarise: (/** @type {string} */ holder, /** @type {string} */ country, /** @type {string} */ number) =>
      sign(
        "gx:VatID",
        { id: `${holder}#vat-id`, type: "gx:VatID", "gx:vatID": number, "gx:countryCode": country },
        "https://w3id.org/gaia-x/development#",
      ),
    stop: () => new Promise((resolve) => server.close(() => resolve(undefined))),
  };
}
