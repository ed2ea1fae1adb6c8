import { useQuery } from "@tanstack/react-query";
import { trialBalance } from "../../api/queries";
import type { Schema } from "../../api/types";
import { Reference } from "../../domain/Reference";
import { useText } from "../../i18n/i18n";
import { micros } from "../../lib/money";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";

type Posting = Schema<"Posting">;

function ownerOf(posting: Posting): string | undefined {
  if ("tenant" in posting) return posting.tenant;
  return "provider" in posting ? posting.provider : undefined;
}

/** The sum of every account. Over all of them it is nothing, or the books are wrong. */
export default function Ledger() {
  const { t, format } = useText();
  const query = useQuery(trialBalance());
  return (
    <Page title={t("shell.ledger")} lead={t("ledger.lead")}>
      <Async query={query}>
        {({ accounts, total, holders = {} }) => {
          const balanced = total.every(({ amount }) => micros(amount) === 0n);
          return (
            <Stack>
              <Notice tone={balanced ? "good" : "bad"} title={t(balanced ? "ledger.balanced" : "ledger.unbalanced")} />
              <Card flush>
                <Table
                  label={t("shell.ledger")}
                  rows={accounts}
                  keyOf={(posting) => `${posting.account} ${ownerOf(posting)} ${posting.amount.currency}`}
                  columns={[
                    { header: t("ledger.account"), cell: ({ account }) => t(`ledger.account.${account}`) },
                    {
                      header: t("ledger.of"),
                      cell: (posting) => {
                        const owner = ownerOf(posting);
                        return owner ? (holders[owner] ?? <Reference id={owner} />) : t("ledger.exchange");
                      },
                    },
                    { header: t("ledger.balance"), cell: ({ amount }) => format.money(amount, true), right: true },
                  ]}
                  footer={total.map((money) => (
                    <tr key={money.currency}>
                      <th scope="row" colSpan={2}>
                        {t("ledger.sum", { currency: money.currency })}
                      </th>
                      <td>{format.money(money, true)}</td>
                    </tr>
                  ))}
                />
              </Card>
            </Stack>
          );
        }}
      </Async>
    </Page>
  );
}
