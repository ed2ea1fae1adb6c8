import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { api, body } from "../../api/client";
import { members as membersQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity, type Role } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { InvitationLink } from "../../domain/InvitationLink";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Confirm, Dialog } from "../../ui/Dialog";
import { CheckField, FieldGroup } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";

function Invite({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const { participant } = useIdentity();
  const [roles, setRoles] = useState<Role[]>(participant.roles);
  const path = `/v1/participants/${participant.id}/invitations`;
  const invite = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/participants/{participant}/invitations", {
          params: { path: { participant: participant.id } },
          body: { roles },
        }),
      ),
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("team.invite")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.close")}</Button>
          {invite.data ? null : (
            <Button
              look="primary"
              busy={invite.isPending}
              disabled={roles.length === 0}
              onClick={() => invite.mutate()}
            >
              {t("team.make")}
            </Button>
          )}
        </>
      }
    >
      {invite.data ? (
        <InvitationLink code={invite.data.code} expires={invite.data.expiresAt} />
      ) : (
        <Stack gap={3}>
          <p className="muted">{t("team.inviteLead")}</p>
          <FieldGroup label={t("participants.roles")}>
            <Row gap={4}>
              {participant.roles.map((role) => (
                <CheckField
                  key={role}
                  label={t(`role.${role}`)}
                  checked={roles.includes(role)}
                  onChange={({ target }) =>
                    setRoles((old) => (target.checked ? [...old, role] : old.filter((one) => one !== role)))
                  }
                />
              ))}
            </Row>
          </FieldGroup>
          {invite.error ? <ProblemNotice error={invite.error} /> : null}
          <Row>
            <CopyAs
              request={{ method: "POST", path, body: { roles } }}
              cli={commandLine([
                ...["hansa", "participant", "invite", participant.name],
                ...roles.flatMap((role) => ["--role", role]),
              ])}
            />
          </Row>
        </Stack>
      )}
    </Dialog>
  );
}

interface OneMemberProps {
  member: Schema<"Member">;
  onClose: () => void;
}

function Remove({ member, onClose }: OneMemberProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => body(api.DELETE("/v1/members/{member}", { params: { path: { member: member.id } } })),
    onSuccess: async () => {
      onClose();
      toast("good", t("team.removed", { name: member.name }));
      await queries.invalidateQueries({ queryKey: ["members"] });
    },
  });
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      title={t("team.removeTitle", { name: member.name })}
      action={t("team.remove")}
      typed={member.name}
      busy={remove.isPending}
    >
      <p>{t("team.removeText")}</p>
      {remove.error ? <ProblemNotice error={remove.error} /> : null}
      <Row>
        <CopyAs
          request={{ method: "DELETE", path: `/v1/members/${member.id}` }}
          cli={commandLine(["hansa", "member", "remove", member.id])}
        />
      </Row>
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
    <Dialog
      open
      onClose={onClose}
      title={t("team.resetTitle", { name: member.name })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.close")}</Button>
          {reset.data ? null : (
            <Button look="danger" busy={reset.isPending} onClick={() => reset.mutate()}>
              {t("team.reset")}
            </Button>
          )}
        </>
      }
    >
      {reset.data ? (
        <InvitationLink code={reset.data.code} expires={reset.data.expiresAt} />
      ) : (
        <Stack gap={3}>
          <p>{t("team.resetText")}</p>
          {reset.error ? <ProblemNotice error={reset.error} /> : null}
          <Row>
            <CopyAs
              request={{ method: "POST", path: `/v1/members/${member.id}/resets` }}
              cli={commandLine(["hansa", "member", "reset", member.id])}
            />
          </Row>
        </Stack>
      )}
    </Dialog>
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
      {inviting ? <Invite onClose={() => setInviting(false)} /> : null}
    </Page>
  );
}
