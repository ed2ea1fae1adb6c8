import { useEffect, type ReactNode } from "react";
import { Logo } from "../../shell/Logo";
import { Card } from "../../ui/Card";
import styles from "./Entrance.module.css";

interface EntranceProps {
  title: string;
  lead?: ReactNode;
  foot?: ReactNode;
  children: ReactNode;
}

/** A page outside the shell, for those who come in. */
export function Entrance({ title, lead, foot, children }: EntranceProps) {
  useEffect(() => {
    document.title = `${title} · Hansa`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.box}>
        <div className={styles.brand}>
          <Logo size={52} />
          <h1>{title}</h1>
          {lead ? <p className="muted">{lead}</p> : null}
        </div>
        <Card>{children}</Card>
        {foot ? <div className={styles.foot}>{foot}</div> : null}
      </div>
    </main>
  );
}

/** Fields below each other that are sent together. */
export function Form({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}

/** A line with a word in it, between two ways. */
export function Or({ children }: { children: ReactNode }) {
  return (
    <div className={styles.or}>
      <span>{children}</span>
    </div>
  );
}
