import createClient, { type Middleware } from "openapi-fetch";
import { Problem, Unreachable, problemFrom } from "./problem";
import { askForProof } from "./proof";
import type { paths } from "./schema";
import { doubtSession } from "./session";

const changing = new Set(["POST", "PATCH", "DELETE"]);
const key = "idempotency-key";

/** The last change whose answer was lost: nobody knows whether it was made. Asked for again, it is the same request. */
let lost: { change: string; key: string } | undefined;
const changes = new Map<string, string>();

/** A change that is asked for again, by the browser, a proxy or a person without an answer, is made once. */
const once: Middleware = {
  async onRequest({ request, id }) {
    if (!changing.has(request.method) || request.headers.has(key)) return request;
    const change = `${request.method} ${request.url} ${await request.clone().text()}`;
    request.headers.set(key, lost?.change === change ? lost.key : crypto.randomUUID());
    changes.set(id, change);
    return request;
  },
  onResponse({ id }) {
    // Who gets an answer and then asks for the same once more means it anew.
    if (changes.delete(id)) lost = undefined;
  },
  onError({ request, id }) {
    const change = changes.get(id);
    changes.delete(id);
    if (change !== undefined) lost = { change, key: request.headers.get(key) ?? "" };
  },
};

const spares = new Map<string, Request>();

/** What is refused for want of a fresh proof is sent again once the proof was given. */
const proven: Middleware = {
  onRequest({ request, id }) {
    if (changing.has(request.method)) spares.set(id, request.clone());
    return request;
  },
  async onResponse({ response, id }) {
    const spare = spares.get(id);
    spares.delete(id);
    if (!spare || response.status !== 403 || !(await wantsProof(response.clone()))) return response;
    if (!(await askForProof())) return response;
    spare.headers.set(key, crypto.randomUUID());
    return fetch(spare);
  },
  onError({ id }) {
    spares.delete(id);
  },
};

async function wantsProof(response: Response): Promise<boolean> {
  const told: unknown = await response.json().catch(() => undefined);
  return problemFrom(response, told).code === "proof-needed";
}

/** The public API, with the types of its own document. The browser adds the session's cookie to what is asked. */
export const api = createClient<paths>({ baseUrl: globalThis.location.origin });
api.use(once, proven);

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of an answer; throws a `Problem` or `Unreachable`. */
export async function body<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request.catch((cause: unknown) => {
    throw cause instanceof DOMException && cause.name === "AbortError" ? cause : new Unreachable(cause);
  });
  if (response.ok) return data as T;
  const problem = problemFrom(response, error);
  if (problem.status === 401) doubtSession();
  throw problem;
}

/** Whether it was refused because nobody is signed in. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}
