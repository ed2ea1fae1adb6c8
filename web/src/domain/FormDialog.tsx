import { useId, type ReactNode } from "react";
import { useText } from "../i18n/i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Row, Stack } from "../ui/Layout";
import { ProblemNotice } from "../ui/Problem";
import { CopyAs, type Copyable } from "./CopyAs";

interface FormDialogProps {
  title: string;
  description?: ReactNode;
  wide?: boolean;
  /** What its button says. */
  submit: string;
  look?: "primary" | "danger";
  onSubmit: () => void;
  onClose: () => void;
  /** The way to the exchange and back. */
  sending: { isPending: boolean; error: Error | null };
  /** Whether something is lacking, so that it can't be sent yet. */
  incomplete?: boolean;
  /** The same from elsewhere, as the form stands now. */
  copy: Copyable;
  /** What else can be done with what the form holds. */
  aside?: ReactNode;
  /** Tells what is wrong, where the usual words for a refusal are not enough. */
  problem?: ReactNode;
  /** What came of it, in place of the form; a secret that is shown this once, say. */
  outcome?: ReactNode;
  children: ReactNode;
}

/** A form to fill in and send. Every one of them shows how the same is done from elsewhere. */
export function FormDialog({
  title,
  description,
  wide,
  submit,
  look = "primary",
  onSubmit,
  onClose,
  sending,
  incomplete = false,
  copy,
  aside,
  problem,
  outcome,
  children,
}: FormDialogProps) {
  const { t } = useText();
  const form = useId();
  const done = outcome !== undefined && outcome !== null;
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      description={done ? undefined : description}
      footer={
        done ? (
          <Button look="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            {aside}
            <Button type="submit" form={form} look={look} busy={sending.isPending} disabled={incomplete}>
              {submit}
            </Button>
          </>
        )
      }
    >
      {done ? (
        outcome
      ) : (
        <form
          id={form}
          aria-label={title}
          onSubmit={(event) => {
            event.preventDefault();
            if (!incomplete) onSubmit();
          }}
        >
          <Stack gap={3}>
            {children}
            {problem ?? (sending.error ? <ProblemNotice error={sending.error} /> : null)}
            <Row>
              <CopyAs {...copy} />
            </Row>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
