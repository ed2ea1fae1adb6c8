import type { Schema } from "../../api/types";

/** A fact as it is typed. */
export interface TypedFact {
  name: string;
  value: string;
}

/** What a typed value means: yes or no, a whole number, or a text; as the command line reads it. */
export function factValue(typed: string): Schema<"FactValue"> {
  const text = typed.trim();
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

/** The claims that facts make, and whether nobody works for the participant. */
export function claimsOf(facts: readonly TypedFact[], alone: boolean): Schema<"Claim">[] {
  const said = facts.filter(({ name, value }) => name.trim() !== "" && value.trim() !== "");
  const claims: Schema<"Claim">[] = said.map(({ name, value }) => ({
    claim: "fact",
    name: name.trim(),
    value: factValue(value),
  }));
  return alone ? [...claims, { claim: "noSubcontractors" }] : claims;
}
