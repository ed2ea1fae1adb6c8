import { Dialog as Base } from "@base-ui/react/dialog";
import { useState, type ReactNode } from "react";
import { useText } from "../i18n/i18n";
import { Button } from "./Button";
import { TextField } from "./Field";
import { classes } from "./Layout";
import styles from "./Overlay.module.css";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: ReactNode;
  description?: ReactNode;
  wide?: boolean;
  footer?: ReactNode;
  children?: ReactNode;
}

/** Something to settle before going on. Escape, the backdrop and "Close" leave it without effect. */
export function Dialog({ open, onClose, title, description, wide = false, footer, children }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => (next ? undefined : onClose())}>
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={classes(styles.dialog, wide && styles.wide)}>
          <Base.Title>{title}</Base.Title>
          {description ? <Base.Description render={<div className="muted" />}>{description}</Base.Description> : null}
          {children}
          {footer ? <div className={styles.footer}>{footer}</div> : null}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  /** What happens, what else it touches, and what it stops costing. */
  children: ReactNode;
  action: string;
  /** What must be typed in to go on; nothing for what can be taken back. */
  typed?: string;
  busy?: boolean;
}

/** Asks before something that can't be taken back. */
export function Confirm({ open, onClose, onConfirm, title, children, action, typed, busy }: ConfirmProps) {
  const { t } = useText();
  const [text, setText] = useState("");
  const close = () => {
    setText("");
    onClose();
  };
  return (
    <Dialog
      open={open}
      onClose={close}
      title={title}
      footer={
        <>
          <Button onClick={close}>{t("common.keep")}</Button>
          <Button
            look="danger"
            busy={busy}
            disabled={typed !== undefined && text.trim() !== typed}
            onClick={() => {
              setText("");
              onConfirm();
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
      {typed === undefined ? null : (
        <TextField
          label={t("common.typeToConfirm", { name: typed })}
          value={text}
          onChange={(event) => setText(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </Dialog>
  );
}
