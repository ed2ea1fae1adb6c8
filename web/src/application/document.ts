import { isMap, isNode, isPair, isScalar, isSeq, parseDocument, type Document } from "yaml";
import type { Path } from "./path";
import type { ApplicationValue } from "./types";

/** Something that is wrong in a text, between two places in it. */
export interface Mistake {
  from: number;
  to: number;
  message: string;
}

/** An application as it is written, and as it is meant. */
export interface Parsed {
  text: string;
  document: Document;
  value: ApplicationValue;
  mistakes: Mistake[];
}

const plain = { lineWidth: 0, flowCollectionPadding: true } as const;

/** Reads a text. What can't be read is told; the value is then what could be. */
export function parseApplication(text: string): Parsed {
  const document = parseDocument(text, { strict: true });
  const mistakes = document.errors.map(({ pos: [from, to], message }) => ({
    from,
    to: Math.max(to, from + 1),
    message: (message.split(/ at line|\n/)[0] ?? message).trim(),
  }));
  const value: unknown = mistakes.length === 0 ? document.toJS() : undefined;
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return { text, document, value: isObject ? value : {}, mistakes };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === "" || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}

/**
 * The text with one field changed; comments and everything else stay as they are written. A value without content
 * takes the field away, and the fields around it that are empty then.
 */
export function edited(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text);
  if (!isEmpty(value)) {
    document.setIn(path, document.createNode(value));
    return document.toString(plain);
  }
  for (let length = path.length; length > 1; length -= 1) {
    const at = path.slice(0, length);
    const inside = document.getIn(at);
    if (length < path.length && !((isMap(inside) || isSeq(inside)) && inside.items.length === 0)) break;
    document.deleteIn(at);
  }
  return document.toString(plain);
}

/** The text with a component or another entry of a map under another name, and links following it. */
export function renamedComponent(text: string, from: string, to: string): string {
  const document = parseDocument(text);
  const components = document.getIn(["spec", "components"]);
  if (!isMap(components) || components.has(to)) return text;
  const pair = components.items.find(({ key }) => isScalar(key) && key.value === from);
  if (!pair) return text;
  pair.key = document.createNode(to);
  const links = document.getIn(["spec", "links"]);
  if (isSeq(links)) {
    for (const link of links.items) {
      if (!isMap(link)) continue;
      for (const end of ["from", "to"]) if (link.get(end) === from) link.set(end, to);
    }
  }
  return document.toString(plain).replaceAll(`\${${from}.`, `\${${to}.`);
}

/** Where a field stands in the text; where the innermost field around it stands when it is not there. */
export function locate(document: Document, path: Path): { from: number; to: number } {
  for (let length = path.length; length > 0; length -= 1) {
    const parent: unknown = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
      if (isPair(pair) && isNode(pair.key) && pair.key.range) {
        const [from, to] = pair.key.range;
        const whole = length === path.length && isScalar(pair.value) && pair.value.range ? pair.value.range[1] : to;
        return { from, to: whole };
      }
    } else if (isSeq(parent) && typeof last === "number") {
      const item = parent.items[last];
      if (isNode(item) && item.range) return { from: item.range[0], to: item.range[1] };
    }
  }
  return { from: 0, to: Math.min(1, document.contents?.range?.[1] ?? 1) };
}
