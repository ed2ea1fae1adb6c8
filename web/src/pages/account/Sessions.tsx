import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../../api/client";
import { sessions as sessionsQuery } from "../../api/people";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { browserName } from "../../lib/browser";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Confirm } from "../../ui/Dialog";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

/** Where one is signed in; each session can be ended from any other. */
export function Sessions() {
  const { t } = useText();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const query = useQuery(sessionsQuery());
  const refresh = () => queries.invalidateQueries({ queryKey: ["sessions"] });
  const end = useMutation({
    mutationFn: (session: string) =>
      body(api.DELETE("/v1/account/sessions/{session}", { params: { path: { session } } })),
    onSuccess: async () => {
      toast("good", t("account.ended"));
      await refresh();
    },
    onError: (error) => toast("bad", error.message),
  });
  const endOthers = useMutation({
    mutationFn: () => body(api.DELETE("/v1/account/sessions")),
    onSuccess: async () => {
      toast("good", t("account.othersEnded"));
      await refresh();
    },
    onError: (error) => toast("bad", error.message),
  });
  return (
    <Card
      flush
      title={t("account.tab.sessions")}
      actions={
        (query.data?.length ?? 0) > 1 ? (
          <Button small busy={endOthers.isPending} onClick={() => setAsking(true)}>
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
                cell: ({ id, current }) =>
                  current ? null : (
                    <Button small look="quiet" onClick={() => end.mutate(id)}>
                      {t("account.endSession")}
                    </Button>
                  ),
                right: true,
              },
            ]}
          />
        )}
      </Async>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => {
          setAsking(false);
          endOthers.mutate();
        }}
        title={t("account.endOthers")}
        action={t("account.endOthers")}
      >
        <p>{t("account.endOthersText")}</p>
      </Confirm>
    </Card>
  );
}
