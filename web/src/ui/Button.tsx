import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import styles from "./Button.module.css";
import { classes } from "./Layout";

export type ButtonLook = "plain" | "primary" | "danger" | "quiet";

interface Look {
  look?: ButtonLook;
  small?: boolean;
  icon?: boolean;
}

/** The class of something that looks like a button, for links. */
export function buttonClass({ look = "plain", small = false, icon = false }: Look = {}): string {
  return classes(styles.button, look !== "plain" && styles[look], small && styles.small, icon && styles.icon);
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & Look & { busy?: boolean; ref?: Ref<HTMLButtonElement> };

/** A button; while `busy` it turns a wheel and can't be pressed again. */
export function Button({ look, small, icon, busy = false, className, children, disabled, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(buttonClass({ look, small, icon }), className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <span className={styles.spinner} aria-hidden /> : null}
      {children}
    </button>
  );
}

/** A button that shows an icon only; `label` is what it is called. */
export function IconButton({ label, children, ...rest }: ButtonProps & { label: string; children: ReactNode }) {
  return (
    <Button look="quiet" {...rest} icon aria-label={label} title={label}>
      {children}
    </Button>
  );
}
