/** A way into a document: names of fields and places in lists. */
export type Path = readonly (string | number)[];

/** Reads `spec.links[0].rtt`. Names may hold hyphens and slashes; dots part them. */
export function parsePath(text: string): Path {
  return text
    .split(".")
    .flatMap((part) => part.split(/[[\]]/).filter(Boolean))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
