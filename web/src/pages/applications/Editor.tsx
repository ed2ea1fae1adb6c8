import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { parseApplication } from "../../application/document";
import { useDrafts, writeDraft, type Draft } from "../../application/drafts";
import { NotFound } from "../../app/Fallbacks";
import type { EditorStep } from "../../app/router";
import { useText } from "../../i18n/i18n";
import { Loading } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { Switcher } from "../../ui/Tabs";
import { DescribeStep } from "./DescribeStep";

const MatchStep = lazy(() => import("./match/MatchStep"));
const route = getRouteApi("/inside/applications/$draft");

function Content({ draft }: { draft: Draft }) {
  const { t } = useText();
  const { step = "describe", package: selected } = route.useSearch();
  const navigate = route.useNavigate();
  const parsed = useMemo(() => parseApplication(draft.text), [draft.text]);
  const write = useCallback((text: string) => writeDraft(draft.id, text), [draft.id]);
  const go = (next: EditorStep) => void navigate({ search: { step: next === "match" ? "match" : undefined } });
  return (
    <Page
      title={parsed.value.metadata?.name ?? t("describe.unnamed")}
      above={{ label: t("shell.applications"), to: "/applications" }}
      actions={
        <Switcher<EditorStep>
          label={t("describe.step")}
          value={step}
          onChange={go}
          options={[
            { value: "describe", label: t("describe.title") },
            { value: "match", label: t("match.title") },
          ]}
        />
      }
    >
      {step === "match" ? (
        <Suspense fallback={<Loading lines={8} />}>
          <MatchStep
            parsed={parsed}
            selected={selected}
            onSelect={(name) => void navigate({ search: { step: "match", package: name }, replace: true })}
            onWrite={write}
          />
        </Suspense>
      ) : (
        <DescribeStep parsed={parsed} onWrite={write} onNext={() => go("match")} />
      )}
    </Page>
  );
}

/** Where an application is described and matched. */
export default function Editor() {
  const { draft: id } = route.useParams();
  const draft = useDrafts().find((one) => one.id === id);
  return draft ? <Content draft={draft} /> : <NotFound />;
}
