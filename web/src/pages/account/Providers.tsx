import { useQuery } from "@tanstack/react-query";
import { signInOptions } from "../../api/people";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Table } from "../../ui/Table";
import { ProviderButtons } from "../signin/ProviderButtons";

/** The identity providers whose word counts for the account; nothing where the exchange takes nobody's. */
export function Providers({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
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
            keyOf={({ issuer, subject }) => `${issuer} ${subject}`}
            columns={[
              { header: t("account.providers"), cell: ({ issuer }) => issuer },
              { header: t("account.subject"), cell: ({ subject }) => subject },
              { header: t("account.linked"), cell: ({ linkedAt }) => format.date(linkedAt), right: true },
            ]}
          />
        )}
        <Row>
          <ProviderButtons link returnTo="/account" />
        </Row>
      </Stack>
    </Card>
  );
}
