import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { whoami } from "../api/queries";
import { activate, active, forget } from "../api/session";
import type { Schema } from "../api/types";
import { prefer, usePreferences } from "../lib/preferences";

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

/** Acts as another session that is kept. Nothing that was asked as the former one stays. */
export function useSwitchSession(): (id: string) => void {
  const queries = useQueryClient();
  const router = useRouter();
  return (id) => {
    activate(id);
    queries.clear();
    void router.navigate({ to: "/" }).then(() => router.invalidate());
  };
}

/** Forgets the active session on this browser. */
export function useSignOut(): () => void {
  const queries = useQueryClient();
  const router = useRouter();
  return () => {
    const session = active();
    if (session) forget(session.id);
    queries.clear();
    void router.navigate({ to: "/sign-in" }).then(() => router.invalidate());
  };
}
