import { useMutation } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useText } from "../i18n/i18n";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { Row, Stack } from "../ui/Layout";
import { ProblemNotice } from "../ui/Problem";
import { CopyAs, type Copyable } from "./CopyAs";

interface ConfirmProps {
  title: string;
  /** What its button says. */
  action: string;
  look?: "primary" | "danger";
  /** What must be typed in to go on; nothing for what can be done again. */
  typed?: string;
  /** Does it. The dialog stays until it is done, and says why it was refused. */
  run: () => unknown;
  /** The same from elsewhere; absent for what is in this browser alone. */
  copy: Copyable | undefined;
  onClose: () => void;
  /** What happens, what else it touches, and what it stops costing. */
  children: ReactNode;
}

/** Asks before something that costs or destroys. Leaving it does nothing. */
export function Confirm({ title, action, look = "danger", typed, run, copy, onClose, children }: ConfirmProps) {
  const { t } = useText();
  const [text, setText] = useState("");
  const act = useMutation({ mutationFn: () => Promise.resolve().then(run), onSuccess: onClose });
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t("common.keep")}</Button>
          <Button
            look={look}
            busy={act.isPending}
            disabled={typed !== undefined && text.trim() !== typed}
            onClick={() => act.mutate()}
          >
            {action}
          </Button>
        </>
      }
    >
      <Stack gap={3}>
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
        {act.error ? <ProblemNotice error={act.error} /> : null}
        {copy ? (
          <Row>
            <CopyAs {...copy} />
          </Row>
        ) : null}
      </Stack>
    </Dialog>
  );
}
