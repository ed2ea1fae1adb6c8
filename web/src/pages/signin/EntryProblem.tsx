import { NoPasskey } from "../../api/passkeys";
import { useText } from "../../i18n/i18n";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";

/** Why a way in did not work; a passkey that was not given is no fault of the console. */
export function EntryProblem({ error }: { error: Error | null }) {
  const { t } = useText();
  if (!error) return null;
  if (!(error instanceof NoPasskey)) return <ProblemNotice error={error} />;
  return (
    <Notice tone="bad" title={t(error.known ? "signin.passkeyKnown" : "signin.passkeyNone")}>
      <p>{t(error.known ? "signin.passkeyKnownHint" : "signin.passkeyNoneHint")}</p>
    </Notice>
  );
}
