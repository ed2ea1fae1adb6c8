import { Link, type LinkProps } from "@tanstack/react-router";
import { useEffect, type ReactNode } from "react";
import { useText } from "../i18n/i18n";
import { Row, Stack } from "./Layout";
import styles from "./Page.module.css";

interface PageProps {
  title: string;
  /** What is beside the title, such as a state. */
  mark?: ReactNode;
  lead?: ReactNode;
  above?: { label: string; to: LinkProps["to"] };
  actions?: ReactNode;
  children: ReactNode;
}

/** A page: its title, where it belongs, what can be done, and its parts. */
export function Page({ title, mark, lead, above, actions, children }: PageProps) {
  const { t } = useText();
  useEffect(() => {
    document.title = `${title} · Hansa`;
  }, [title]);
  return (
    <Stack gap={5}>
      <header className={styles.head}>
        <div className={styles.titles}>
          {above ? (
            <nav className={styles.crumbs} aria-label={t("shell.breadcrumbs")}>
              <Link to={above.to}>{above.label}</Link>
              <span aria-hidden>/</span>
            </nav>
          ) : null}
          <Row gap={3}>
            <h1>{title}</h1>
            {mark}
          </Row>
          {lead ? <p className="muted">{lead}</p> : null}
        </div>
        {actions ? <Row>{actions}</Row> : null}
      </header>
      {children}
    </Stack>
  );
}
