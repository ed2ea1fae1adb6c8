import { Wrench } from "lucide-react";
import type { MatchOutcome } from "../../../application/useMatch";
import type { Trial } from "../../../application/whatif";
import { repaired } from "../../../application/whatif";
import { parsePath } from "../../../application/path";
import { useText } from "../../../i18n/i18n";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { Row, Stack } from "../../../ui/Layout";
import { Notice } from "../../../ui/Notice";

interface ConflictProps {
  outcome: MatchOutcome;
  /** Whether it is looked for again right now. */
  looking: boolean;
  onRepair: (trials: Trial[]) => void;
  onAgain: () => void;
}

/** Why nothing fits, and what would help. A repair is taken over with one click, and was checked by the exchange. */
export function Conflict({ outcome, looking, onRepair, onAgain }: ConflictProps) {
  const { t, format } = useText();
  const repairs = outcome.repairs ?? [];
  return (
    <Stack>
      <Notice tone="warn" title={t("match.nothing")}>
        <ul>
          {outcome.conflict.map(({ field, message, repair }) => (
            <li key={`${field} ${message}`}>
              <code>{field}</code> {message}
              {repair ? <span className="muted"> · {repair}</span> : null}
            </li>
          ))}
        </ul>
      </Notice>
      {repairs.length > 0 ? (
        <Card title={t("match.repairs")}>
          <Stack gap={3}>
            {repairs.map(({ summary, changes, gives }) => (
              <Row key={summary} justify="between" gap={4}>
                <span>
                  <strong>{summary}</strong>
                  <br />
                  <span className="muted">
                    {t("match.gives", { monthly: format.money(gives.monthly), oneOff: format.money(gives.oneOff) })}
                  </span>
                </span>
                <Button
                  small
                  onClick={() =>
                    onRepair(changes.map(({ field, to }) => ({ path: parsePath(field), value: repaired(to) })))
                  }
                >
                  <Wrench size={16} aria-hidden />
                  {t("match.repair")}
                </Button>
              </Row>
            ))}
          </Stack>
        </Card>
      ) : (
        <Notice tone="accent" title={t("match.cutShort")}>
          <Row>
            <Button small busy={looking} onClick={onAgain}>
              {t("match.again")}
            </Button>
          </Row>
        </Notice>
      )}
    </Stack>
  );
}
