import { useQuery } from "@tanstack/react-query";
import { browserHasPasskeys } from "../../api/passkeys";
import { signInOptions } from "../../api/people";
import { useText } from "../../i18n/i18n";
import { TextField } from "../../ui/Field";
import { Switcher } from "../../ui/Tabs";

/** The exchange takes no shorter password. */
export const leastPassword = 12;

export type Way = "password" | "passkey";

interface WayFieldProps {
  way: Way;
  onWay: (way: Way) => void;
  password: string;
  onPassword: (password: string) => void;
}

/** What somebody will sign in by: a new password, or a passkey where there can be one. */
export function WayField({ way, onWay, password, onPassword }: WayFieldProps) {
  const { t } = useText();
  const options = useQuery(signInOptions()).data;
  const passkeys = options?.passkeys === true && browserHasPasskeys;
  return (
    <>
      {passkeys ? (
        <Switcher
          label={t("signin.way")}
          value={way}
          onChange={onWay}
          options={[
            { value: "password", label: t("signin.password") },
            { value: "passkey", label: t("signin.passkeyWord") },
          ]}
        />
      ) : null}
      {way === "password" ? (
        <TextField
          label={t("signin.newPassword")}
          hint={t("signin.newPasswordHint", { count: leastPassword })}
          type="password"
          value={password}
          onChange={({ target }) => onPassword(target.value)}
          autoComplete="new-password"
          minLength={leastPassword}
          required
        />
      ) : (
        <p className="muted">{t("signin.passkeyHint")}</p>
      )}
    </>
  );
}
