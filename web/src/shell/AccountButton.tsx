import type { ButtonHTMLAttributes, Ref } from "react";
import { useIdentity } from "../app/identity";
import { useText } from "../i18n/i18n";
import styles from "./Shell.module.css";

/** Who one is, as a button that opens the account's menu. */
export function AccountButton(rest: ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> }) {
  const { t } = useText();
  const { member, participant } = useIdentity();
  const initials = member.name
    .split(/\s+/)
    .map((word) => word[0])
    .slice(0, 2)
    .join("");
  return (
    <button type="button" {...rest} className={styles.person} aria-label={t("shell.account", { name: member.name })}>
      <span className={styles.face} aria-hidden>
        {initials}
      </span>
      <span className={styles.who}>
        <strong>{member.name}</strong>
        <span className="muted">{participant.legalName}</span>
      </span>
    </button>
  );
}
