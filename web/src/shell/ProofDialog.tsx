import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fingerprint } from "lucide-react";
import { useId, useState } from "react";
import { api, body } from "../api/client";
import { askPasskey, browserHasPasskeys } from "../api/passkeys";
import { session } from "../api/people";
import { settleProof } from "../api/proof";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { EntryProblem } from "../pages/signin/EntryProblem";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { TextField } from "../ui/Field";
import { Stack } from "../ui/Layout";
import { Notice } from "../ui/Notice";

/** Asks again who somebody is, before something weighty goes on. */
export default function ProofDialog() {
  const { t } = useText();
  const form = useId();
  const queries = useQueryClient();
  const account = useQuery(session()).data?.account;
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const prove = useMutation({
    mutationFn: (proof: Schema<"ProveAgain">) => body(api.POST("/v1/session/proof", { body: proof })),
    onSuccess: (now) => {
      queries.setQueryData(session().queryKey, now);
      settleProof(true);
    },
  });
  const passkey = useMutation({
    mutationFn: async () => prove.mutateAsync({ passkey: await askPasskey() }),
  });
  const hasPasskey = browserHasPasskeys && (account?.passkeys.length ?? 0) > 0;
  const needsCode = account?.oneTimeCodesSince !== undefined && account.oneTimeCodesSince !== null;
  return (
    <Dialog
      open
      onClose={() => settleProof(false)}
      title={t("proof.title")}
      description={t("proof.lead")}
      footer={
        <>
          <Button onClick={() => settleProof(false)}>{t("common.cancel")}</Button>
          {account?.hasPassword ? (
            <Button type="submit" form={form} look="primary" busy={prove.isPending}>
              {t("proof.go")}
            </Button>
          ) : null}
        </>
      }
    >
      <Stack gap={3}>
        {account?.hasPassword ? (
          <form
            id={form}
            aria-label={t("proof.title")}
            onSubmit={(event) => {
              event.preventDefault();
              prove.mutate({ password, code: needsCode ? code.trim() : undefined });
            }}
          >
            <Stack gap={3}>
              <TextField
                label={t("signin.password")}
                type="password"
                value={password}
                onChange={({ target }) => setPassword(target.value)}
                autoComplete="current-password"
                autoFocus
                required
              />
              {needsCode ? (
                <TextField
                  label={t("signin.oneTimeCode")}
                  hint={t("signin.oneTimeCodeHint")}
                  value={code}
                  onChange={({ target }) => setCode(target.value)}
                  autoComplete="one-time-code"
                  required
                />
              ) : null}
            </Stack>
          </form>
        ) : null}
        {hasPasskey ? (
          <Button busy={passkey.isPending} onClick={() => passkey.mutate()}>
            <Fingerprint size={17} aria-hidden />
            {t("proof.passkey")}
          </Button>
        ) : null}
        {account && !account.hasPassword && !hasPasskey ? (
          <Notice tone="accent" title={t("proof.provider")}>
            <p>{t("proof.providerHint")}</p>
          </Notice>
        ) : null}
        <EntryProblem error={prove.error ?? passkey.error} />
      </Stack>
    </Dialog>
  );
}
