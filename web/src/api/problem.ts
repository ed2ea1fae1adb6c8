import type { Schema } from "./types";

export type ProblemBody = Schema<"Problem">;

/** What the exchange refused, as it told it (RFC 9457). */
export class Problem extends Error {
  readonly body: ProblemBody;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.name = "Problem";
    this.body = body;
  }

  /** The last part of `type`, which never changes and which programs look at. */
  get code(): string {
    return this.body.type.split("/").at(-1) ?? this.body.type;
  }

  get status(): number {
    return this.body.status;
  }
}

/** The exchange could not be reached at all. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the exchange does not answer", { cause });
    this.name = "Unreachable";
  }
}

/** Reads a refusal; what is no problem document, such as a proxy's page, becomes one. */
export function problemFrom(response: Response, body: unknown): Problem {
  if (typeof body === "object" && body !== null && "detail" in body && "type" in body) {
    return new Problem(body as ProblemBody);
  }
  const requestId = response.headers.get("x-request-id");
  return new Problem({
    type: `/problems/http-${response.status}`,
    title: response.statusText,
    status: response.status,
    detail: `${response.status} ${response.statusText}`.trim(),
    requestId,
  });
}

/** What was told as a sentence of its own: with a capital, unless it begins with a field, a name or code. */
export function sentence(told: string): string {
  return /^[a-z]+ /.test(told) ? told.charAt(0).toUpperCase() + told.slice(1) : told;
}

/** Whether asking the same again may help. */
export function mayPass(error: Error): boolean {
  return error instanceof Unreachable || (error instanceof Problem && (error.status === 503 || error.status === 429));
}
