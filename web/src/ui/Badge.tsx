import type { ReactNode } from "react";
import styles from "./Badge.module.css";
import { classes } from "./Layout";

/** What a colour means, everywhere: well, look at it, wrong, at work, a fact. */
export type Tone = "plain" | "good" | "warn" | "bad" | "wait" | "accent";

/** A word with a meaning. `dot` marks states, so that they are told apart from facts without colour too. */
export function Badge({ tone = "plain", dot = false, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return (
    <span className={classes(styles.badge, tone !== "plain" && styles[tone])}>
      {dot ? <span className={styles.dot} aria-hidden /> : null}
      {children}
    </span>
  );
}
