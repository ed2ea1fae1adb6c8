import { useQuery } from "@tanstack/react-query";
import { sites } from "../api/queries";
import type { Schema } from "../api/types";

/** The site with this identifier, from the list that the console keeps. */
export function useSite(id: string): Schema<"Site"> | undefined {
  return useQuery(sites()).data?.find((site) => site.id === id);
}
