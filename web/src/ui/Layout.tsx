import type { CSSProperties, ReactNode } from "react";
import styles from "./Layout.module.css";

export type Gap = 1 | 2 | 3 | 4 | 5 | 6;

const gaps: Record<Gap, string | undefined> = {
  1: styles.gap1,
  2: styles.gap2,
  3: styles.gap3,
  4: styles.gap4,
  5: styles.gap5,
  6: styles.gap6,
};

/** Joins class names, leaving out what is not set. */
export function classes(...names: (string | false | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}

/** Things below each other. */
export function Stack({ gap = 4, className, children }: { gap?: Gap; className?: string; children: ReactNode }) {
  return <div className={classes(styles.stack, gaps[gap], className)}>{children}</div>;
}

interface RowProps {
  gap?: Gap;
  justify?: "start" | "between" | "end";
  className?: string;
  children: ReactNode;
}

/** Things beside each other, wrapped where there is no room. */
export function Row({ gap = 2, justify = "start", className, children }: RowProps) {
  const justified = justify === "start" ? undefined : styles[justify];
  return <div className={classes(styles.row, gaps[gap], justified, className)}>{children}</div>;
}

/** Equal columns, as many as fit; `column` is the least width of one. */
export function Grid({ gap = 4, column = "16rem", children }: { gap?: Gap; column?: string; children: ReactNode }) {
  return (
    <div className={classes(styles.grid, gaps[gap])} style={{ "--column": column } as CSSProperties}>
      {children}
    </div>
  );
}

/** A wide part with a narrow one beside it, or two even ones; below each other on a phone. */
export function Split({ gap = 5, even = false, children }: { gap?: Gap; even?: boolean; children: ReactNode }) {
  return <div className={classes(styles.split, even && styles.even, gaps[gap])}>{children}</div>;
}
