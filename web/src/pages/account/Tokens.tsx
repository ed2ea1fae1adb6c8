import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { tokens as tokensQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Confirm, Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { CheckField, FieldGroup, TextField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

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
    <Dialog
      open
      onClose={onClose}
      title={t("account.newToken")}
      footer={
        secret ? (
          <Button look="primary" onClick={onClose}>
            {t("common.close")}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button
              look="primary"
              busy={make.isPending}
              disabled={name === "" || chosen.length === 0}
              onClick={() => make.mutate()}
            >
              {t("common.create")}
            </Button>
          </>
        )
      }
    >
      {secret ? (
        <Stack gap={3}>
          <Notice tone="good" title={t("account.saveToken")}>
            <p>{t("account.tokenOnce")}</p>
          </Notice>
          <Code label={t("account.token")} text={secret} wrap />
        </Stack>
      ) : (
        <Stack gap={3}>
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
          {make.error ? <ProblemNotice error={make.error} /> : null}
          <Row>
            <CopyAs
              request={{ method: "POST", path: "/v1/tokens", body: request }}
              cli={commandLine(["hansa", "token", "create", name, ...chosen.flatMap((scope) => ["--scope", scope])])}
            />
          </Row>
        </Stack>
      )}
    </Dialog>
  );
}

/** The tokens by which machines and scripts act for the member. */
export function Tokens() {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Token">>();
  const query = useQuery(tokensQuery());
  const revoke = useMutation({
    mutationFn: (token: string) => body(api.DELETE("/v1/tokens/{token}", { params: { path: { token } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["tokens"] }),
    onError: (error) => toast("bad", t("account.revokeFailed"), error.message),
  });
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
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        onConfirm={() => {
          if (leaving) revoke.mutate(leaving.id);
          setLeaving(undefined);
        }}
        title={t("account.revokeTitle", { name: leaving?.name ?? "" })}
        action={t("account.revoke")}
      >
        <p>{t("account.revokeText")}</p>
      </Confirm>
    </Card>
  );
}
