import { Search } from "lucide-react";
import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";
import styles from "./Field.module.css";
import { classes } from "./Layout";

interface Labelled {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
}

interface Described {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
}

function Labelled({ label, hint, error, children }: Labelled & { children: (described: Described) => ReactNode }) {
  const id = useId();
  const described = [hint ? `${id}-hint` : undefined, error ? `${id}-error` : undefined].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      {hint ? (
        <span className={styles.hint} id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
      {error ? (
        <span className={styles.error} id={`${id}-error`} role="alert">
          {error}
        </span>
      ) : null}
    </div>
  );
}

/** A line of text with its label, a hint, and what is wrong with it. */
export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: Labelled & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => <input {...described} {...rest} className={classes(styles.input, className)} />}
    </Labelled>
  );
}

/** Several lines of text. */
export function TextArea({ label, hint, error, ...rest }: Labelled & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => <textarea {...described} {...rest} className={styles.input} />}
    </Labelled>
  );
}

export interface Choice {
  value: string;
  label: string;
}

/** One of several values; the system's own list, which works with every keyboard, finger and reader. */
export function SelectField({
  label,
  hint,
  error,
  choices,
  ...rest
}: Labelled & SelectHTMLAttributes<HTMLSelectElement> & { choices: Choice[] }) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(described) => (
        <select {...described} {...rest} className={styles.input}>
          {choices.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

/** Something that is so or not. */
export function CheckField({
  label,
  hint,
  ...rest
}: { label: ReactNode; hint?: string } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className={styles.check}>
      <input {...rest} type="checkbox" />
      <span>
        {label}
        {hint ? <span className={classes(styles.hint, "small")}> {hint}</span> : null}
      </span>
    </label>
  );
}

/** A box to search with; `label` is read out, not shown. */
export function SearchField({ label, ...rest }: { label: string } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <div className={styles.search}>
      <Search size={16} aria-hidden />
      <input {...rest} type="search" aria-label={label} placeholder={label} className={styles.input} />
    </div>
  );
}

/** Fields that belong together. */
export function FieldGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className={styles.field}>
      <legend className={styles.label}>{label}</legend>
      {children}
    </fieldset>
  );
}
