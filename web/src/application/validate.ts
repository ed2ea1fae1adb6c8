import type { Schema as JsonSchema } from "@cfworker/json-schema";
import type { ProblemBody } from "../api/problem";
import { locate, type Mistake, type Parsed } from "./document";
import { parsePath, type Path } from "./path";

/** A field that the exchange says is wrong, and why. */
export interface FieldMistake {
  path: Path;
  message: string;
}

const beginning = /(?:^|; |: )((?:apiVersion|kind|metadata|spec)(?:\.[^\s:;.[\]]+|\[\d+\])*): /g;

/** The fields that a refusal names. An exchange may tell several in one message, each begun by its path. */
export function fieldMistakes({ errors, detail }: Pick<ProblemBody, "errors" | "detail">): FieldMistake[] {
  const messages = errors?.length
    ? errors.map(({ field, message }) => ({ field, message }))
    : [{ field: "", message: detail }];
  return messages.flatMap(({ field, message }) => {
    const found = [...message.matchAll(beginning)];
    if (found.length === 0) return [{ path: parsePath(field.replace(/^application\.?/, "")), message }];
    return found.map((match, index) => {
      const end = found[index + 1]?.index ?? message.length;
      return { path: parsePath(match[1] ?? ""), message: message.slice(match.index + match[0].length, end) };
    });
  });
}

/** Mistakes in fields as places in the text. */
export function placed({ document }: Parsed, mistakes: readonly FieldMistake[]): Mistake[] {
  return mistakes.map(({ path, message }) => ({
    ...locate(document, path),
    message: path.length > 0 ? `${path.join(".")}: ${message}` : message,
  }));
}

/**
 * What the published schema finds, without asking anybody. It interprets the schema instead of compiling it, because
 * the console runs without `eval`.
 */
export async function schemaMistakes(parsed: Parsed, schema: unknown): Promise<Mistake[]> {
  const { Validator } = await import("@cfworker/json-schema");
  const { valid, errors } = new Validator(schema as JsonSchema, "2020-12", false).validate(parsed.value);
  if (valid) return [];
  const telling = errors.filter(
    ({ keyword }) => !["if", "allOf", "properties", "anyOf", "additionalProperties", "$ref"].includes(keyword),
  );
  const seen = new Set<string>();
  return telling.flatMap(({ instanceLocation, error }) => {
    const path = parsePath(instanceLocation.replace(/^#\/?/, "").replaceAll("/", "."));
    const key = path.join(".");
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...locate(parsed.document, path), message: `${key}: ${error}` }];
  });
}
