/** A text, or one for each plural form that the language has, chosen by the parameter `count`. */
export type Message = string | (Partial<Record<Intl.LDMLPluralRule, string>> & { other: string });

export type Parameters = Record<string, string | number>;

/** Picks the plural form and fills in what stands in braces. */
export function render(message: Message, parameters: Parameters, plural: Intl.PluralRules): string {
  const text = typeof message === "string" ? message : chosen(message, parameters, plural);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(parameters[name] ?? whole));
}

function chosen(message: Exclude<Message, string>, parameters: Parameters, plural: Intl.PluralRules): string {
  return message[plural.select(Number(parameters.count ?? 0))] ?? message.other;
}

/** The names of the parameters that a message takes. */
export function parametersOf(message: Message): string[] {
  const texts = typeof message === "string" ? [message] : Object.values(message);
  return [...new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "")))].sort();
}
