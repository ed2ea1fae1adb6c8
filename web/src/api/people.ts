// What the console asks of accounts, sessions, invitations and devices.
import { queryOptions } from "@tanstack/react-query";
import { api, body } from "./client";

export const signInOptions = () =>
  queryOptions({ queryKey: ["sign-in"], queryFn: () => body(api.GET("/v1/sign-in")), staleTime: Infinity });

/** The session, its person, and everybody for whom that person can act. */
export const session = () => queryOptions({ queryKey: ["session"], queryFn: () => body(api.GET("/v1/session")) });

export const sessions = () =>
  queryOptions({
    queryKey: ["sessions"],
    queryFn: async () => (await body(api.GET("/v1/account/sessions", { params: { query: { limit: 500 } } }))).items,
  });

export const account = () => queryOptions({ queryKey: ["account"], queryFn: () => body(api.GET("/v1/account")) });

export const invitationPreview = (code: string) =>
  queryOptions({
    queryKey: ["invitation", code],
    queryFn: () => body(api.POST("/v1/invitations/preview", { body: { code } })),
    retry: false,
  });

export const device = (code: string) =>
  queryOptions({
    queryKey: ["device", code],
    queryFn: () => body(api.GET("/v1/device/requests/{code}", { params: { path: { code } } })),
    retry: false,
  });
