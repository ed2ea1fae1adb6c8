import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { tokens as tokensQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Empty } from "../../ui/Empty";
import { CheckField, FieldGroup, TextField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Table } from "../../ui/Table";

const scopes = ["read", "catalogue", "order", "admin"] as const;

function NewToken({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { token } = useIdentity();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<Schema<"Scope">[]>(["read"]);
  const request = { name, scopes: chosen };
  const make = useMutation({
    mutationFn: () => body(api.POST("/v1/tokens", { body: request })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
  });
  const secret = make.data?.secret;
  return (
    <FormDialog
      title={t("account.newToken")}
      submit={t("common.create")}
      onSubmit={() => make.mutate()}
      onClose={onClose}
      sending={make}
      incomplete={name === "" || chosen.length === 0}
      copy={{
        request: { method: "POST", path: "/v1/tokens", body: request },
        cli: commandLine(["hansa", "token", "create", name, ...chosen.flatMap((scope) => ["--scope", scope])]),
      }}
      outcome={
        secret ? (
          <Stack gap={3}>
            <Notice tone="good" title={t("account.saveToken")}>
              <p>{t("account.tokenOnce")}</p>
            </Notice>
            <Code label={t("account.token")} text={secret} wrap />
          </Stack>
        ) : null
      }
    >
      <TextField
        label={t("common.name")}
        hint={t("account.tokenNameHint")}
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <FieldGroup label={t("account.scopes")}>
        {scopes
          .filter((scope) => token?.scopes.includes(scope) ?? true)
          .map((scope) => (
            <CheckField
              key={scope}
              label={t(`account.scope.${scope}`)}
              checked={chosen.includes(scope)}
              onChange={({ target }) =>
                setChosen((old) => (target.checked ? [...old, scope] : old.filter((one) => one !== scope)))
              }
            />
          ))}
      </FieldGroup>
    </FormDialog>
  );
}

/** The tokens by which machines and scripts act for the member. */
export function Tokens() {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Token">>();
  const query = useQuery(tokensQuery());
  const revoke = async (token: string) => {
    await body(api.DELETE("/v1/tokens/{token}", { params: { path: { token } } }));
    await queries.invalidateQueries({ queryKey: ["tokens"] });
  };
  return (
    <Card
      flush
      title={t("account.tokens")}
      actions={
        <Button small onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden />
          {t("account.newToken")}
        </Button>
      }
    >
      <Async query={query}>
        {(list) =>
          list.every(({ revokedAt }) => revokedAt) ? (
            <Empty icon={KeyRound} title={t("account.noTokens")}>
              {t("account.noTokensHint")}
            </Empty>
          ) : (
            <Table
              label={t("account.tokens")}
              rows={list.filter(({ revokedAt }) => !revokedAt)}
              keyOf={({ id }) => id}
              columns={[
                {
                  header: t("common.name"),
                  cell: ({ name }) => name,
                },
                { header: t("account.begins"), cell: ({ prefix }) => <code>{prefix}…</code> },
                {
                  header: t("account.scopes"),
                  cell: (one) => one.scopes.map((scope) => t(`account.scope.${scope}`)).join(", "),
                },
                { header: t("common.created"), cell: ({ createdAt }) => <Moment at={createdAt} />, right: true },
                {
                  header: t("quotes.expires"),
                  cell: ({ expiresAt }) => (expiresAt ? format.date(expiresAt) : t("common.never")),
                  right: true,
                },
                {
                  header: t("common.actions"),
                  cell: (one) => (
                    <Button small look="quiet" onClick={() => setLeaving(one)}>
                      {t("account.revoke")}
                    </Button>
                  ),
                  right: true,
                },
              ]}
            />
          )
        }
      </Async>
      {adding ? <NewToken onClose={() => setAdding(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("account.revokeTitle", { name: leaving.name })}
          action={t("account.revoke")}
          typed={leaving.name}
          run={() => revoke(leaving.id)}
          copy={{
            request: { method: "DELETE", path: `/v1/tokens/${leaving.id}` },
            cli: commandLine(["hansa", "token", "revoke", leaving.id]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("account.revokeText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
