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
import { Row } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { EntryProblem } from "../signin/EntryProblem";

function NameField({ value, onChange }: { value: string; onChange: (name: string) => void }) {
  const { t } = useText();
  return (
    <TextField
      label={t("common.name")}
      hint={t("account.passkeyNameHint")}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      maxLength={64}
      required
    />
  );
}

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
      <NameField value={name} onChange={setName} />
    </FormDialog>
  );
}

function Rename({ passkey, onClose }: { passkey: Schema<"Passkey">; onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [name, setName] = useState(passkey.name);
  const request = { name: name.trim() };
  const rename = useMutation({
    mutationFn: () =>
      body(api.PATCH("/v1/account/passkeys/{passkey}", { params: { path: { passkey: passkey.id } }, body: request })),
    onSuccess: async () => {
      onClose();
      await queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  return (
    <FormDialog
      title={t("account.renamePasskey", { name: passkey.name })}
      submit={t("common.save")}
      onSubmit={() => rename.mutate()}
      onClose={onClose}
      sending={rename}
      incomplete={request.name === "" || request.name === passkey.name}
      copy={{ request: { method: "PATCH", path: `/v1/account/passkeys/${passkey.id}`, body: request } }}
    >
      <NameField value={name} onChange={setName} />
    </FormDialog>
  );
}

/** The passkeys that one signs in with. */
export function Passkeys({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Passkey">>();
  const [renaming, setRenaming] = useState<Schema<"Passkey">>();
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
                <Row gap={1} justify="end">
                  <Button small look="quiet" onClick={() => setRenaming(one)}>
                    {t("account.rename")}
                  </Button>
                  <Button small look="quiet" onClick={() => setLeaving(one)}>
                    {t("common.remove")}
                  </Button>
                </Row>
              ),
              right: true,
            },
          ]}
        />
      )}
      {adding ? <Add onClose={() => setAdding(false)} /> : null}
      {renaming ? <Rename passkey={renaming} onClose={() => setRenaming(undefined)} /> : null}
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
