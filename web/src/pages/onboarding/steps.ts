// What each step of onboarding asks, as data: the form, its labels and what is sent follow from it.
import type { Schema } from "../../api/types";

export type Step = Schema<"OnboardingStep">;

/** A part of what is said; absent when nothing was. */
export type Answer = string | number | boolean | Answer[] | { [key: string]: Answer | undefined } | undefined;
export type Answers = Record<string, Answer>;

interface Named {
  key: string;
}

export type Field = Named &
  (
    | { type: "text" | "country" | "countries" | "number" | "flag" | "date" | "percent" | "answers" }
    /** Words, one a line; where `none` is set, an empty list says that there are none. */
    | { type: "words"; none?: true }
    | { type: "choice"; of: readonly string[] }
    | { type: "choices"; of: readonly string[]; none?: true }
    | { type: "group"; fields: readonly Field[] }
    | { type: "records"; fields: readonly Field[]; none?: true }
    /** A record for each kind of service. */
    | { type: "kinds"; fields: readonly Field[] }
  );

const text = (key: string): Field => ({ key, type: "text" });
const country = (key: string): Field => ({ key, type: "country" });
const countries = (key: string): Field => ({ key, type: "countries" });
const flag = (key: string): Field => ({ key, type: "flag" });
const number = (key: string): Field => ({ key, type: "number" });
const words = (key: string, none?: true): Field => ({ key, type: "words", none });

const address = (key: string): Field => ({
  key,
  type: "group",
  fields: [text("street"), text("postalCode"), text("locality"), text("subdivision"), country("country")],
});

const contact = (key: string): Field => ({
  key,
  type: "group",
  fields: [
    text("name"),
    text("email"),
    text("phone"),
    { key: "available", type: "choice", of: ["business-hours", "every-day", "always"] },
    number("answersWithinHours"),
  ],
});

const charges = (key: string): Field => ({ key, type: "choice", of: ["none", "at-cost"] });

const rights = [
  "appoint-board-majority",
  "veto-budget",
  "veto-business-plan",
  "veto-senior-management",
  "contractual-control",
  "de-facto",
] as const satisfies readonly Schema<"Right">[];

const entityKinds = [
  "company",
  "person",
  "state",
  "fund",
  "foundation",
  "dispersed",
  "unknown",
] as const satisfies readonly Schema<"EntityKind">[];

