import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { BadgeCheck, PackageOpen } from "lucide-react";
import { api, body } from "../../api/client";
import { participantTrust } from "../../api/trust";
import { useHasRole, useIdentity } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { Ownership } from "../../domain/trust/Ownership";
import { TrustLevels } from "../../domain/trust/TrustLevels";
import { useText } from "../../i18n/i18n";
import { download, downloadBlob } from "../../lib/download";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { CopyButton } from "../../ui/Copy";
import { Row, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Details } from "../../ui/Table";

const route = getRouteApi("/inside/participants/$participant/trust");

interface ProofsProps {
  participant: string;
  did: string;
  evaluatedAt: string | null | undefined;
  /** Whether the audit pack is the reader's to have. */
  pack: boolean;
}

/** What can be taken away, to be checked elsewhere. */
function Proofs({ participant, did, evaluatedAt, pack }: ProofsProps) {
  const { t, format } = useText();
  const params = { path: { participant } };
  const label = useMutation({
    mutationFn: () => body(api.GET("/v1/participants/{participant}/label-credential", { params, parseAs: "text" })),
    onSuccess: (credential) => download(`${participant}-label.jwt`, "application/vc+jwt", credential),
  });
  const fetchPack = useMutation({
    mutationFn: () => body(api.GET("/v1/participants/{participant}/audit-pack", { params, parseAs: "blob" })),
    onSuccess: (archive) => downloadBlob(`${participant}.tar.gz`, archive),
  });
  const error = label.error ?? fetchPack.error;
  return (
    <Card title={t("trust.proofs")}>
      <Stack gap={3}>
        <Details
          facts={[
            [
              "DID",
              <Row key="did" gap={1}>
                <code className="small">{did}</code>
                <CopyButton text={did} />
              </Row>,
            ],
            [t("trust.judged"), evaluatedAt ? format.time(evaluatedAt) : t("common.never")],
          ]}
        />
        <Row>
          <Button small busy={label.isPending} onClick={() => label.mutate()}>
            <BadgeCheck size={16} aria-hidden />
            {t("trust.label")}
          </Button>
          {pack ? (
            <>
              <Button small busy={fetchPack.isPending} onClick={() => fetchPack.mutate()}>
                <PackageOpen size={16} aria-hidden />
                {t("trust.pack")}
              </Button>
              <CopyAs
                request={{ method: "GET", path: `/v1/participants/${participant}/audit-pack` }}
                cli={commandLine(["hansa", "trust", "pack", participant, "--to", `${participant}.tar.gz`])}
              />
            </>
          ) : null}
        </Row>
        {error ? <ProblemNotice error={error} /> : null}
      </Stack>
    </Card>
  );
}

/** What is known of a participant, by whom it is controlled, and what rule sets make of that. */
export function TrustView({ participant, pack }: { participant: string; pack: boolean }) {
  const query = useQuery(participantTrust(participant));
  return (
    <Async query={query}>
      {({ did, evaluations, evaluatedAt }) => (
        <Stack>
          <Proofs participant={participant} did={did} evaluatedAt={evaluatedAt} pack={pack} />
          <TrustLevels evaluations={evaluations} />
          <Ownership participant={participant} />
        </Stack>
      )}
    </Async>
  );
}

/** The trust page of any participant. */
export default function TrustPage() {
  const { t } = useText();
  const { participant: key } = route.useParams();
  const { participant: own } = useIdentity();
  const overseer = useHasRole("operator", "auditor");
  const query = useQuery({
    queryKey: ["participants", "one", key],
    queryFn: () => body(api.GET("/v1/participants/{participant}", { params: { path: { participant: key } } })),
  });
  const name = query.data?.name ?? key;
  return (
    <Page
      title={query.data?.legalName ?? key}
      lead={t("trust.lead")}
      above={overseer ? { label: t("shell.participants"), to: "/participants" } : undefined}
    >
      <TrustView participant={name} pack={overseer || key === own.id || key === own.name} />
    </Page>
  );
}
