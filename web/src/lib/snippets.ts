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

/** The request as a call of curl; address and token come from the environment. */
export function curl({ method, path, body }: ApiRequest): string {
  const lines = [
    `curl --fail-with-body${method === "GET" ? "" : ` --request ${method}`} "$HANSA_EXCHANGE"${quoted(path)}`,
    `  --header "authorization: Bearer $HANSA_TOKEN"`,
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
