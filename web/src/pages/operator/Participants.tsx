import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { itemsOf, participants } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useHasRole, type Role } from "../../app/identity";
import { FormDialog } from "../../domain/FormDialog";
import { InvitationLink } from "../../domain/InvitationLink";
import { InviteDialog } from "../../domain/InviteDialog";
import { RolesField } from "../../domain/RolesField";
import { LongList } from "../../domain/LongList";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { useDebounced } from "../../lib/useDebounced";
import { useFields } from "../../lib/useFields";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { SearchField, TextField } from "../../ui/Field";
import { Grid, Row } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";

const roles: readonly Role[] = ["buyer", "provider", "operator", "auditor"];

function Admit({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { form, field } = useFields({ name: "", legalName: "", country: "" });
  const [chosen, setChosen] = useState<readonly Role[]>(["buyer"]);
  const request: Schema<"NewParticipant"> = { ...form, country: form.country.toUpperCase(), roles: [...chosen] };
  const admit = useMutation({
    mutationFn: () => body(api.POST("/v1/participants", { body: request })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["participants"] }),
  });
  const invitation = admit.data?.invitation;
  return (
    <FormDialog
      title={t("participants.admit")}
      submit={t("participants.admit")}
      onSubmit={() => admit.mutate()}
      onClose={onClose}
      sending={admit}
      incomplete={Object.values(form).some((text) => text === "") || chosen.length === 0}
      copy={{
        request: { method: "POST", path: "/v1/participants", body: request },
        cli: commandLine([
          ...["hansa", "participant", "admit", form.name, "--legal-name", form.legalName],
          ...["--country", request.country, ...chosen.flatMap((role) => ["--role", role])],
        ]),
      }}
      outcome={invitation ? <InvitationLink code={invitation.code} expires={invitation.expiresAt} /> : null}
    >
      <Grid column="12rem" gap={3}>
        <TextField label={t("participants.short")} hint={t("describe.nameHint")} {...field("name")} />
        <TextField label={t("participants.legal")} hint={t("participants.legalHint")} {...field("legalName")} />
        <TextField label={t("common.country")} hint={t("provider.countryHint")} maxLength={2} {...field("country")} />
      </Grid>
      <RolesField roles={roles} chosen={chosen} onChange={setChosen} />
    </FormDialog>
  );
}

/** Who is in the federation, as what, and on what grounds. */
export default function Participants() {
  const { t, format } = useText();
  const operator = useHasRole("operator");
  const [text, setText] = useState("");
  const [admitting, setAdmitting] = useState(false);
  const [inviting, setInviting] = useState<Schema<"Participant">>();
  const q = useDebounced(text, 250) || undefined;
  const query = useInfiniteQuery({ ...participants({ q }), placeholderData: (old) => old });
  return (
    <Page
      title={t("shell.participants")}
      lead={t("participants.lead")}
      actions={
        operator ? (
          <Button look="primary" onClick={() => setAdmitting(true)}>
            <Plus size={16} aria-hidden />
            {t("participants.admit")}
          </Button>
        ) : undefined
      }
    >
      <SearchField label={t("participants.search")} value={text} onChange={({ target }) => setText(target.value)} />
      <Card flush>
        <LongList query={query} />
        <Async query={query}>
          {(data) => (
            <Table
              label={t("shell.participants")}
              rows={itemsOf(data)}
              keyOf={({ id }) => id}
              more={moreOf(query)}
              columns={[
                {
                  header: t("common.name"),
                  cell: ({ legalName, name }) => (
                    <>
                      {legalName} <span className="muted small">{name}</span>
                    </>
                  ),
                },
                { header: t("common.country"), cell: ({ country }) => format.country(country) },
                {
                  header: t("participants.roles"),
                  cell: (one) => (
                    <Row gap={1}>
                      {one.roles.map((role) => (
                        <Badge key={role}>{t(`role.${role}`)}</Badge>
                      ))}
                    </Row>
                  ),
                },
                {
                  header: t("participants.evidence"),
                  cell: ({ assurance }) => (
                    <Row gap={1}>
                      {assurance.certificates.map(({ scheme, source }) => (
                        <Badge key={scheme} tone={source === "verified" ? "good" : "plain"}>
                          {scheme}
                        </Badge>
                      ))}
                      {Object.entries(assurance.labels).map(([label, level]) => (
                        <Badge key={label} tone="accent">
                          {label} {level}
                        </Badge>
                      ))}
                      {typeof assurance.seal === "number" ? <Badge tone="accent">SEAL {assurance.seal}</Badge> : null}
                    </Row>
                  ),
                },
                { header: t("common.created"), cell: ({ createdAt }) => format.date(createdAt), right: true },
                ...(operator
                  ? [
                      {
                        header: t("common.actions"),
                        cell: (one: Schema<"Participant">) => (
                          <Button small look="quiet" onClick={() => setInviting(one)}>
                            {t("participants.invite")}
                          </Button>
                        ),
                        right: true,
                      },
                    ]
                  : []),
              ]}
            />
          )}
        </Async>
      </Card>
      {admitting ? <Admit onClose={() => setAdmitting(false)} /> : null}
      {inviting ? (
        <InviteDialog
          participant={inviting}
          title={t("participants.inviteTo", { name: inviting.legalName })}
          description={t("participants.inviteHint")}
          submit={t("participants.makeCode")}
          onClose={() => setInviting(undefined)}
        />
      ) : null}
    </Page>
  );
}
