import type { Trial } from "../../../application/whatif";
import type { ApplicationValue } from "../../../application/types";
import { useText } from "../../../i18n/i18n";
import { leading } from "../../../lib/quantity";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { Row, Stack } from "../../../ui/Layout";
import { Slider } from "../../../ui/Slider";
import { amountOf } from "../form/GeneralForm";

interface WhatIfProps {
  /** As it is written. */
  value: ApplicationValue;
  /** As it is tried now. */
  now: ApplicationValue;
  trials: readonly Trial[];
  onTry: (trial: Trial) => void;
  onReset: () => void;
  onKeep: () => void;
}

const weights = ["price", "latency", "carbon"] as const;

/** Sliders that show at once what another budget, distance or weight would give. Nothing is written until it is kept. */
export function WhatIf({ value, now, trials, onTry, onReset, onKeep }: WhatIfProps) {
  const { t, format } = useText();
  const spec = now.spec ?? {};
  const written = Number(amountOf(value.spec?.budget?.monthly) || 0);
  const budget = Number(amountOf(spec.budget?.monthly) || 0);
  const currency = spec.budget?.monthly?.split(" ")[1] ?? "EUR";
  const objective = spec.objective ?? { price: 1 };
  return (
    <Card title={t("match.whatIf")}>
      <Stack gap={3}>
        {written > 0 ? (
          <Slider
            label={t("describe.budget", { currency })}
            value={budget}
            min={1}
            max={Math.max(10, written * 3)}
            step={1}
            shown={format.money({ amount: String(budget), currency: currency as "EUR" })}
            onChange={(next) =>
              onTry({ path: ["spec", "budget", "monthly"], value: `${Math.round(next)} ${currency}` })
            }
          />
        ) : null}
        {(spec.links ?? []).map((link, index) => {
          const milliseconds = link.rtt?.endsWith("ms") ? leading(link.rtt) : undefined;
          return milliseconds === undefined ? null : (
            <Slider
              key={`${link.from} ${link.to}`}
              label={`${link.from} → ${link.to}`}
              value={milliseconds}
              min={1}
              max={80}
              step={1}
              shown={`≤ ${format.number(milliseconds)} ms`}
              onChange={(next) => onTry({ path: ["spec", "links", index, "rtt"], value: `<= ${Math.round(next)} ms` })}
            />
          );
        })}
        {weights.map((goal) => {
          const weight = objective[goal];
          const number = typeof weight === "number" ? weight : 0;
          return (
            <Slider
              key={goal}
              label={t(`describe.goal.${goal}`)}
              value={Math.min(2, number)}
              min={0}
              max={2}
              step={0.1}
              shown={number === 0 ? t("describe.goal.off") : format.number(number, 1)}
              onChange={(next) => onTry({ path: ["spec", "objective", goal], value: Math.round(next * 10) / 10 })}
            />
          );
        })}
        {trials.length > 0 ? (
          <Row justify="end">
            <Button small look="quiet" onClick={onReset}>
              {t("match.reset")}
            </Button>
            <Button small onClick={onKeep}>
              {t("match.keep")}
            </Button>
          </Row>
        ) : null}
      </Stack>
    </Card>
  );
}
