import type { Messages } from "./messages/en";

/** The official languages of the Union by their own names; those with messages are offered. */
export const names = {
  bg: "Български",
  cs: "Čeština",
  da: "Dansk",
  de: "Deutsch",
  el: "Ελληνικά",
  en: "English",
  es: "Español",
  et: "Eesti",
  fi: "Suomi",
  fr: "Français",
  ga: "Gaeilge",
  hr: "Hrvatski",
  hu: "Magyar",
  it: "Italiano",
  lt: "Lietuvių",
  lv: "Latviešu",
  mt: "Malti",
  nl: "Nederlands",
  pl: "Polski",
  pt: "Português",
  ro: "Română",
  sk: "Slovenčina",
  sl: "Slovenščina",
  sv: "Svenska",
} as const;

export type Language = keyof typeof names;

/** How the messages of each translated language are loaded. A new language is one line here and one folder. */
export const translations: Partial<Record<Language, () => Promise<{ default: Messages }>>> = {
  en: () => import("./messages/en"),
  de: () => import("./messages/de"),
};

export const offered = (Object.keys(names) as Language[]).filter((language) => language in translations);

/** The first wish that there is a translation for; English otherwise. */
export function preferred(wishes: readonly string[]): Language {
  const languages = wishes.map((wish) => wish.split("-")[0] as Language);
  return languages.find((language) => language in translations) ?? "en";
}

/** The language that a reader chose; else the first that the browser wishes for. */
export function chosen(language: Language | undefined): Language {
  return language ?? preferred(navigator.languages);
}

export async function loadMessages(language: Language): Promise<Messages> {
  const load = translations[language] ?? translations.en;
  if (!load) throw new Error(`there are no messages in ${names[language]}`);
  return (await load()).default;
}
