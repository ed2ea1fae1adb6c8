import type { Schema } from "../../api/types";
import { levelName } from "../../domain/trust/levels";
import { useText } from "../../i18n/i18n";
import { Badge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { stepNames, type Step } from "./steps";

const isStep = (name: string): name is Step => (stepNames as string[]).includes(name);

interface LevelProps {
  ruleSet: string;
  level: Schema<"LevelChecklist">;
  onStep: (step: Step) => void;
}

function Level({ ruleSet, level: { level, title, reached, missing = [] }, onStep }: LevelProps) {
  const { t, maybe } = useText();
  const name = levelName(ruleSet, level);
  if (reached) {
    return (
      <Row gap={2}>
        <Badge tone="good" dot>
          {t("onboarding.reached")}
        </Badge>
        <span>
          {name} <span className="muted small">{title}</span>
        </span>
      </Row>
    );
  }
  return (
    <details>
      <summary>
        {name} <span className="muted small">{t("onboarding.missing", { count: missing.length })}</span>
      </summary>
      <ul className="small">
        {missing.map(({ criterion, title: asked, missing: lacking, steps }) => (
          <li key={criterion}>
            <strong>{asked}</strong>: {lacking}{" "}
            {steps.map((step) =>
              isStep(step) ? (
                <Button key={step} small look="quiet" onClick={() => onStep(step)}>
                  {t(`onboarding.step.${step}`)}
                </Button>
              ) : (
                <Badge key={step}>{maybe(`onboarding.by.${step}`, step)}</Badge>
              ),
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** For each level of each rule set, what would still be missing if the answers were submitted now. */
export function Checklists({ checklist, onStep }: { checklist: Schema<"Checklist">[]; onStep: (step: Step) => void }) {
  const { t } = useText();
  return (
    <Card title={t("onboarding.levels")}>
      <Stack gap={5}>
        <p className="muted">{t("onboarding.levelsHint")}</p>
        {checklist.map(({ ruleSet, title, standing, levels }) => (
          <Stack key={ruleSet} gap={2}>
            <Row>
              <h3>{title}</h3>
              {standing === "proposal" ? <Badge tone="warn">{t("trust.proposal")}</Badge> : null}
            </Row>
            {levels.map((level) => (
              <Level key={level.level} ruleSet={ruleSet} level={level} onStep={onStep} />
            ))}
          </Stack>
        ))}
      </Stack>
    </Card>
  );
}
