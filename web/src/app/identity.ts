import { useMutation, useQueryClient, useSuspenseQuery, type QueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, body, isSignedOut } from "../api/client";
import { signInOptions } from "../api/people";
import { whoami } from "../api/queries";
import { onSession, sessionChanged } from "../api/session";
import type { Schema } from "../api/types";
import { prefer } from "../lib/preferences";
import { usePreferences } from "../lib/usePreferences";

export type Identity = Schema<"Identity">;
export type Project = Schema<"Project">;
export type Role = Schema<"Role">;

/** Who is signed in. */
export function useIdentity(): Identity {
  return useSuspenseQuery(whoami()).data;
}

export function useHasRole(...roles: Role[]): boolean {
  const { member } = useIdentity();
  return roles.some((role) => member.roles.includes(role));
}

/** The project that is worked on: the one that was chosen last, else the first. */
export function useProject(): Project | undefined {
  const { participant, projects } = useIdentity();
  const chosen = usePreferences().projects[participant.id];
  return projects.find(({ id }) => id === chosen) ?? projects[0];
}

export function useChooseProject(): (project: string) => void {
  const { participant } = useIdentity();
  const { projects } = usePreferences();
  return (project) => prefer({ projects: { ...projects, [participant.id]: project } });
}

/** Lets the session act for another of the person's members. Nothing that was asked as the former one stays. */
export function useSwitchMember(): (member: string) => void {
  const queries = useQueryClient();
  const router = useRouter();
  const { mutate } = useMutation({
    mutationFn: (member: string) => body(api.PATCH("/v1/session", { body: { member } })),
    onSuccess: async () => {
      sessionChanged();
      await router.navigate({ to: "/" });
      await queries.resetQueries();
    },
  });
  return mutate;
}

/** Forgets what was answered to somebody who is gone; the ways to sign in are the same for all. */
function forgetAnswers(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== signInOptions().queryKey[0] });
}

/** Ends the session. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  const router = useRouter();
  const { mutate } = useMutation({
    mutationFn: () => body(api.DELETE("/v1/session")),
    onSuccess: async () => {
      sessionChanged();
      await router.navigate({ to: "/sign-in" });
      forgetAnswers(queries);
    },
  });
  return mutate;
}

/** Goes to the sign-in page when the session is over, and comes back from there; other tabs' changes load anew. */
export function useSessionGuard(): void {
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    let asking = false;
    return onSession((news) => {
      if (news === "changed") globalThis.location.reload();
      if (news === "changed" || asking) return;
      asking = true;
      queries
        .query({ ...whoami(), staleTime: 0, retry: false })
        .catch(async (error: unknown) => {
          if (!isSignedOut(error)) return;
          await router.navigate({ to: "/sign-in", search: { to: router.state.location.href } });
          forgetAnswers(queries);
        })
        .finally(() => (asking = false));
    });
  }, [queries, router]);
}
