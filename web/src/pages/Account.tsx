import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Plus, UserPlus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../api/client";
import { members as membersQuery, tokens as tokensQuery } from "../api/queries";
import type { Schema } from "../api/types";
import { useHasRole, useIdentity } from "../app/identity";
import { CopyAs } from "../domain/CopyAs";
import { Moment } from "../domain/Moment";
import { useText } from "../i18n/i18n";
import { commandLine } from "../lib/snippets";
import { Async } from "../ui/Async";
import { Badge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Card } from "../ui/Card";
import { Code } from "../ui/Copy";
import { Confirm, Dialog } from "../ui/Dialog";
import { CheckField, FieldGroup, TextField } from "../ui/Field";
import { Row, Split, Stack } from "../ui/Layout";
import { Notice } from "../ui/Notice";
import { Page } from "../ui/Page";
import { ProblemNotice } from "../ui/Problem";
import { Details, Table } from "../ui/Table";
import { toast } from "../ui/Toasts";

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
          <Notice tone="good" title={t("signin.saveToken")}>
            <p>{t("account.tokenOnce")}</p>
          </Notice>
          <Code label={t("signin.token")} text={secret} wrap />
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
              .filter((scope) => token.scopes.includes(scope))
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

function Tokens() {
  const { t, format } = useText();
  const queries = useQueryClient();
  const { token: own } = useIdentity();
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
        {(list) => (
          <Table
            label={t("account.tokens")}
            rows={list.filter(({ revokedAt }) => !revokedAt)}
            keyOf={({ id }) => id}
            columns={[
              {
                header: t("common.name"),
                cell: ({ id, name }) => (
                  <>
                    {name} {id === own.id ? <Badge tone="accent">{t("account.thisOne")}</Badge> : null}
                  </>
                ),
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
        )}
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
        <p>{leaving?.id === own.id ? t("account.revokeOwn") : t("account.revokeText")}</p>
      </Confirm>
    </Card>
  );
}

function Members() {
  const { t, format } = useText();
  const { participant, member } = useIdentity();
  const query = useQuery(membersQuery());
  const invite = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/participants/{participant}/invitations", {
          params: { path: { participant: participant.id } },
          body: { roles: member.roles },
        }),
      ),
  });
  return (
    <Card
      flush
      title={t("account.members")}
      actions={
        <Button small busy={invite.isPending} onClick={() => invite.mutate()}>
          <UserPlus size={16} aria-hidden />
          {t("account.invite")}
        </Button>
      }
    >
      <Async query={query}>
        {(list) => (
          <Table
            label={t("account.members")}
            rows={list}
            keyOf={({ id }) => id}
            columns={[
              { header: t("common.name"), cell: ({ name }) => name },
              {
                header: t("participants.roles"),
                cell: ({ roles }) => roles.map((role) => t(`role.${role}`)).join(", "),
              },
              { header: t("account.joined"), cell: ({ createdAt }) => format.date(createdAt), right: true },
            ]}
          />
        )}
      </Async>
      <Dialog
        open={invite.data !== undefined || invite.error !== null}
        onClose={() => invite.reset()}
        title={t("account.invite")}
        footer={<Button onClick={() => invite.reset()}>{t("common.close")}</Button>}
      >
        {invite.error ? <ProblemNotice error={invite.error} /> : null}
        {invite.data ? (
          <Stack gap={3}>
            <Notice tone="good" title={t("participants.codeMade")}>
              <p>{t("participants.codeHint", { time: format.time(invite.data.expiresAt) })}</p>
            </Notice>
            <Code label={t("signin.invitation")} text={invite.data.code} wrap />
          </Stack>
        ) : null}
      </Dialog>
    </Card>
  );
}

/** Who one is, whose colleagues one has, and the tokens that act for them. */
export default function Account() {
  const { t } = useText();
  const { member, participant } = useIdentity();
  const administers = useHasRole("buyer", "provider", "operator");
  return (
    <Page title={t("shell.settings")} lead={t("account.lead")}>
      <Split>
        <Stack>
          {administers ? <Members /> : null}
          <Tokens />
        </Stack>
        <Card title={t("account.you")}>
          <Stack gap={3}>
            <Details
              facts={[
                [t("common.name"), member.name],
                [t("account.participant"), participant.legalName],
                [t("participants.short"), participant.name],
                [t("participants.roles"), member.roles.map((role) => t(`role.${role}`)).join(", ")],
              ]}
            />
            <Notice tone="accent" title={t("account.cli")}>
              <Code
                label="CLI"
                text={commandLine(["hansa", "login", "--exchange", globalThis.location.origin, "--token", "hansa_…"])}
              />
            </Notice>
            <Row gap={1} className="muted small">
              <KeyRound size={14} aria-hidden /> {t("account.kept")}
            </Row>
          </Stack>
        </Card>
      </Split>
    </Page>
  );
}
