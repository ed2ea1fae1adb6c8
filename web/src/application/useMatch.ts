import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { api, body } from "../api/client";
import { mayPass, Problem } from "../api/problem";
import { applicationSchema } from "../api/queries";
import type { Schema } from "../api/types";
import type { Mistake, Parsed } from "./document";
import type { ApplicationValue } from "./types";
import { fieldMistakes, placed, schemaMistakes } from "./validate";

export type MatchOutcome = Schema<"MatchOutcome">;
export type Package = Schema<"Package">;

/** What the market has for an application. Nothing is kept or reserved by asking. */
export const matched = (application: ApplicationValue, orderableOnly: boolean) =>
  queryOptions<MatchOutcome>({
    queryKey: ["match", JSON.stringify(application), orderableOnly],
    queryFn: ({ signal }) =>
      body(
        api.POST("/v1/match", {
          body: { application: application as Record<string, unknown>, orderableOnly },
          signal,
        }),
      ),
    retry: (failures, error) => failures < 2 && mayPass(error),
    staleTime: 20_000,
    placeholderData: keepPreviousData,
  });

/** What is wrong with a text: that it can't be read, else what the exchange says, else what the schema says. */
export function useMistakes(parsed: Parsed, refusal: Error | null): Mistake[] {
  const schema = useQuery(applicationSchema()).data;
  const local = useQuery({
    queryKey: ["schema", "mistakes", parsed.text],
    queryFn: () => schemaMistakes(parsed, schema),
    enabled: schema !== undefined && parsed.mistakes.length === 0,
    staleTime: Infinity,
    gcTime: 10_000,
  }).data;
  if (parsed.mistakes.length > 0) return parsed.mistakes;
  if (refusal instanceof Problem && refusal.status === 400) return placed(parsed, fieldMistakes(refusal.body));
  return local ?? [];
}
