import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { onboarding as onboardingQuery } from "../../api/trust";
import type { Schema } from "../../api/types";
import { CopyAs } from "../../domain/CopyAs";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/Problem";
import { toast } from "../../ui/Toasts";
import { allFields, answersOf, cleaned, stepNames, steps, type Answers, type Step } from "./steps";
import { Fields } from "./Fields";

const tones: Record<Schema<"OnboardingStepState">, Tone> = { empty: "plain", incomplete: "warn", complete: "good" };

/** How far a step is. */
export function StepBadge({ state }: { state: Schema<"OnboardingStepState"> }) {
  const { t } = useText();
  return (
    <Badge tone={tones[state]} dot>
      {t(`onboarding.stepState.${state}`)}
    </Badge>
  );
}

interface StepFormProps {
  onboarding: Schema<"Onboarding">;
  report: Schema<"StepReport">;
  onNext: (step: Step) => void;
}

/** One step: its fields, what is wrong with them, and what an operator wants put right. */
export function StepForm({ onboarding, report, onNext }: StepFormProps) {
  const { t } = useText();
  const queries = useQueryClient();
  const { step } = report;
  const fields = steps[step];
  const [said, setSaid] = useState<Answers>(() => answersOf(onboarding.answers, step));
  const request = cleaned(said, fields);
  const wrong = useMemo(
    () => new Map(report.wrong?.map(({ field, message, hint }) => [field, hint ? `${message}: ${hint}` : message])),
    [report.wrong],
  );
  const shown = new Set(allFields(fields).map(({ key }) => key));
  const elsewhere = report.wrong?.filter(({ field }) => !shown.has(field.split(/[.[]/).at(0) ?? "")) ?? [];
  const next = stepNames[stepNames.indexOf(step) + 1];
  const save = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/participants/{participant}/onboarding/steps/{step}", {
          params: { path: { participant: onboarding.participant, step } },
          body: request as never,
        }),
      ),
    onSuccess: (now) => {
      queries.setQueryData(onboardingQuery(onboarding.participant).queryKey, now);
      const report = now.steps.find((one) => one.step === step);
      if (report?.state === "complete" && next) onNext(next);
      else toast("accent", t("onboarding.kept"));
    },
  });
  return (
    <Card title={t(`onboarding.step.${step}`)} actions={<StepBadge state={report.state} />}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Stack gap={4}>
          <p className="muted">{t(`onboarding.help.${step}`)}</p>
          {report.note ? (
            <Notice tone="warn" title={t("onboarding.note")}>
              <p>{report.note}</p>
            </Notice>
          ) : null}
          {elsewhere.map(({ field, message, hint }) => (
            <Notice key={`${field} ${message}`} tone="warn" title={message}>
              {hint ? <p>{hint}</p> : null}
            </Notice>
          ))}
          <Fields fields={fields} value={said} onChange={setSaid} wrong={wrong} />
          {save.error ? <ProblemNotice error={save.error} /> : null}
          <Row justify="between">
            <CopyAs
              request={{
                method: "POST",
                path: `/v1/participants/${onboarding.participant}/onboarding/steps/${step}`,
                body: request,
              }}
              cli={commandLine(["hansa", "onboarding", "set", step, "-f", `${step}.yaml`])}
              yaml={stringify(request)}
            />
            <Button type="submit" look="primary" busy={save.isPending}>
              {t("common.save")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Card>
  );
}
