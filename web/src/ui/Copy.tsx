import { Check, Copy as CopyIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { useText } from "../i18n/i18n";
import { IconButton } from "./Button";
import styles from "./Copy.module.css";
import { classes } from "./Layout";

/** Puts a text on the clipboard and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      small
      label={copied ? t("common.copied") : (label ?? t("common.copy"))}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {copied ? <Check size={16} aria-hidden /> : <CopyIcon size={16} aria-hidden />}
    </IconButton>
  );
}

/** A text to copy as it stands: a command, a key, a document. */
export function Code({ text, label, wrap = false }: { text: string; label: string; wrap?: boolean }) {
  return (
    <div className={classes(styles.code, wrap && styles.wrap)}>
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <CopyButton text={text} />
    </div>
  );
}
