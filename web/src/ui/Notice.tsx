import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import styles from "./Notice.module.css";
import { classes } from "./Layout";

const icons = { good: CircleCheck, warn: TriangleAlert, bad: CircleAlert, accent: Info };

interface NoticeProps {
  tone: keyof typeof icons;
  title: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** Something to know: what it is, why, and what to do next. */
export function Notice({ tone, title, children, actions }: NoticeProps) {
  const Icon = icons[tone];
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === "bad" ? "alert" : undefined}>
      <Icon size={18} aria-hidden />
      <div className={styles.content}>
        <span className={styles.title}>{title}</span>
        {children}
        {actions}
      </div>
    </div>
  );
}
