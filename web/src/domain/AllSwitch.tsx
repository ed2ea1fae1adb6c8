import { useText } from "../i18n/i18n";
import { Switcher } from "../ui/Tabs";

interface AllSwitchProps {
  /** What the narrower list is called. */
  some: string;
  all: boolean;
  onChange: (all: boolean) => void;
}

/** Narrows a list to what waits for somebody, or shows all of it. */
export function AllSwitch({ some, all, onChange }: AllSwitchProps) {
  const { t } = useText();
  return (
    <Switcher
      label={t("common.filter")}
      value={all ? "all" : "some"}
      onChange={(next) => onChange(next === "all")}
      options={[
        { value: "some", label: some },
        { value: "all", label: t("common.all") },
      ]}
    />
  );
}
