import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import styles from "./Overlay.module.css";

interface MenuProps {
  trigger: ReactElement;
  /** Whether it is open when it appears. */
  opened?: boolean;
  children: ReactNode;
}

/** A button that opens a list of things to do or to go to. */
export function Menu({ trigger, opened = false, children }: MenuProps) {
  return (
    <Base.Root defaultOpen={opened}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align="end" sideOffset={6}>
          <Base.Popup className={styles.menu}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export function MenuItem({ onSelect, children }: { onSelect: () => void; children: ReactNode }) {
  return (
    <Base.Item className={styles.item} onClick={onSelect}>
      {children}
    </Base.Item>
  );
}

export function MenuGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Base.Group>
      <Base.GroupLabel className={styles.groupLabel}>{label}</Base.GroupLabel>
      {children}
    </Base.Group>
  );
}

interface MenuChoiceProps {
  label: string;
  value: string;
  choices: readonly { value: string; label: string }[];
  onChoose: (value: string) => void;
}

/** One of several values within a menu. */
export function MenuChoice({ label, value, choices, onChoose }: MenuChoiceProps) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChoose(String(next))}>
      <Base.Group>
        <Base.GroupLabel className={styles.groupLabel}>{label}</Base.GroupLabel>
        {choices.map((choice) => (
          <Base.RadioItem key={choice.value} value={choice.value} className={styles.item}>
            <span aria-hidden>{choice.value === value ? "●" : "○"}</span>
            {choice.label}
          </Base.RadioItem>
        ))}
      </Base.Group>
    </Base.RadioGroup>
  );
}

export function MenuSeparator() {
  return <Base.Separator className={styles.separator} />;
}
