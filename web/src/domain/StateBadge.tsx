import { useText } from "../i18n/i18n";
import { Badge } from "../ui/Badge";
import { toneOf, type State } from "./states";

/** A state of a lifecycle in the reader's words. */
export function StateBadge({ state }: { state: State }) {
  const { t } = useText();
  return (
    <Badge tone={toneOf(state)} dot>
      {t(`state.${state}`)}
    </Badge>
  );
}
