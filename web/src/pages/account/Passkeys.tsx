import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fingerprint, Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { browserHasPasskeys, makePasskey } from "../../api/passkeys";
import { signInOptions } from "../../api/people";
import type { Schema } from "../../api/types";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { placeholder } from "../../lib/snippets";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Table } from "../../ui/Table";
import { EntryProblem } from "../signin/EntryProblem";

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const add = useMutation({
    mutationFn: async () => {
      const challenge = await body(api.POST("/v1/account/passkeys/challenge"));
      return body(api.POST("/v1/account/passkeys", { body: await makePasskey(challenge, name.trim()) }));
    },
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <FormDialog
      title={t("account.addPasskey")}
      submit={t("common.add")}
      onSubmit={() => add.mutate()}
      onClose={onClose}
      sending={add}
      copy={{
        request: {
          method: "POST",
          path: "/v1/account/passkeys",
          body: {
            name: name.trim(),
            attempt: placeholder("attempt"),
            credential: placeholder("made by the authenticator"),
          },
        },
      }}
      problem={<EntryProblem error={add.error} />}
    >
      <TextField
        label={t("common.name")}
        hint={t("account.passkeyNameHint")}
        value={name}
        onChange={({ target }) => setName(target.value)}
        maxLength={64}
        required
      />
    </FormDialog>
  );
}

/** The passkeys that one signs in with. */
export function Passkeys({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Passkey">>();
  const possible = useQuery(signInOptions()).data?.passkeys === true && browserHasPasskeys;
  const remove = async (passkey: string) => {
    await body(api.DELETE("/v1/account/passkeys/{passkey}", { params: { path: { passkey } } }));
    await queries.invalidateQueries({ queryKey: ["session"] });
  };
  return (
    <Card
      flush
      title={t("account.passkeys")}
      actions={
        possible ? (
          <Button small onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            {t("account.addPasskey")}
          </Button>
        ) : undefined
      }
    >
      {account.passkeys.length === 0 ? (
        <Empty icon={Fingerprint} title={t("account.passkeysNone")}>
          {t(possible ? "account.passkeysNoneHint" : "account.passkeysNotHere")}
        </Empty>
      ) : (
        <Table
          label={t("account.passkeys")}
          rows={account.passkeys}
          keyOf={({ id }) => id}
          columns={[
            { header: t("common.name"), cell: ({ name }) => name },
            { header: t("common.created"), cell: ({ createdAt }) => format.date(createdAt), right: true },
            {
              header: t("account.passkeyUsed"),
              cell: ({ usedAt }) => (usedAt ? <Moment at={usedAt} /> : t("common.never")),
              right: true,
            },
            {
              header: t("common.actions"),
              cell: (one) => (
                <Button small look="quiet" onClick={() => setLeaving(one)}>
                  {t("common.remove")}
                </Button>
              ),
              right: true,
            },
          ]}
        />
      )}
      {adding ? <Add onClose={() => setAdding(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("account.removePasskey", { name: leaving.name })}
          action={t("common.remove")}
          typed={leaving.name}
          run={() => remove(leaving.id)}
          copy={{ request: { method: "DELETE", path: `/v1/account/passkeys/${leaving.id}` } }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("account.removePasskeyText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
