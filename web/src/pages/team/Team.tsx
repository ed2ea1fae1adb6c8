import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { members as membersQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { FormDialog } from "../../domain/FormDialog";
import { InvitationLink } from "../../domain/InvitationLink";
import { InviteDialog } from "../../domain/InviteDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

interface OneMemberProps {
  member: Schema<"Member">;
  onClose: () => void;
}

function Remove({ member, onClose }: OneMemberProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const remove = async () => {
    await body(api.DELETE("/v1/members/{member}", { params: { path: { member: member.id } } }));
    toast("good", t("team.removed", { name: member.name }));
    await queries.invalidateQueries({ queryKey: ["members"] });
  };
  return (
    <Confirm
      title={t("team.removeTitle", { name: member.name })}
      action={t("team.remove")}
      typed={member.name}
      run={remove}
      copy={{
        request: { method: "DELETE", path: `/v1/members/${member.id}` },
        cli: commandLine(["hansa", "member", "remove", member.id]),
      }}
      onClose={onClose}
    >
      <p>{t("team.removeText")}</p>
    </Confirm>
  );
}

/** Gives somebody a new way in who has lost theirs. */
function Reset({ member, onClose }: OneMemberProps) {
  const { t } = useText();
  const reset = useMutation({
    mutationFn: () => body(api.POST("/v1/members/{member}/resets", { params: { path: { member: member.id } } })),
  });
  return (
    <FormDialog
      title={t("team.resetTitle", { name: member.name })}
      submit={t("team.reset")}
      look="danger"
      onSubmit={() => reset.mutate()}
      onClose={onClose}
      sending={reset}
      copy={{
        request: { method: "POST", path: `/v1/members/${member.id}/resets` },
        cli: commandLine(["hansa", "member", "reset", member.id]),
      }}
      outcome={reset.data ? <InvitationLink code={reset.data.code} expires={reset.data.expiresAt} /> : null}
    >
      <p>{t("team.resetText")}</p>
    </FormDialog>
  );
}

/** Who acts for the participant, in which roles; members invite others here. */
export default function Team() {
  const { t, format } = useText();
  const { participant, member } = useIdentity();
  const [inviting, setInviting] = useState(false);
  const [leaving, setLeaving] = useState<Schema<"Member">>();
  const [resetting, setResetting] = useState<Schema<"Member">>();
  const query = useQuery(membersQuery());
  const alone = query.data?.length === 1 && participant.roles.includes("buyer");
  return (
    <Page
      title={t("shell.team")}
      lead={t("team.lead", { name: participant.legalName })}
      actions={
        <Button look="primary" onClick={() => setInviting(true)}>
          <UserPlus size={16} aria-hidden />
          {t("team.invite")}
        </Button>
      }
    >
      <Card flush title={t("team.members")}>
        <Async query={query}>
          {(list) => (
            <Table
              label={t("team.members")}
              rows={list}
              keyOf={({ id }) => id}
              columns={[
                {
                  header: t("common.name"),
                  cell: ({ id, name }) => (
                    <>
                      {name} {id === member.id ? <Badge tone="accent">{t("team.you")}</Badge> : null}
                    </>
                  ),
                },
                {
                  header: t("participants.roles"),
                  cell: ({ roles }) => (
                    <Row gap={1}>
                      {roles.map((role) => (
                        <Badge key={role}>{t(`role.${role}`)}</Badge>
                      ))}
                    </Row>
                  ),
                },
                { header: t("team.joined"), cell: ({ createdAt }) => format.date(createdAt), right: true },
                {
                  header: t("common.actions"),
                  cell: (one) =>
                    one.id === member.id ? null : (
                      <Row gap={1} justify="end">
                        <Button small look="quiet" onClick={() => setResetting(one)}>
                          {t("team.reset")}
                        </Button>
                        <Button small look="quiet" onClick={() => setLeaving(one)}>
                          {t("team.remove")}
                        </Button>
                      </Row>
                    ),
                  right: true,
                },
              ]}
            />
          )}
        </Async>
      </Card>
      {alone ? (
        <Notice tone="accent" title={t("team.alone")}>
          <p>{t("team.aloneHint")}</p>
        </Notice>
      ) : null}
      {leaving ? <Remove member={leaving} onClose={() => setLeaving(undefined)} /> : null}
      {resetting ? <Reset member={resetting} onClose={() => setResetting(undefined)} /> : null}
      {inviting ? (
        <InviteDialog
          participant={participant}
          title={t("team.invite")}
          description={t("team.inviteLead")}
          submit={t("team.make")}
          onClose={() => setInviting(false)}
        />
      ) : null}
    </Page>
  );
}
