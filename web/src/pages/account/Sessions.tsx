import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { sessions as sessionsQuery } from "../../api/people";
import type { Schema } from "../../api/types";
import { Confirm } from "../../domain/Confirm";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { browserName } from "../../lib/browser";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

/** Where one is signed in; each session can be ended from any other. */
export function Sessions() {
  const { t } = useText();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState<Schema<"Session"> | "others">();
  const query = useQuery(sessionsQuery());
  const refresh = () => queries.invalidateQueries({ queryKey: ["sessions"] });
  const end = async (session: string) => {
    await body(api.DELETE("/v1/account/sessions/{session}", { params: { path: { session } } }));
    toast("good", t("account.ended"));
    await refresh();
  };
  const endOthers = async () => {
    await body(api.DELETE("/v1/account/sessions"));
    toast("good", t("account.othersEnded"));
    await refresh();
  };
  const close = () => setLeaving(undefined);
  return (
    <Card
      flush
      title={t("account.tab.sessions")}
      actions={
        (query.data?.length ?? 0) > 1 ? (
          <Button small onClick={() => setLeaving("others")}>
            {t("account.endOthers")}
          </Button>
        ) : undefined
      }
    >
      <Async query={query}>
        {(list) => (
          <Table
            label={t("account.tab.sessions")}
            rows={list}
            keyOf={({ id }) => id}
            columns={[
              {
                header: t("account.browser"),
                cell: ({ browser, current }) => (
                  <span title={browser ?? undefined}>
                    {browserName(browser) ?? t("common.unknown")}{" "}
                    {current ? <Badge tone="accent">{t("account.thisSession")}</Badge> : null}
                  </span>
                ),
              },
              { header: t("account.address"), cell: ({ address }) => address },
              { header: t("account.proof"), cell: ({ proof }) => t(`account.proof.${proof}`) },
              { header: t("account.begun"), cell: ({ createdAt }) => <Moment at={createdAt} />, right: true },
              { header: t("account.seen"), cell: ({ seenAt }) => <Moment at={seenAt} />, right: true },
              {
                header: t("common.actions"),
                cell: (one) =>
                  one.current ? null : (
                    <Button small look="quiet" onClick={() => setLeaving(one)}>
                      {t("account.endSession")}
                    </Button>
                  ),
                right: true,
              },
            ]}
          />
        )}
      </Async>
      {leaving === "others" ? (
        <Confirm
          title={t("account.endOthers")}
          action={t("account.endOthers")}
          run={endOthers}
          copy={{ request: { method: "DELETE", path: "/v1/account/sessions" } }}
          onClose={close}
        >
          <p>{t("account.endOthersText")}</p>
        </Confirm>
      ) : leaving ? (
        <Confirm
          title={t("account.endTitle", { browser: browserName(leaving.browser) ?? t("common.unknown") })}
          action={t("account.endSession")}
          run={() => end(leaving.id)}
          copy={{ request: { method: "DELETE", path: `/v1/account/sessions/${leaving.id}` } }}
          onClose={close}
        >
          <p>{t("account.endText", { address: leaving.address })}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}
