import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { onboarding as onboardingQuery } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useHasRole } from "../../app/identity";
import { CopyAs } from "../../domain/CopyAs";
import { FormDialog } from "../../domain/FormDialog";
import { OnboardingBadge } from "../../domain/trust/OnboardingBadge";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { TextArea } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Page } from "../../ui/Page";
import { ProblemNotice } from "../../ui/Problem";
import { answersOf, stepNames, type Step } from "../onboarding/steps";
import { StepBadge } from "../onboarding/StepForm";
import { EvidenceList } from "../trust/Evidence";

const route = getRouteApi("/inside/reviews/$participant");

function GiveBack({ onboarding, onClose }: { onboarding: Schema<"Onboarding">; onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const [notes, setNotes] = useState<Partial<Record<Step, string>>>({});
  const said = Object.fromEntries(Object.entries(notes).filter(([, text]) => text.trim() !== ""));
  const { participant, name } = onboarding;
  const giveBack = useMutation({
    mutationFn: () =>
      body(
        api.POST("/v1/participants/{participant}/onboarding/return", {
          params: { path: { participant } },
          body: { notes: said },
        }),
      ),
    onSuccess: (now) => {
      queries.setQueryData(onboardingQuery(participant).queryKey, now);
      onClose();
    },
  });
  return (
    <FormDialog
      wide
      title={t("reviews.return")}
      description={t("reviews.returnHint")}
      submit={t("reviews.return")}
      onSubmit={() => giveBack.mutate()}
      onClose={onClose}
      sending={giveBack}
      incomplete={Object.keys(said).length === 0}
      copy={{
        request: { method: "POST", path: `/v1/participants/${participant}/onboarding/return`, body: { notes: said } },
        cli: commandLine([
          ...["hansa", "onboarding", "return", name],
          ...Object.entries(said).flatMap(([step, text]) => ["--note", `${step}=${text}`]),
        ]),
      }}
    >
      {stepNames.map((step) => (
        <TextArea
          key={step}
          label={t(`onboarding.step.${step}`)}
          rows={1}
          value={notes[step] ?? ""}
          onChange={({ target }) => setNotes({ ...notes, [step]: target.value })}
        />
      ))}
    </FormDialog>
  );
}

function Decision({ onboarding }: { onboarding: Schema<"Onboarding"> }) {
  const { t, format } = useText();
  const queries = useQueryClient();
  const [returning, setReturning] = useState(false);
  const { participant, name, state, approvals = [], submittedAt } = onboarding;
  const approve = useMutation({
    mutationFn: () =>
      body(api.POST("/v1/participants/{participant}/onboarding/approve", { params: { path: { participant } } })),
    onSuccess: (now) => queries.setQueryData(onboardingQuery(participant).queryKey, now),
  });
  return (
    <Card title={t("reviews.decision")} actions={<OnboardingBadge state={state} />}>
      <Stack gap={3}>
        <p>{t("reviews.means")}</p>
        {submittedAt ? (
          <p className="muted small">{t("onboarding.submittedAt", { time: format.time(submittedAt) })}</p>
        ) : null}
        {approvals.length > 0 && state === "submitted" ? (
          <Notice tone="accent" title={t("reviews.fourEyes")}>
            <p>{t("reviews.fourEyesHint", { count: approvals.length })}</p>
          </Notice>
        ) : null}
        {approve.error ? <ProblemNotice error={approve.error} /> : null}
        <Row justify="between">
          <CopyAs
            request={{ method: "POST", path: `/v1/participants/${participant}/onboarding/approve` }}
            cli={commandLine(["hansa", "onboarding", "approve", name])}
          />
          <Row>
            {state === "submitted" || state === "published" ? (
              <Button onClick={() => setReturning(true)}>{t("reviews.return")}</Button>
            ) : null}
            {state === "submitted" ? (
              <Button look="primary" busy={approve.isPending} onClick={() => approve.mutate()}>
                {t("reviews.approve")}
              </Button>
            ) : null}
          </Row>
        </Row>
      </Stack>
      {returning ? <GiveBack onboarding={onboarding} onClose={() => setReturning(false)} /> : null}
    </Card>
  );
}

/** What was answered, step by step; the steps without an answer in one list, so that there is something to read. */
function Answers({ onboarding }: { onboarding: Schema<"Onboarding"> }) {
  const { t, format } = useText();
  const steps = onboarding.steps.map((report) => ({
    ...report,
    label: t(`onboarding.step.${report.step}`),
    said: answersOf(onboarding.answers, report.step),
  }));
  const answered = steps.filter(({ said, note }) => Boolean(note) || Object.keys(said).length > 0);
  const silent = steps.filter((step) => !answered.includes(step));
  return (
    <>
      {answered.map(({ step, label, state, note, said }) => (
        <Card key={step} title={label} actions={<StepBadge state={state} />}>
          <Stack gap={3}>
            {note ? (
              <Notice tone="warn" title={t("onboarding.note")}>
                <p>{note}</p>
              </Notice>
            ) : null}
            {Object.keys(said).length > 0 ? (
              <Code text={stringify(said)} label={label} />
            ) : (
              <p className="muted">{t("reviews.nothingSaid")}</p>
            )}
          </Stack>
        </Card>
      ))}
      {silent.length > 0 ? (
        <Card title={t("reviews.nothingSaid")}>
          <p className="muted">{format.list(silent.map(({ label }) => label))}</p>
        </Card>
      ) : null}
    </>
  );
}

/** What one provider says of itself, for an operator to look at and decide. */
export default function ReviewPage() {
  const { t } = useText();
  const { participant } = route.useParams();
  const operator = useHasRole("operator");
  const query = useQuery(onboardingQuery(participant));
  return (
    <Page
      title={query.data?.name ?? t("shell.reviews")}
      above={{ label: t("shell.reviews"), to: "/reviews" }}
      actions={
        <Link to="/participants/$participant/trust" params={{ participant }}>
          {t("reviews.trust")}
        </Link>
      }
    >
      <Async query={query}>
        {(onboarding) => (
          <Stack>
            {operator ? <Decision onboarding={onboarding} /> : null}
            <Answers onboarding={onboarding} />
            <EvidenceList participant={participant} own={false} />
          </Stack>
        )}
      </Async>
    </Page>
  );
}
