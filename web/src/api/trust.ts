// What the console asks of trust: levels, evidence, onboarding, reviews.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";
import type { Schema } from "./types";

const first = undefined as string | undefined;
const nextOf = (page: { next?: string | null }) => page.next ?? undefined;

export const participantTrust = (participant: string) =>
  queryOptions({
    queryKey: ["trust", participant],
    queryFn: () => body(api.GET("/v1/participants/{participant}/trust", { params: { path: { participant } } })),
  });

export const offerTrust = (offer: string) =>
  queryOptions({
    queryKey: ["trust", "offer", offer],
    queryFn: () => body(api.GET("/v1/offers/{offer}/trust", { params: { path: { offer } } })),
  });

export const ownership = (participant: string) =>
  queryOptions({
    queryKey: ["trust", participant, "ownership"],
    queryFn: () => body(api.GET("/v1/participants/{participant}/ownership", { params: { path: { participant } } })),
  });

export const ruleSets = () =>
  queryOptions({ queryKey: ["rule-sets"], queryFn: () => body(api.GET("/v1/rule-sets")), staleTime: Infinity });

export type Criterion = Schema<"RuleSetCriterion">;

export const criteria = (ruleSet: string, version: string) =>
  queryOptions({
    queryKey: ["rule-sets", ruleSet, version],
    queryFn: async (): Promise<Criterion[]> => {
      const path = { ruleSet, version };
      return (await body(api.GET("/v1/rule-sets/{ruleSet}/{version}", { params: { path } }))).criteria;
    },
    staleTime: Infinity,
  });

export const evidence = (participant?: string) =>
  infiniteQueryOptions({
    queryKey: ["evidence", participant],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/evidence", { params: { query: { participant, limit: 100, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const onboarding = (participant: string) =>
  queryOptions({
    queryKey: ["onboardings", participant],
    queryFn: () => body(api.GET("/v1/participants/{participant}/onboarding", { params: { path: { participant } } })),
  });

export const onboardings = (state?: Schema<"OnboardingState">) =>
  infiniteQueryOptions({
    queryKey: ["onboardings", "in", state],
    initialPageParam: first,
    queryFn: ({ pageParam }) =>
      body(api.GET("/v1/onboardings", { params: { query: { state, limit: 100, cursor: pageParam } } })),
    getNextPageParam: nextOf,
  });

export const trustedIssuers = () =>
  queryOptions({ queryKey: ["trusted-issuers"], queryFn: () => body(api.GET("/v1/trusted-issuers")) });
