import { useText } from "../i18n/i18n";
import { SelectField } from "../ui/Field";
import type { State } from "./states";

interface StateFieldProps<One extends State> {
  states: readonly One[];
  value: One | undefined;
  onChange: (state: One | undefined) => void;
}

/** Narrows a list to what is in one state. */
export function StateField<One extends State>({ states, value, onChange }: StateFieldProps<One>) {
  const { t } = useText();
  return (
    <SelectField
      label={t("common.state")}
      value={value ?? ""}
      onChange={({ target }) => onChange(states.find((one) => one === target.value))}
      choices={[
        { value: "", label: t("common.all") },
        ...states.map((one) => ({ value: one, label: t(`state.${one}`) })),
      ]}
    />
  );
}
