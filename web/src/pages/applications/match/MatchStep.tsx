import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import type { Parsed } from "../../../application/document";
import { edited } from "../../../application/document";
import { matched } from "../../../application/useMatch";
import { tried, type Trial } from "../../../application/whatif";
import { useText } from "../../../i18n/i18n";
import { useDebounced } from "../../../lib/useDebounced";
import { Card } from "../../../ui/Card";
import { Loading } from "../../../ui/Empty";
import { CheckField } from "../../../ui/Field";
import { Row, Split, Stack } from "../../../ui/Layout";
import { ProblemNotice } from "../../../ui/Problem";
import { Conflict } from "./Conflict";
import { PackageCards } from "./PackageCards";
import { PriceTable } from "./PriceTable";
import { QuoteButton } from "./QuoteButton";
import { WhatIf } from "./WhatIf";
import { WhyNot } from "./WhyNot";

const PackageMap = lazy(() => import("./PackageMap"));

interface MatchStepProps {
  parsed: Parsed;
  selected: string | undefined;
  onSelect: (name: string) => void;
  onWrite: (text: string) => void;
}

function same(left: Trial, right: Trial): boolean {
  return left.path.join("\0") === right.path.join("\0");
}

/** What the market has for an application: packages to choose from, what they cost, and why others were left out. */
export default function MatchStep({ parsed, selected, onSelect, onWrite }: MatchStepProps) {
  const { t } = useText();
  const [trials, setTrials] = useState<Trial[]>([]);
  const [orderableOnly, setOrderableOnly] = useState(false);
  const now = tried(parsed.value, trials);
  const settled = useDebounced(JSON.stringify(now), 200);
  const application = JSON.parse(settled) as typeof now;
  const query = useQuery(matched(application, orderableOnly));
  const write = (changes: readonly Trial[]) => {
    onWrite(changes.reduce((text, { path, value }) => edited(text, path, value), parsed.text));
    setTrials([]);
  };
  const outcome = query.data;
  const one = outcome?.packages.find(({ name }) => name === selected) ?? outcome?.packages[0];
  const written = trials.reduce((text, { path, value }) => edited(text, path, value), parsed.text);
  return (
    <Split>
      <Stack gap={5}>
        <Row justify="between">
          <h2>{outcome ? t("match.found", { count: outcome.packages.length }) : t("match.searching")}</h2>
          <CheckField
            label={t("match.orderableOnly")}
            checked={orderableOnly}
            onChange={({ target }) => setOrderableOnly(target.checked)}
          />
        </Row>
        {query.error ? <ProblemNotice error={query.error} retry={() => void query.refetch()} /> : null}
        {!outcome && !query.error ? <Loading lines={8} /> : null}
        {outcome?.packages.length === 0 ? (
          <Conflict
            outcome={outcome}
            looking={query.isFetching}
            onRepair={write}
            onAgain={() => void query.refetch()}
          />
        ) : null}
        {outcome && one ? (
          <>
            <PackageCards packages={outcome.packages} selected={one.name} onSelect={onSelect} />
            <Card flush title={t("match.onMap")}>
              <Suspense fallback={<Loading lines={8} />}>
                <PackageMap one={one} application={application} />
              </Suspense>
            </Card>
            <Card flush title={t("match.breakdown")}>
              <PriceTable one={one} />
            </Card>
          </>
        ) : null}
        {outcome ? <WhyNot outcome={outcome} /> : null}
      </Stack>
      <Stack>
        {one ? <QuoteButton application={application} yaml={written} one={one} /> : null}
        <WhatIf
          value={parsed.value}
          now={now}
          trials={trials}
          onTry={(trial) => setTrials((old) => [...old.filter((other) => !same(other, trial)), trial])}
          onReset={() => setTrials([])}
          onKeep={() => write(trials)}
        />
      </Stack>
    </Split>
  );
}