export const steps: Record<Step, readonly Field[]> = {
  "legal-person": [
    text("legalName"),
    text("legalForm"),
    country("incorporatedIn"),
    country("headquartersIn"),
    country("mainEstablishmentIn"),
    text("website"),
    flag("acceptsGaiaXTerms"),
  ],
  registration: [country("country"), text("vatId"), text("lei"), text("eori"), text("euid"), text("local")],
  address: [address("registered"), address("headquarters")],
  ownership: [
    {
      key: "entities",
      type: "records",
      fields: [
        text("id"),
        text("name"),
        { key: "kind", type: "choice", of: entityKinds },
        country("incorporatedIn"),
        country("headquartersIn"),
        country("mainEstablishmentIn"),
        countries("personalJurisdictions"),
      ],
    },
    {
      key: "holdings",
      type: "records",
      fields: [
        text("owner"),
        text("owned"),
        { key: "capital", type: "percent" },
        { key: "votes", type: "percent" },
        text("jointGroup"),
        { key: "rights", type: "choices", of: rights, none: true },
        text("source"),
      ],
    },
    {
      key: "subcontractors",
      type: "records",
      none: true,
      fields: [
        text("name"),
        text("entity"),
        countries("jurisdictions"),
        { key: "access", type: "choices", of: ["data", "identities"], none: true },
        text("purpose"),
      ],
    },
    text("subcontractorsToldAt"),
  ],
  certificates: [
    {
      key: "held",
      type: "records",
      none: true,
      fields: [
        text("scheme"),
        text("version"),
        text("level"),
        text("body"),
        { key: "validUntil", type: "date" },
        words("sites"),
        { key: "document", type: "group", fields: [text("url"), text("sha256")] },
      ],
    },
  ],
  terms: [
    { key: "documents", type: "records", fields: [text("title"), text("url"), text("sha256"), words("covers")] },
    countries("governingLaw"),
    {
      key: "portability",
      type: "group",
      fields: [words("means"), words("formats"), words("documentations"), text("pricing"), text("deletionTimeframe")],
    },
    flag("noThirdCountryTransfer"),
    words("transferSafeguards"),
    flag("noThirdCountryFallback"),
    flag("noSubProcessors"),
  ],
  contacts: [
    contact("contract"),
    contact("support"),
    contact("security"),
    contact("dataProtection"),
    contact("switching"),
  ],
  "data-act": [
    flag("noObstacles"),
    text("contractUrl"),
    text("notice"),
    number("transitionDays"),
    text("extendedTransition"),
    number("extensionNoticeWorkingDays"),
    number("customerExtensions"),
    number("retrievalDays"),
    flag("erasure"),
    flag("assistance"),
    text("exitPlanUrl"),
    flag("endsOnSwitch"),
    { key: "switchChoices", type: "choices", of: ["switch-provider", "on-premises", "erase"] },
    charges("switchingCharges"),
    text("switchingCostBasis"),
    text("switchingChargesLastDay"),
    charges("parallelEgress"),
    text("feesUrl"),
    flag("costlyToSwitch"),
    text("registerUrl"),
    flag("goodFaith"),
    countries("jurisdictions"),
    text("accessMeasuresUrl"),
    flag("demandsRegister"),
    { key: "lighterDuties", type: "choice", of: ["none", "custom-built", "test"] },
    flag("lighterDutiesTold"),
    words("standards", true),
    {
      key: "kinds",
      type: "kinds",
      fields: [
        words("exportableData"),
        words("exemptData", true),
        words("exportFormats"),
        words("equivalenceMeans"),
        words("openInterfaces"),
      ],
    },
  ],
  sovereignty: [{ key: "answers", type: "answers" }],
};

export const stepNames = Object.keys(steps) as Step[];

/** The name of a step's part of all answers: `legal-person` is `legalPerson` there. */
export function answersOf(all: Partial<Schema<"OnboardingAnswers">>, step: Step): Answers {
  const name = step.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return (all as Record<string, Answers | null | undefined>)[name] ?? {};
}

/** What is sent: without what was left empty. Lists stay where being empty says that there are none. */
export function cleaned(answers: Answers, fields: readonly Field[]): Answers {
  const kept = fields.map((field): [string, Answer] => [field.key, cleanedField(answers[field.key], field)]);
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined));
}

function cleanedField(value: Answer, field: Field): Answer {
  if (value === undefined || value === "") return undefined;
  if (typeof value === "string") return value.trim() || undefined;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) {
    const empty = value.length === 0;
    if (empty) return "none" in field && field.none ? [] : undefined;
    return field.type === "records" ? value.map((one) => cleaned(one as Answers, field.fields)) : value;
  }
  if (field.type === "kinds") {
    const kinds = Object.entries(value).map(([kind, said]) => [kind, cleaned(said as Answers, field.fields)] as const);
    return kinds.length > 0 ? Object.fromEntries(kinds) : undefined;
  }
  const inner = field.type === "group" ? cleaned(value, field.fields) : value;
  return Object.keys(inner).length > 0 ? inner : undefined;
}

/** Every field of all steps, with those within others. */
export function allFields(fields: readonly Field[] = Object.values(steps).flat()): Field[] {
  return fields.flatMap((field) => ("fields" in field ? [field, ...allFields(field.fields)] : [field]));
}

/** A part of a whole as it is typed, `24.5 %`, in hundredths of a percent; nothing when it is no such part. */
export function hundredths(typed: string): number | undefined {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?\s*%?$/.exec(typed.trim());
  if (!found) return undefined;
  const share = Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
  return share <= 10_000 ? share : undefined;
}

export function percentText(share: number): string {
  const rest = share % 100;
  return rest === 0 ? String(share / 100) : `${Math.floor(share / 100)}.${String(rest).padStart(2, "0")}`;
}
