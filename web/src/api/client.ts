import createClient, { type Middleware } from "openapi-fetch";
import { Unreachable, problemFrom } from "./problem";
import type { paths } from "./schema";
import { active, authorize, forget } from "./session";

const changing = new Set(["POST", "PATCH", "DELETE"]);

const identity: Middleware = {
  onRequest({ request }) {
    if (!request.headers.has("authorization")) authorize(request.headers);
    // A request that is sent again by the browser or a proxy has its effect once.
    if (changing.has(request.method) && !request.headers.has("idempotency-key")) {
      request.headers.set("idempotency-key", crypto.randomUUID());
    }
    return request;
  },
};

/** The public API, with the types of its own document. */
export const api = createClient<paths>({ baseUrl: globalThis.location.origin });
api.use(identity);

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
  const session = active();
  if (problem.status === 401 && session) forget(session.id);
  throw problem;
}
