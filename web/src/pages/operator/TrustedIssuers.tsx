import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Stamp } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { trustedIssuers } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useHasRole } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { useFields } from "../../lib/useFields";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Row } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";

const words = (text: string) => text.split(/[\s,]+/).filter(Boolean);

function useRefresh() {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["trusted-issuers"] });
    await queries.invalidateQueries({ queryKey: ["trust"] });
  };
}

function Believe({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const refresh = useRefresh();
  const { form, field } = useFields({ did: "", name: "", kinds: "hansa:Certificate", schemes: "" });
  const request: Schema<"NewTrustedIssuer"> = {
    did: form.did.trim(),
    name: form.name.trim(),
    kinds: words(form.kinds),
    schemes: words(form.schemes),
  };
  const lacksSchemes = request.kinds.includes("hansa:Certificate") && request.schemes?.length === 0;
  const believe = useMutation({
    mutationFn: () => body(api.POST("/v1/trusted-issuers", { body: request })),
    onSuccess: async () => {
      onClose();
      await refresh();
    },
  });
  return (
    <FormDialog
      title={t("issuers.add")}
      description={t("issuers.addHint")}
      submit={t("issuers.believe")}
      onSubmit={() => believe.mutate()}
      onClose={onClose}
      sending={believe}
      incomplete={!request.did || !request.name || request.kinds.length === 0 || lacksSchemes}
      copy={{
        request: { method: "POST", path: "/v1/trusted-issuers", body: request },
        cli: commandLine([
          ...["hansa", "trust", "issuer", "add", request.did, "--name", request.name],
          ...request.kinds.flatMap((kind) => ["--kind", kind]),
          ...(request.schemes ?? []).flatMap((scheme) => ["--scheme", scheme]),
        ]),
      }}
    >
      <TextField label="DID" placeholder="did:web:…" spellCheck={false} {...field("did")} />
      <TextField label={t("common.name")} {...field("name")} />
      <TextField label={t("issuers.kinds")} hint={t("issuers.kindsHint")} {...field("kinds")} />
      <TextField label={t("issuers.schemes")} hint={t("issuers.schemesHint")} {...field("schemes")} />
    </FormDialog>
  );
}

/** Whom the exchange believes what it signs about others. */
export default function TrustedIssuers() {
  const { t, maybe, format } = useText();
  const operator = useHasRole("operator");
  const refresh = useRefresh();
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"TrustedIssuer">>();
  const query = useQuery(trustedIssuers());
  const distrust = async (issuer: string) => {
    await body(api.DELETE("/v1/trusted-issuers/{issuer}", { params: { path: { issuer } } }));
    await refresh();
  };
  return (
    <Page
      title={t("shell.issuers")}
      lead={t("issuers.lead")}
      actions={
        operator ? (
          <Button look="primary" onClick={() => setAdding(true)}>
            <Plus size={16} aria-hidden />
            {t("issuers.add")}
          </Button>
        ) : undefined
      }
    >
      <Card flush>
        <Async query={query}>
          {(list) =>
            list.length === 0 ? (
              <Empty icon={Stamp} title={t("issuers.empty")}>
                {t("issuers.emptyHint")}
              </Empty>
            ) : (
              <Table
                label={t("shell.issuers")}
                rows={list}
                keyOf={({ did }) => did}
                columns={[
                  {
                    header: t("common.name"),
                    cell: ({ name, did }) => (
                      <>
                        {name} <code className="muted small">{did}</code>
                      </>
                    ),
                  },
                  {
                    header: t("issuers.kinds"),
                    cell: ({ kinds }) => (
                      <Row gap={1}>
                        {kinds.map((kind) => (
                          <Badge key={kind}>{maybe(`evidence.kindName.${kind}`, kind)}</Badge>
                        ))}
                      </Row>
                    ),
                  },
                  {
                    header: t("issuers.schemes"),
                    cell: ({ schemes = [] }) => (schemes.length > 0 ? format.list(schemes) : t("common.all")),
                  },
                  { header: t("issuers.added"), cell: ({ addedAt }) => format.date(addedAt), right: true },
                  ...(operator
                    ? [
                        {
                          header: t("common.actions"),
                          cell: (one: Schema<"TrustedIssuer">) => (
                            <Button small look="quiet" onClick={() => setLeaving(one)}>
                              {t("common.remove")}
                            </Button>
                          ),
                          right: true,
                        },
                      ]
                    : []),
                ]}
              />
            )
          }
        </Async>
      </Card>
      {adding ? <Believe onClose={() => setAdding(false)} /> : null}
      {leaving ? (
        <Confirm
          title={t("issuers.removeTitle", { name: leaving.name })}
          action={t("common.remove")}
          typed={leaving.name}
          run={() => distrust(leaving.did)}
          copy={{
            request: { method: "DELETE", path: `/v1/trusted-issuers/${encodeURIComponent(leaving.did)}` },
            cli: commandLine(["hansa", "trust", "issuer", "remove", leaving.did]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("issuers.removeText")}</p>
        </Confirm>
      ) : null}
    </Page>
  );
}
