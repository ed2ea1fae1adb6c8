import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, body } from "../api/client";
import type { Schema } from "../api/types";
import type { Role } from "../app/identity";
import { commandLine } from "../lib/snippets";
import { FormDialog } from "./FormDialog";
import { InvitationLink } from "./InvitationLink";
import { RolesField } from "./RolesField";

interface InviteDialogProps {
  participant: Pick<Schema<"Participant">, "id" | "name" | "roles">;
  title: string;
  description: string;
  submit: string;
  onClose: () => void;
}

/** Makes an invitation to act for a participant, in some of its roles. */
export function InviteDialog({ participant, title, description, submit, onClose }: InviteDialogProps) {
  const [roles, setRoles] = useState<readonly Role[]>(participant.roles);
  const request = { roles: [...roles] };
  const invite = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/participants/{participant}/invitations", {
          params: { path: { participant: participant.id } },
          body: request,
        }),
      ),
  });
  return (
    <FormDialog
      title={title}
      description={description}
      submit={submit}
      onSubmit={() => invite.mutate()}
      onClose={onClose}
      sending={invite}
      incomplete={roles.length === 0}
      copy={{
        request: { method: "POST", path: `/v1/participants/${participant.id}/invitations`, body: request },
        cli: commandLine([
          ...["hansa", "participant", "invite", participant.name],
          ...roles.flatMap((role) => ["--role", role]),
        ]),
      }}
      outcome={invite.data ? <InvitationLink code={invite.data.code} expires={invite.data.expiresAt} /> : null}
    >
      <RolesField roles={participant.roles} chosen={roles} onChange={setRoles} />
    </FormDialog>
  );
}
