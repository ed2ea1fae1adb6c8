import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Badge, type Tone } from "../../ui/Badge";

const tones: Record<Schema<"OnboardingState">, Tone> = {
  draft: "plain",
  submitted: "wait",
  returned: "warn",
  published: "good",
  withdrawn: "plain",
};

/** Where an onboarding stands. */
export function OnboardingBadge({ state }: { state: Schema<"OnboardingState"> }) {
  const { t } = useText();
  return (
    <Badge tone={tones[state]} dot>
      {t(`onboarding.state.${state}`)}
    </Badge>
  );
}
