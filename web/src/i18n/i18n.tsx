import { createContext, use, useMemo, type ReactNode } from "react";
import { formatter, type Formatter } from "../lib/format";
import type { Language } from "./languages";
import { render, type Parameters } from "./message";
import type { Key, Messages } from "./messages/en";

export interface Text {
  language: Language;
  /** The message with this key, in the reader's language. */
  t: (key: Key, parameters?: Parameters) => string;
  /** The message with this key if there is one, for words that come from the API. */
  maybe: (key: string, fallback: string) => string;
  format: Formatter;
}

const Context = createContext<Text | undefined>(undefined);

export function text(language: Language, messages: Messages): Text {
  const plural = new Intl.PluralRules(language);
  const all: Record<string, Messages[Key] | undefined> = messages;
  return {
    language,
    t: (key, parameters = {}) => render(messages[key], parameters, plural),
    maybe: (key, fallback) => {
      const message = all[key];
      return message === undefined ? fallback : render(message, {}, plural);
    },
    format: formatter(locale(language)),
  };
}

/** The reader's own region where it is of the chosen language, so that an Austrian gets Austrian numbers. */
function locale(language: Language): string {
  return navigator.languages.find((wish) => wish.startsWith(language)) ?? (language === "en" ? "en-GB" : language);
}

export function TextProvider({
  language,
  messages,
  children,
}: {
  language: Language;
  messages: Messages;
  children: ReactNode;
}) {
  const value = useMemo(() => text(language, messages), [language, messages]);
  return <Context value={value}>{children}</Context>;
}

/** Messages and formats in the reader's language. */
export function useText(): Text {
  const value = use(Context);
  if (!value) throw new Error("there is no TextProvider above");
  return value;
}
