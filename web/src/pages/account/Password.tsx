import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { placeholder } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { TextField } from "../../ui/Field";
import { toast } from "../../ui/Toasts";
import { leastPassword } from "../signin/WayField";

function NewPassword({ title, onClose }: { title: string; onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [password, setPassword] = useState("");
  const change = useMutation({
    mutationFn: () => body(api.POST("/v1/account/password", { body: { password } })),
    onSuccess: async () => {
      onClose();
      toast("good", t("account.passwordChanged"));
      await queries.invalidateQueries({ queryKey: ["session"] });
      await queries.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  return (
    <FormDialog
      title={title}
      description={t("account.passwordEnds")}
      submit={t("common.save")}
      onSubmit={() => change.mutate()}
      onClose={onClose}
      sending={change}
      copy={{
        request: { method: "POST", path: "/v1/account/password", body: { password: placeholder("new password") } },
      }}
    >
      <TextField
        label={t("signin.newPassword")}
        hint={t("signin.newPasswordHint", { count: leastPassword })}
        type="password"
        value={password}
        onChange={({ target }) => setPassword(target.value)}
        autoComplete="new-password"
        minLength={leastPassword}
        required
      />
    </FormDialog>
  );
}

/** The password: whether there is one, and how to have another. */
export function Password({ account }: { account: Schema<"Account"> }) {
  const { t } = useText();
  const [changing, setChanging] = useState(false);
  const title = t(account.hasPassword ? "account.changePassword" : "account.setPassword");
  return (
    <Card
      title={t("account.passwordTitle")}
      actions={
        account.login ? (
          <Button small onClick={() => setChanging(true)}>
            {title}
          </Button>
        ) : undefined
      }
    >
      <p>{t(account.hasPassword ? "account.hasPassword" : "account.noPassword")}</p>
      {changing ? <NewPassword title={title} onClose={() => setChanging(false)} /> : null}
    </Card>
  );
}
