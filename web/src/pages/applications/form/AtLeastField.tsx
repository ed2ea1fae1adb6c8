import { useText } from "../../../i18n/i18n";
import { valueText } from "../../../lib/offers";
import fields from "../../../ui/Field.module.css";
import { TextField } from "../../../ui/Field";
import { classes } from "../../../ui/Layout";
import { useId } from "react";
import styles from "./AtLeastField.module.css";

interface AtLeastFieldProps {
  label: string;
  value: unknown;
  units: readonly string[];
  onChange: (value: string | undefined) => void;
}

/** Reads `>= 4 GiB`; nothing when it is written in another way. */
export function readAtLeast(value: unknown, units: readonly string[]): { number: string; unit: string } | undefined {
  if (value === undefined || value === null || value === "") return { number: "", unit: units[0] ?? "" };
  const match = /^\s*(?:>=\s*)?(\d+(?:\.\d+)?)\s*([A-Za-z%]*)\s*$/.exec(valueText(value));
  const unit = match?.[2] ?? "";
  if (!match || !(units.includes(unit) || (units.length === 0 && unit === ""))) return undefined;
  return { number: match[1] ?? "", unit };
}

/** At least so many of a unit. What is written in another way, such as a range, is shown as the text that it is. */
export function AtLeastField({ label, value, units, onChange }: AtLeastFieldProps) {
  const { t } = useText();
  const id = useId();
  const read = readAtLeast(value, units);
  if (!read) {
    return (
      <TextField
        label={label}
        value={valueText(value)}
        onChange={({ target }) => onChange(target.value || undefined)}
      />
    );
  }
  const write = (number: string, unit: string) =>
    onChange(number === "" ? undefined : `>= ${[number, unit].filter(Boolean).join(" ")}`);
  return (
    <div className={fields.field}>
      <label className={fields.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.pair}>
        <span className={styles.sign} aria-hidden>
          ≥
        </span>
        <input
          id={id}
          className={classes(fields.input, styles.number)}
          type="number"
          min={0}
          step="any"
          inputMode="decimal"
          value={read.number}
          onChange={({ target }) => write(target.value, read.unit)}
        />
        {units.length > 0 ? (
          <select
            className={classes(fields.input, styles.unit)}
            aria-label={t("describe.unitOf", { name: label })}
            value={read.unit}
            onChange={({ target }) => write(read.number, target.value)}
          >
            {units.map((unit) => (
              <option key={unit}>{unit}</option>
            ))}
          </select>
        ) : null}
      </div>
    </div>
  );
}
