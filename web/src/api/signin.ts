// The ways in. Each leaves the browser with a session's cookie.
import { api, body, isSignedOut } from "./client";
import { askPasskey, makePasskey } from "./passkeys";
import type { Schema } from "./types";

/** What signing in needs next: a code, or nothing more. */
export type Outcome = Schema<"SignInOutcome">;

export const signInWithPassword = (login: string, password: string): Promise<Outcome> =>
  body(api.POST("/v1/sign-in/password", { body: { login, password } }));

export const signInWithCode = (attempt: string, code: string) =>
  body(api.POST("/v1/sign-in/code", { body: { attempt, code } }));

export const signInWithPasskey = async () => body(api.POST("/v1/sign-in/passkey", { body: await askPasskey() }));

/** A person who makes an account by an invitation. */
export interface Newcomer {
  code: string;
  login: string;
  name: string;
}

/** Makes an account. When the answer of an earlier try was lost, it may be there already: then it is signed in to. */
export async function signUpWithPassword(newcomer: Newcomer, password: string, triedBefore: boolean): Promise<unknown> {
  try {
    return await body(api.POST("/v1/sign-up", { body: { ...newcomer, password } }));
  } catch (refusal) {
    if (!triedBefore || !isSignedOut(refusal)) throw refusal;
    return signInWithPassword(newcomer.login, password).catch(() => {
      throw refusal;
    });
  }
}

/** Makes an account that is signed in to by a passkey, which bears the name that is given. */
export async function signUpWithPasskey(newcomer: Newcomer, passkeyName: string) {
  const challenge = await body(api.POST("/v1/sign-up/passkey/challenge", { body: newcomer }));
  const passkey = await makePasskey(challenge, passkeyName);
  return body(api.POST("/v1/sign-up", { body: { ...newcomer, passkey } }));
}

/** Sets a new password by the code of a reset. */
export const resetWithPassword = (code: string, password: string) =>
  body(api.POST("/v1/sign-up/reset", { body: { code, password } }));

/** Sets a new passkey by the code of a reset. */
export async function resetWithPasskey(person: Newcomer, passkeyName: string) {
  const challenge = await body(api.POST("/v1/sign-up/passkey/challenge", { body: person }));
  const passkey = await makePasskey(challenge, passkeyName);
  return body(api.POST("/v1/sign-up/reset", { body: { code: person.code, passkey } }));
}

/** Goes to an identity provider; it sends the browser back to the exchange. */
export async function departTo(journey: Schema<"ProviderSignIn">): Promise<void> {
  const { url } = await body(api.POST("/v1/sign-in/provider", { body: journey }));
  globalThis.location.assign(url);
}

/** A way within the console: what stands in an address may come from anywhere. */
export function inside(path: string | undefined): string {
  return path && /^\/(?![/\\])/.test(path) ? path : "/";
}
