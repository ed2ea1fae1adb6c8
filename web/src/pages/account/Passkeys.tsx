import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Fingerprint, Plus } from "lucide-react";
import { useId, useState } from "react";
import { api, body } from "../../api/client";
import { browserHasPasskeys, makePasskey } from "../../api/passkeys";
import { signInOptions } from "../../api/people";
import type { Schema } from "../../api/types";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";
import { EntryProblem } from "../signin/EntryProblem";

function Add({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const form = useId();
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
    <Dialog
      open
      onClose={onClose}
      title={t("account.addPasskey")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" form={form} look="primary" busy={add.isPending}>
            {t("common.add")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Stack gap={3}>
          <TextField
            label={t("common.name")}
            hint={t("account.passkeyNameHint")}
            value={name}
            onChange={({ target }) => setName(target.value)}
            maxLength={64}
            required
          />
          <EntryProblem error={add.error} />
        </Stack>
      </form>
    </Dialog>
  );
}

/** The passkeys that one signs in with. */
export function Passkeys({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Passkey">>();
  const possible = useQuery(signInOptions()).data?.passkeys === true && browserHasPasskeys;
  const remove = useMutation({
    mutationFn: (passkey: string) =>
      body(api.DELETE("/v1/account/passkeys/{passkey}", { params: { path: { passkey } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["session"] }),
    onError: (error) => toast("bad", error.message),
  });
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
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => {
          if (leaving) remove.mutate(leaving.id);
          setLeaving(undefined);
        }}
        title={t("account.removePasskey", { name: leaving?.name ?? "" })}
        action={t("common.remove")}
        typed={leaving?.name}
      >
        <p>{t("account.removePasskeyText")}</p>
      </Confirm>
    </Card>
  );
}
