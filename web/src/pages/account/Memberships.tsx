import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { sessionChanged } from "../../api/session";
import type { Schema } from "../../api/types";
import { useSwitchMember, type Role } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { RolesField } from "../../domain/RolesField";
import { useText } from "../../i18n/i18n";
import { Badge } from "../../ui/Badge";
import { Button, buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { SelectField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { ProblemNotice } from "../../ui/Problem";
import { toast } from "../../ui/Toasts";

interface ActAsProps {
  membership: Schema<"Membership">;
  session: Schema<"Session">;
}

/** Takes some of the session's roles or tenants away for a while. */
function ActAs({ membership: { member, tenants }, session }: ActAsProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const [roles, setRoles] = useState<readonly Role[]>(session.roles ?? member.roles);
  const [tenant, setTenant] = useState(session.tenant ?? "");
  const request: Schema<"SwitchSession"> = {
    member: member.id,
    roles: roles.length === member.roles.length ? undefined : [...roles],
    tenant: tenant || undefined,
  };
  const apply = useMutation({
    mutationFn: () => body(api.PATCH("/v1/session", { body: request })),
    onSuccess: async () => {
      sessionChanged();
      toast("good", t("account.applied"));
      await queries.invalidateQueries();
    },
  });
  if (member.roles.length < 2 && tenants.length < 2) return null;
  return (
    <Stack gap={3}>
      <Stack gap={1}>
        <RolesField label={t("account.actAs")} roles={member.roles} chosen={roles} onChange={setRoles} />
        <span className="muted small">{t("account.fewerRolesHint")}</span>
      </Stack>
      {tenants.length > 1 ? (
        <SelectField
          label={t("account.tenant")}
          value={tenant}
          onChange={({ target }) => setTenant(target.value)}
          choices={[
            { value: "", label: t("account.allTenants") },
            ...tenants.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      ) : null}
      {apply.error ? <ProblemNotice error={apply.error} /> : null}
      <Row justify="between">
        <CopyAs request={{ method: "PATCH", path: "/v1/session", body: request }} />
        <Button small busy={apply.isPending} disabled={roles.length === 0} onClick={() => apply.mutate()}>
          {t("account.apply")}
        </Button>
      </Row>
    </Stack>
  );
}

interface MembershipsProps {
  memberships: Schema<"Membership">[];
  session: Schema<"Session">;
}

/** For whom one acts, and for whom one could. */
export function Memberships({ memberships, session }: MembershipsProps) {
  const { t, format } = useText();
  const switchTo = useSwitchMember();
  const acting = memberships.find(({ member }) => member.id === session.member);
  return (
    <Card title={t("account.memberships")}>
      <Stack gap={4}>
        <Stack gap={3}>
          {memberships.map(({ member, participant }) => (
            <Row key={member.id} justify="between">
              <span>
                {participant.legalName}{" "}
                <span className="muted small">{format.list(member.roles.map((role) => t(`role.${role}`)))}</span>
              </span>
              {member.id === session.member ? (
                <Badge tone="accent">{t("account.acting")}</Badge>
              ) : (
                <Button small onClick={() => switchTo(member.id)}>
                  {t("account.actFor")}
                </Button>
              )}
            </Row>
          ))}
        </Stack>
        {acting ? <ActAs key={session.member} membership={acting} session={session} /> : null}
        <Row>
          <Link to="/sign-up" className={buttonClass({ small: true, look: "quiet" })}>
            {t("account.joinAnother")}
          </Link>
        </Row>
      </Stack>
    </Card>
  );
}
