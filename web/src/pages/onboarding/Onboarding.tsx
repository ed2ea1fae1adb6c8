import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { onboarding as onboardingQuery } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { Confirm } from "../../domain/Confirm";
import { CopyAs } from "../../domain/CopyAs";
import { OnboardingBadge } from "../../domain/trust/OnboardingBadge";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { Checklists } from "./Checklist";
import { stepNames, type Step } from "./steps";
import styles from "./Onboarding.module.css";
import { StepBadge, StepForm } from "./StepForm";

const route = getRouteApi("/inside/provider/onboarding");

interface StateProps {
  onboarding: Schema<"Onboarding">;
}

/** Where it stands, how far it is, and what can be done with the whole of it. */
function Whole({ onboarding }: StateProps) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [leaving, setLeaving] = useState(false);
  const { participant, name, state, progress, submittedAt, publishedAt } = onboarding;
  const params = { path: { participant } };
  const put = (now: Schema<"Onboarding">) => queries.setQueryData(onboardingQuery(participant).queryKey, now);
  const submit = useMutation({
    mutationFn: () => body(api.POST("/v1/participants/{participant}/onboarding/submit", { params })),
    onSuccess: put,
  });
  const withdraw = async () =>
    put(await body(api.POST("/v1/participants/{participant}/onboarding/withdraw", { params })));
  const open = state === "draft" || state === "returned";
  return (
    <Card
      title={t("onboarding.progress", { percent: format.percent(progress) })}
      actions={<OnboardingBadge state={state} />}
    >
      <Stack gap={3}>
        <progress className={styles.progress} max={100} value={progress} aria-label={t("onboarding.progressLabel")} />
        <p>{t(`onboarding.stateHint.${state}`)}</p>
        <p className="muted small">
          {submittedAt ? t("onboarding.submittedAt", { time: format.time(submittedAt) }) : null}{" "}
          {publishedAt ? t("onboarding.publishedAt", { time: format.time(publishedAt) }) : null}
        </p>
        {submit.error ? <ProblemNotice error={submit.error} /> : null}
        <Row justify="between">
          <Row>
            <CopyAs
              request={{ method: "POST", path: `/v1/participants/${participant}/onboarding/submit` }}
              cli="hansa onboarding submit"
            />
            {state === "withdrawn" || (state === "draft" && progress === 0) ? null : (
              <Button small look="quiet" onClick={() => setLeaving(true)}>
                {t("onboarding.withdraw")}
              </Button>
            )}
          </Row>
          {open ? (
            <Button look="primary" busy={submit.isPending} disabled={progress < 100} onClick={() => submit.mutate()}>
              {t("onboarding.submit")}
            </Button>
          ) : null}
        </Row>
      </Stack>
      {leaving ? (
        <Confirm
          title={t("onboarding.withdraw")}
          action={t("onboarding.withdraw")}
          typed={name}
          run={withdraw}
          copy={{
            request: { method: "POST", path: `/v1/participants/${participant}/onboarding/withdraw` },
            cli: "hansa onboarding withdraw",
          }}
          onClose={() => setLeaving(false)}
        >
          <p>{t("onboarding.withdrawText")}</p>
        </Confirm>
      ) : null}
    </Card>
  );
}

function StepList({
  steps,
  step,
  onStep,
}: {
  steps: Schema<"StepReport">[];
  step: Step;
  onStep: (step: Step) => void;
}) {
  const { t } = useText();
  return (
    <nav aria-label={t("onboarding.steps")}>
      <ol className={styles.steps}>
        {steps.map((report) => (
          <li key={report.step}>
            <button
              type="button"
              className={styles.step}
              aria-current={report.step === step ? "step" : undefined}
              onClick={() => onStep(report.step)}
            >
              <span>
                {t(`onboarding.step.${report.step}`)}
                {report.required ? null : <span className="muted small"> ({t("common.optional")})</span>}
              </span>
              <StepBadge state={report.state} />
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Where a provider says who it is, step by step, and sees what that reaches. */
export default function Onboarding() {
  const { t } = useText();
  const { participant } = useIdentity();
  const search = route.useSearch();
  const navigate = useNavigate();
  const query = useQuery(onboardingQuery(participant.id));
  const go = (step: Step) => void navigate({ to: "/provider/onboarding", search: { step } });
  return (
    <Page title={t("shell.onboarding")} lead={t("onboarding.lead")}>
      <Async query={query}>
        {(onboarding) => {
          const open = onboarding.steps.find(({ required, state }) => required && state !== "complete");
          const step = search.step ?? open?.step ?? stepNames[0] ?? "legal-person";
          const report = onboarding.steps.find((one) => one.step === step);
          return (
            <Stack>
              <Whole onboarding={onboarding} />
              {onboarding.state === "submitted" || onboarding.state === "published" ? (
                <Notice tone="accent" title={t("onboarding.revise")}>
                  <p>{t("onboarding.reviseHint")}</p>
                </Notice>
              ) : null}
              <div className={styles.columns}>
                <StepList steps={onboarding.steps} step={step} onStep={go} />
                {report ? <StepForm key={step} onboarding={onboarding} report={report} onNext={go} /> : null}
              </div>
              <Checklists checklist={onboarding.checklist} onStep={go} />
            </Stack>
          );
        }}
      </Async>
    </Page>
  );
}
