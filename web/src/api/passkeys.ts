// Passkeys, which the browser makes and uses.
import { api, body } from "./client";
import type { Schema } from "./types";

type Challenge = Schema<"PasskeyChallenge">;

/** Whether this browser, on a page of this address, can have passkeys at all. */
export const browserHasPasskeys =
  "PublicKeyCredential" in globalThis && "parseCreationOptionsFromJSON" in PublicKeyCredential;

/** The person or the browser gave no passkey: it was cancelled, took too long, or there is one already. */
export class NoPasskey extends Error {
  readonly known: boolean;

  constructor(cause: DOMException) {
    super(cause.message, { cause });
    this.name = "NoPasskey";
    this.known = cause.name === "InvalidStateError";
  }
}

async function given(asked: Promise<Credential | null>): Promise<Schema<"PasskeyAnswer">["credential"]> {
  const credential = await asked.catch((cause: unknown) => {
    throw cause instanceof DOMException ? new NoPasskey(cause) : cause;
  });
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey(new DOMException("none", "NotAllowedError"));
  return credential.toJSON() as Schema<"PasskeyAnswer">["credential"];
}

/** Makes a passkey for a challenge. */
export async function makePasskey({ attempt, options }: Challenge, name: string): Promise<Schema<"NewPasskey">> {
  const wanted = options as unknown as PublicKeyCredentialCreationOptionsJSON;
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(wanted);
  return { name, attempt, credential: await given(navigator.credentials.create({ publicKey })) };
}

/** Has the person use one of their passkeys. */
export async function askPasskey(): Promise<Schema<"PasskeyAnswer">> {
  const { attempt, options } = await body(api.POST("/v1/sign-in/passkey/challenge"));
  const wanted = options as unknown as PublicKeyCredentialRequestOptionsJSON;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(wanted);
  return { attempt, credential: await given(navigator.credentials.get({ publicKey })) };
}
