import { api, body } from "./client";
import { keep } from "./session";
import type { Schema } from "./types";

/** Signs in with an API token: asks who it belongs to, and keeps it when the exchange knows it. */
export async function signInWithToken(token: string): Promise<Schema<"Identity">> {
  const identity = await body(api.GET("/v1/whoami", { headers: { authorization: `Bearer ${token}` } }));
  const { member, participant } = identity;
  keep({ id: member.id, member: member.name, participant: participant.legalName, token });
  return identity;
}

/** Becomes a member with an invitation. Answers the secret of the new token, which the exchange shows this once. */
export async function acceptInvitation(code: string, name: string): Promise<string> {
  const { secret } = await body(api.POST("/v1/invitations/accept", { body: { code, name } }));
  await signInWithToken(secret);
  return secret;
}
