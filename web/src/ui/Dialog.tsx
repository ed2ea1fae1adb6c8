import { Dialog as Base } from "@base-ui/react/dialog";
import type { ReactNode } from "react";
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
