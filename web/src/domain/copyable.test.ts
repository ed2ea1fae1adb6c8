import { describe, expect, it } from "vitest";

/** Every source file of the console, by its path. */
const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.ts", "!../api/schema.d.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What is asked of the exchange without being offered to be copied, and why. */
const excused: Record<string, string> = {
  "POST /v1/orders/preview": "it changes nothing; placing the order is offered",
  "POST /v1/invitations/preview": "it changes nothing; taking the invitation up is offered",
  "POST /v1/sign-in/passkey/challenge": "a challenge is answered by an authenticator beside the browser",
  "POST /v1/sign-in/passkey": "a challenge is answered by an authenticator beside the browser",
  "POST /v1/sign-up/passkey/challenge": "signing up is offered as a whole",
  "POST /v1/account/passkeys/challenge": "adding the passkey is offered as a whole",
  "POST /v1/sign-in/provider": "it sends a browser to the identity provider and back",
  "POST /v1/session/proof": "it is asked in the midst of something else, and that is offered",
  "DELETE /v1/session": "it ends the session of this very browser",
  "POST /v1/device/requests/{}/deny": "its counterpart is offered beside it",
};

/** The same path whether its parts are named or filled in. */
const plain = (path: string) => path.replace(/\$?\{[^}]*\}+/g, "{}");

const all = Object.values(sources).join("\n");
const asked = new Set(
  [...all.matchAll(/\bapi\s*\.(POST|PATCH|PUT|DELETE)\(\s*"([^"]+)"/g)].map(
    ([, method, path]) => `${method} ${plain(path ?? "")}`,
  ),
);
const offered = new Set(
  [...all.matchAll(/\bmethod: "(\w+)"(?: as const)?,\s*path: (?:"([^"]+)"|`([^`]+)`)/g)].map(
    ([, method, text, template]) => `${method} ${plain(text ?? template ?? "")}`,
  ),
);

describe("whatever the console changes", () => {
  it("is found in its source", () => {
    expect(asked.size).toBeGreaterThan(50);
    expect(asked).toContain("POST /v1/orders");
  });

  it("can be copied, to be done from elsewhere", () => {
    const missing = [...asked].filter((one) => !offered.has(one) && !(one in excused));
    expect(missing).toEqual([]);
  });

  it("is excused only while it is asked and not offered", () => {
    const idle = Object.keys(excused).filter((one) => !asked.has(one) || offered.has(one));
    expect(idle).toEqual([]);
  });
});
