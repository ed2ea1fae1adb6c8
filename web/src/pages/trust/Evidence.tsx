import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { FileCheck, PenLine, Upload } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { itemsOf } from "../../api/queries";
import { evidence as evidenceQuery } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { Claims } from "../../domain/trust/Claims";
import { EvidenceBadge } from "../../domain/trust/EvidenceBadge";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Empty } from "../../ui/Empty";
import { Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Details, Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";
import { Declare } from "./Declare";
import { HandIn } from "./HandIn";

type Evidence = Schema<"Evidence">;

const soon = 30 * 24 * 60 * 60 * 1000;

function Expiry({ until }: { until: string | null | undefined }) {
  const { t, format } = useText();
  const [now] = useState(Date.now);
  if (!until) return t("evidence.open");
  const left = Date.parse(until) - now;
  const date = format.date(until);
  return left < soon ? <Badge tone={left < 0 ? "bad" : "warn"}>{date}</Badge> : date;
}

interface OneProps {
  evidence: Evidence;
  onClose: () => void;
}

/** One piece: who says what, and the credential itself. */
function One({ evidence, onClose }: OneProps) {
  const { t, maybe, format } = useText();
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={maybe(`evidence.kindName.${evidence.kind}`, evidence.kind)}
      footer={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
      <Stack>
        <Details
          facts={[
            [t("evidence.kind"), <code key="kind">{evidence.kind}</code>],
            [t("evidence.issuer"), <code key="issuer">{evidence.issuer}</code>],
            [t("evidence.strength"), t(`evidence.strength.${evidence.strength}`)],
            [t("evidence.about"), <code key="subject">{evidence.subject}</code>],
            [t("evidence.source"), evidence.source],
            [t("evidence.received"), format.time(evidence.receivedAt)],
            [t("evidence.checked"), evidence.checkedAt ? format.time(evidence.checkedAt) : undefined],
          ]}
        />
        <h3>{t("evidence.says")}</h3>
        <Claims claims={evidence.claims} />
        <h3>{t("evidence.credential")}</h3>
        <Code text={evidence.credential} label={t("evidence.credential")} wrap />
        <Code text={commandLine(["hansa", "evidence", "show", evidence.id])} label="CLI" />
      </Stack>
    </Dialog>
  );
}

interface EvidenceListProps {
  participant: string;
  /** Whether it is the reader's own, to be taken back. */
  own: boolean;
}

/** The evidence of a participant, the newest first. */
export function EvidenceList({ participant, own }: EvidenceListProps) {
  const { t, maybe } = useText();
  const queries = useQueryClient();
  const [shown, setShown] = useState<Evidence>();
  const [leaving, setLeaving] = useState<Evidence>();
  const query = useInfiniteQuery(evidenceQuery(own ? undefined : participant));
  const named = (kind: string) => maybe(`evidence.kindName.${kind}`, kind);
  const withdraw = async (evidence: string) => {
    await body(api.POST("/v1/evidence/{evidence}/withdraw", { params: { path: { evidence } } }));
    toast("good", t("evidence.withdrawn"));
    await queries.invalidateQueries({ queryKey: ["evidence"] });
    await queries.invalidateQueries({ queryKey: ["trust"] });
  };
  return (
    <Card flush title={t("shell.evidence")}>
      <Async query={query}>
        {(data) => {
          const rows = itemsOf(data);
          return rows.length === 0 ? (
            <Empty icon={FileCheck} title={t("evidence.empty")}>
              {t(own ? "evidence.emptyHint" : "evidence.emptyOther")}
            </Empty>
          ) : (
            <Table
              label={t("shell.evidence")}
              rows={rows}
              keyOf={({ id }) => id}
              more={moreOf(query)}
              columns={[
                {
                  header: t("evidence.kind"),
                  cell: (one) => (
                    <Button small look="quiet" onClick={() => setShown(one)}>
                      {named(one.kind)}
                    </Button>
                  ),
                },
                { header: t("evidence.strength"), cell: ({ strength }) => t(`evidence.strength.${strength}`) },
                {
                  header: t("evidence.says"),
                  cell: ({ claims }) => t("evidence.claims", { count: claims.length }),
                },
                { header: t("common.state"), cell: ({ state }) => <EvidenceBadge state={state} /> },
                {
                  header: t("evidence.until"),
                  cell: ({ validUntil }) => <Expiry until={validUntil} />,
                  right: true,
                },
                {
                  header: t("common.actions"),
                  cell: (one) =>
                    own && one.state !== "withdrawn" && one.state !== "revoked" ? (
                      <Button small look="quiet" onClick={() => setLeaving(one)}>
                        {t("evidence.withdraw")}
                      </Button>
                    ) : null,
                  right: true,
                },
              ]}
            />
          );
        }}
      </Async>
      {shown ? <One evidence={shown} onClose={() => setShown(undefined)} /> : null}
      {leaving ? (
        <Confirm
          title={t("evidence.withdrawTitle", { kind: named(leaving.kind) })}
          action={t("evidence.withdraw")}
          typed={named(leaving.kind)}
          run={() => withdraw(leaving.id)}
          copy={{
            request: { method: "POST", path: `/v1/evidence/${leaving.id}/withdraw` },
            cli: commandLine(["hansa", "evidence", "withdraw", leaving.id]),
          }}
          onClose={() => setLeaving(undefined)}
        >
          <p>{t("evidence.withdrawText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}

/** What a provider has shown, until when it counts, and how to show more. */
export default function EvidencePage() {
  const { t } = useText();
  const { participant } = useIdentity();
  const [adding, setAdding] = useState<"hand-in" | "declare">();
  const close = () => setAdding(undefined);
  return (
    <Page
      title={t("shell.evidence")}
      lead={t("evidence.lead")}
      actions={
        <Row>
          <Button onClick={() => setAdding("declare")}>
            <PenLine size={16} aria-hidden />
            {t("evidence.declare")}
          </Button>
          <Button look="primary" onClick={() => setAdding("hand-in")}>
            <Upload size={16} aria-hidden />
            {t("evidence.handIn")}
          </Button>
        </Row>
      }
    >
      <EvidenceList participant={participant.id} own />
      {adding === "hand-in" ? <HandIn onClose={close} /> : null}
      {adding === "declare" ? <Declare onClose={close} /> : null}
    </Page>
  );
}
