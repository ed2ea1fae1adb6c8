/** A request to the public API, as a form is about to make it. */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
}

/** Quotes a word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Stands for what must not be shown: passwords, codes, keys. */
export function placeholder(name: string): string {
  return `<${name}>`;
}

/**
 * What proves who asks. Whoever comes in gets a cookie instead, and what is about the account itself is for that
 * cookie alone: tokens can't do it.
 */
function proof(path: string): string[] {
  const comesIn = /^\/v1\/sign-(in|up)\b/.test(path);
  if (!comesIn && !/^\/v1\/(account|session|device)\b/.test(path)) {
    return [`  --header "authorization: Bearer $HANSA_TOKEN"`];
  }
  return [`  --cookie${comesIn ? "-jar" : ""} "$HANSA_COOKIES"`, `  --header "x-hansa-console: 1"`];
}

/** The request as a call of curl; address and token, or the file of cookies, come from the environment. */
export function curl({ method, path, body }: ApiRequest): string {
  const lines = [
    `curl --fail-with-body${method === "GET" ? "" : ` --request ${method}`} "$HANSA_EXCHANGE"${quoted(path)}`,
    ...proof(path),
  ];
  if (method !== "GET") lines.push(`  --header "idempotency-key: $(uuidgen)"`);
  if (body !== undefined) {
    lines.push(`  --header 'content-type: application/json'`, `  --data ${quoted(JSON.stringify(body))}`);
  }
  return lines.join(" \\\n");
}

/** A command line out of its words. */
export function commandLine(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}
