import { Plus, X } from "lucide-react";
import { useId, useState } from "react";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { CheckField, FieldGroup, SelectField, TextArea, TextField } from "../../ui/Field";
import { Grid, Row, Stack } from "../../ui/Layout";
import type { Answer, Answers, Field } from "./steps";
import { hundredths, percentText } from "./steps";
import styles from "./Fields.module.css";
import { KindsField } from "./KindsField";
import { SovereigntyField } from "./SovereigntyField";

interface FieldsProps {
  fields: readonly Field[];
  value: Answers;
  onChange: (value: Answers) => void;
  /** What is wrong, by the path of the field. */
  wrong: ReadonlyMap<string, string>;
  path?: string;
}

/** The fields of a step, or of a part of it. */
export function Fields({ fields, value, onChange, wrong, path = "" }: FieldsProps) {
  const wide = new Set<Field["type"]>(["group", "records", "kinds", "answers", "words", "choices"]);
  const one = (field: Field) => (
    <OneField
      key={field.key}
      field={field}
      value={value[field.key]}
      onChange={(next) => onChange({ ...value, [field.key]: next })}
      wrong={wrong}
      path={path ? `${path}.${field.key}` : field.key}
    />
  );
  return (
    <Stack gap={4}>
      <Grid column="15rem" gap={4}>
        {fields.filter(({ type }) => !wide.has(type)).map(one)}
      </Grid>
      {fields.filter(({ type }) => wide.has(type)).map(one)}
    </Stack>
  );
}

interface OneFieldProps {
  field: Field;
  value: Answer;
  onChange: (value: Answer) => void;
  wrong: ReadonlyMap<string, string>;
  path: string;
}

function OneField({ field, value, onChange, wrong, path }: OneFieldProps) {
  const { t, maybe, format } = useText();
  const label = maybe(`onboarding.field.${field.key}`, field.key);
  const hint = maybe(`onboarding.hint.${field.key}`, "") || undefined;
  const said = { label, hint, error: wrong.get(path) };
  switch (field.type) {
    case "text":
      return <TextField {...said} value={textOf(value)} onChange={({ target }) => onChange(target.value)} />;
    case "country": {
      const code = textOf(value);
      return (
        <TextField
          {...said}
          hint={code.length === 2 ? format.country(code) : t("provider.countryHint")}
          maxLength={2}
          value={code}
          onChange={({ target }) => onChange(target.value.toUpperCase())}
        />
      );
    }
    case "number":
      return (
        <TextField
          {...said}
          type="number"
          min={0}
          value={typeof value === "number" ? value : ""}
          onChange={({ target }) => onChange(target.value === "" ? undefined : Math.trunc(Number(target.value)))}
        />
      );
    case "date":
      return (
        <TextField
          {...said}
          type="date"
          value={textOf(value).slice(0, 10)}
          onChange={({ target }) => onChange(target.value && `${target.value}T00:00:00Z`)}
        />
      );
    case "flag":
      return (
        <SelectField
          {...said}
          value={typeof value === "boolean" ? String(value) : ""}
          onChange={({ target }) => onChange(target.value === "" ? undefined : target.value === "true")}
          choices={[
            { value: "", label: t("onboarding.notSaid") },
            { value: "true", label: t("common.yes") },
            { value: "false", label: t("common.no") },
          ]}
        />
      );
    case "choice":
      return (
        <SelectField
          {...said}
          value={textOf(value)}
          onChange={({ target }) => onChange(target.value)}
          choices={[
            { value: "", label: t("onboarding.notSaid") },
            ...field.of.map((one) => ({ value: one, label: maybe(`onboarding.choice.${one}`, one) })),
          ]}
        />
      );
    case "percent":
      return <Percent {...said} value={value} onChange={onChange} />;
    case "countries":
      return <Listed {...said} value={value} onChange={onChange} parse={countryCodes} join=", " />;
    case "words":
      return <Words {...said} none={field.none} value={value} onChange={onChange} />;
    case "choices":
      return <Choices label={label} field={field} value={value} onChange={onChange} error={said.error} />;
    case "group":
      return (
        <fieldset className={styles.group}>
          <legend>{label}</legend>
          <Wrong text={said.error} />
          <Fields
            fields={field.fields}
            value={isRecord(value) ? value : {}}
            onChange={onChange}
            wrong={wrong}
            path={path}
          />
        </fieldset>
      );
    case "records":
      return <Records field={field} label={label} value={value} onChange={onChange} wrong={wrong} path={path} />;
    case "kinds":
      return (
        <KindsField
          label={label}
          fields={field.fields}
          value={isRecord(value) ? value : {}}
          onChange={onChange}
          wrong={wrong}
          path={path}
        />
      );
    case "answers":
      return <SovereigntyField value={isRecord(value) ? value : {}} onChange={onChange} />;
  }
}

export function isRecord(value: Answer): value is Answers {
  return typeof value === "object" && !Array.isArray(value);
}

