import type { Role } from "../app/identity";
import { useText } from "../i18n/i18n";
import { CheckField, FieldGroup } from "../ui/Field";
import { Row } from "../ui/Layout";

interface RolesFieldProps {
  label?: string;
  /** Those that there are to choose from. */
  roles: readonly Role[];
  chosen: readonly Role[];
  onChange: (chosen: readonly Role[]) => void;
}

/** Some of several roles. */
export function RolesField({ label, roles, chosen, onChange }: RolesFieldProps) {
  const { t } = useText();
  return (
    <FieldGroup label={label ?? t("participants.roles")}>
      <Row gap={4}>
        {roles.map((role) => (
          <CheckField
            key={role}
            label={t(`role.${role}`)}
            checked={chosen.includes(role)}
            onChange={({ target }) =>
              onChange(target.checked ? [...chosen, role] : chosen.filter((one) => one !== role))
            }
          />
        ))}
      </Row>
    </FieldGroup>
  );
}
