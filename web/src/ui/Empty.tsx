import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { useText } from "../i18n/i18n";
import styles from "./Empty.module.css";

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  /** What to do next. */
  children: ReactNode;
  actions?: ReactNode;
}

/** Says that there is nothing yet, and what to do next. */
export function Empty({ icon: Icon, title, children, actions }: EmptyProps) {
  return (
    <div className={styles.empty}>
      <Icon size={32} strokeWidth={1.5} aria-hidden />
      <h2>{title}</h2>
      <p className={styles.text}>{children}</p>
      {actions}
    </div>
  );
}

/** Stands where something is about to be, so that nothing jumps. */
export function Loading({ lines = 4 }: { lines?: number }) {
  const { t } = useText();
  const widths = ["62%", "88%", "74%", "45%"];
  return (
    <div className={styles.lines} role="status" aria-label={t("common.loading")}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className={styles.skeleton} style={{ width: widths[line % widths.length] }} aria-hidden />
      ))}
    </div>
  );
}