const textOf = (value: Answer) => (typeof value === "string" ? value : "");
const listOf = (value: Answer) => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);
const countryCodes = (text: string) => text.toUpperCase().match(/[A-Z]{2,}/g) ?? [];
const lines = (text: string) =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);

interface Typed {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  value: Answer;
  onChange: (value: Answer) => void;
}

function Wrong({ text }: { text: string | undefined }) {
  return text ? (
    <span className={styles.wrong} role="alert">
      {text}
    </span>
  ) : null;
}

/** Keeps what is typed as it is typed, and passes on what it means. */
function Percent({ value, onChange, ...said }: Typed) {
  const [typed, setTyped] = useState(typeof value === "number" ? percentText(value) : "");
  return (
    <TextField
      {...said}
      inputMode="decimal"
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(hundredths(target.value));
      }}
    />
  );
}

function Listed({
  value,
  onChange,
  parse,
  join,
  ...said
}: Typed & { parse: (text: string) => string[]; join: string }) {
  const [typed, setTyped] = useState(listOf(value).join(join));
  return (
    <TextField
      {...said}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(parse(target.value));
      }}
    />
  );
}

function NoneOf({ value, onChange }: { value: Answer; onChange: (value: Answer) => void }) {
  const { t } = useText();
  const none = Array.isArray(value) && value.length === 0;
  return (
    <CheckField
      label={t("onboarding.none")}
      checked={none}
      onChange={({ target }) => onChange(target.checked ? [] : undefined)}
    />
  );
}

function Words({ value, onChange, none, hint, ...said }: Typed & { none?: true | undefined }) {
  const { t } = useText();
  const [typed, setTyped] = useState(listOf(value).join("\n"));
  return (
    <Stack gap={1}>
      <TextArea
        {...said}
        hint={hint ?? t("onboarding.oneALine")}
        rows={2}
        value={typed}
        onChange={({ target }) => {
          setTyped(target.value);
          const found = lines(target.value);
          onChange(found.length > 0 ? found : undefined);
        }}
      />
      {none && lines(typed).length === 0 ? <NoneOf value={value} onChange={onChange} /> : null}
    </Stack>
  );
}

interface ChoicesProps {
  label: string;
  field: Extract<Field, { type: "choices" }>;
  value: Answer;
  onChange: (value: Answer) => void;
  error: string | undefined;
}

function Choices({ label, field, value, onChange, error }: ChoicesProps) {
  const { maybe } = useText();
  const chosen = listOf(value);
  return (
    <FieldGroup label={label}>
      {field.of.map((one) => (
        <CheckField
          key={one}
          label={maybe(`onboarding.choice.${one}`, one)}
          checked={chosen.includes(one)}
          onChange={({ target }) => {
            const next = target.checked ? [...chosen, one] : chosen.filter((other) => other !== one);
            onChange(next.length > 0 ? next : undefined);
          }}
        />
      ))}
      {field.none && chosen.length === 0 ? <NoneOf value={value} onChange={onChange} /> : null}
      <Wrong text={error} />
    </FieldGroup>
  );
}

interface RecordsProps extends OneFieldProps {
  field: Extract<Field, { type: "records" }>;
  label: string;
}

/** Any number of like things; each has its own frame. */
function Records({ field, label, value, onChange, wrong, path }: RecordsProps) {
  const { t } = useText();
  const id = useId();
  const records = Array.isArray(value) ? value.filter(isRecord) : [];
  // Records have no name of their own, so each gets a number when it is made, and keeps it.
  const [numbers, setNumbers] = useState(() => records.map((_, at) => at));
  const put = (next: Answers[]) => onChange(next.length > 0 ? next : undefined);
  return (
    <FieldGroup label={label}>
      <Stack gap={3}>
        <Wrong text={wrong.get(path)} />
        {records.map((record, at) => (
          <fieldset key={`${id}-${numbers[at] ?? at}`} className={styles.group}>
            <legend>
              {label} {at + 1}
            </legend>
            <Fields
              fields={field.fields}
              value={record}
              onChange={(next) => put(records.map((old, other) => (other === at ? next : old)))}
              wrong={wrong}
              path={`${path}[${at}]`}
            />
            <Row justify="end">
              <Button
                small
                look="quiet"
                onClick={() => {
                  setNumbers(numbers.filter((_, other) => other !== at));
                  put(records.filter((_, other) => other !== at));
                }}
              >
                <X size={16} aria-hidden />
                {t("common.remove")}
              </Button>
            </Row>
          </fieldset>
        ))}
        {field.none && records.length === 0 ? <NoneOf value={value} onChange={onChange} /> : null}
        <Row>
          <Button
            small
            onClick={() => {
              setNumbers([...numbers, Math.max(-1, ...numbers) + 1]);
              put([...records, {}]);
            }}
          >
            <Plus size={16} aria-hidden />
            {t("onboarding.add", { name: label })}
          </Button>
        </Row>
      </Stack>
    </FieldGroup>
  );
}
