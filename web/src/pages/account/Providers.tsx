import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { signInOptions } from "../../api/people";
import type { Schema } from "../../api/types";
import { Confirm } from "../../domain/Confirm";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { ProviderButtons } from "../signin/ProviderButtons";

/** The identity providers whose word counts for the account; nothing where the exchange takes nobody's. */
export function Providers({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<string>();
  const unlink = async (identity: string) => {
    await body(api.DELETE("/v1/account/identities/{identity}", { params: { path: { identity } } }));
    await queries.invalidateQueries({ queryKey: ["session"] });
  };
  const offered = useQuery(signInOptions()).data?.providers ?? [];
  if (offered.length === 0 && account.identities.length === 0) return null;
  return (
    <Card title={t("account.providers")}>
      <Stack gap={3}>
        {account.identities.length === 0 ? (
          <p className="muted">{t("account.providersNone")}</p>
        ) : (
          <Table
            label={t("account.providers")}
            rows={account.identities}
            keyOf={({ id }) => id}
            columns={[
              { header: t("account.providers"), cell: ({ issuer }) => issuer },
              { header: t("account.subject"), cell: ({ subject }) => subject },
              { header: t("account.linked"), cell: ({ linkedAt }) => format.date(linkedAt), right: true },
              {
                header: t("common.actions"),
                cell: ({ id }) => (
                  <Button small look="quiet" onClick={() => setLeaving(id)}>
                    {t("account.unlink")}
                  </Button>
                ),
                right: true,
              },
            ]}
          />
        )}
        <Row>
          <ProviderButtons link returnTo="/account" />
        </Row>
      </Stack>
      {leaving ? (
        <Confirm
          title={t("account.unlinkTitle")}
          action={t("account.unlink")}
          run={() => unlink(leaving)}
          copy={{ request: { method: "DELETE", path: `/v1/account/identities/${leaving}` } }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("account.unlinkText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
