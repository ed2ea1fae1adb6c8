import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { sessionChanged } from "../../api/session";
import { inside } from "../../api/signin";

/** Goes on within the console as whoever has just signed in. */
export function useArrive(to: string | undefined): () => void {
  const router = useRouter();
  const queries = useQueryClient();
  return useCallback(() => {
    sessionChanged();
    queries.clear();
    router.history.push(inside(to));
  }, [queries, router, to]);
}
