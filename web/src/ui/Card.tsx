import { Link, type LinkProps } from "@tanstack/react-router";
import { useId, type ReactNode } from "react";
import styles from "./Card.module.css";
import { classes } from "./Layout";

interface CardProps {
  title?: ReactNode;
  actions?: ReactNode;
  /** Whether the content reaches the edges, as tables and maps do. */
  flush?: boolean;
  chosen?: boolean;
  children: ReactNode;
}

/** A part of a page with a heading of its own. */
export function Card({ title, actions, flush = false, chosen = false, children }: CardProps) {
  const heading = useId();
  return (
    <section className={classes(styles.card, chosen && styles.chosen)} aria-labelledby={title ? heading : undefined}>
      {title || actions ? (
        <header className={styles.head}>
          {title ? <h2 id={heading}>{title}</h2> : <span />}
          {actions}
        </header>
      ) : null}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}

interface StatProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  /** Where the list is that proves the number. */
  to?: LinkProps["to"];
}

/** One number, what it is, and the way to what proves it. */
export function Stat({ label, value, note, to }: StatProps) {
  const content = (
    <>
      <span className={styles.statLabel}>{label}</span>
      <span className={styles.statValue}>{value}</span>
      {note ? <span className="muted small">{note}</span> : null}
    </>
  );
  return (
    <div className={styles.card}>
      {to ? (
        <Link className={styles.stat} to={to}>
          {content}
        </Link>
      ) : (
        <div className={styles.stat}>{content}</div>
      )}
    </div>
  );
}
