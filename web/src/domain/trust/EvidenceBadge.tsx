import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Badge, type Tone } from "../../ui/Badge";

const tones: Record<Schema<"EvidenceState">, Tone> = {
  valid: "good",
  "not-yet-valid": "wait",
  expired: "bad",
  revoked: "bad",
  suspended: "warn",
  "status-unknown": "warn",
  withdrawn: "plain",
};

/** Whether a piece of evidence stands. */
export function EvidenceBadge({ state }: { state: Schema<"EvidenceState"> }) {
  const { t } = useText();
  return (
    <Badge tone={tones[state]} dot>
      {t(`evidence.state.${state}`)}
    </Badge>
  );
}
