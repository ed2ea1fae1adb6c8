import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import { Page } from "../../ui/Page";
import { TrustView } from "./TrustPage";

/** What rule sets make of one's own evidence, and what is missing for more. */
export default function OwnTrust() {
  const { t } = useText();
  const { participant } = useIdentity();
  return (
    <Page title={t("shell.trust")} lead={t("trust.ownLead")}>
      <TrustView participant={participant.name} pack />
    </Page>
  );
}
