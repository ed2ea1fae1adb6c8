import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { criteria, ruleSets } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Badge, type Tone } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Row, Stack } from "../../ui/Layout";
import { Marked } from "../../ui/Marked";
import { Table } from "../../ui/Table";
import { levelName, metOf, nextLevel } from "./levels";
import styles from "./TrustLevels.module.css";

/** As many gaps as are read at a glance; the rest on demand. */
const few = 5;

type Evaluation = Schema<"Evaluation">;

const tones: Record<string, Tone> = {
  missing: "warn",
  against: "bad",
  "not-applicable": "plain",
  declared: "accent",
};

function Outcome({ outcome }: { outcome: string }) {
  const { t, maybe } = useText();
  const answer = /^\d+$/.test(outcome);
  return (
    <Badge tone={tones[outcome] ?? "good"} dot>
      {answer ? t("trust.outcome.answer", { number: outcome }) : maybe(`trust.outcome.${outcome}`, outcome)}
    </Badge>
  );
}

function AllCriteria({ evaluation }: { evaluation: Evaluation }) {
  const { t } = useText();
  const query = useQuery(criteria(evaluation.ruleSet, evaluation.version));
  return (
    <Async query={query}>
      {(list) => {
        const titles = new Map(list.map(({ id, title }) => [id, title]));
        return (
          <Table
            label={t("trust.criteria")}
            rows={evaluation.outcomes}
            keyOf={({ criterion }) => criterion}
            columns={[
              { header: t("trust.criterion"), cell: ({ criterion }) => <code>{criterion}</code> },
              { header: t("trust.asks"), cell: ({ criterion }) => titles.get(criterion) },
              { header: t("trust.outcome"), cell: ({ outcome }) => <Outcome outcome={outcome} /> },
            ]}
          />
        );
      }}
    </Async>
  );
}

function Missing({ evaluation, levels }: { evaluation: Evaluation; levels: readonly string[] }) {
  const { t } = useText();
  const [all, setAll] = useState(false);
  const next = nextLevel(evaluation, levels);
  if (!next) return <p>{t("trust.allReached")}</p>;
  return (
    <Stack gap={2}>
      <p>{t("trust.missingFor", { level: levelName(evaluation.ruleSet, next.level), count: next.gaps.length })}</p>
      <ul className={styles.gaps}>
        {next.gaps.slice(0, all ? undefined : few).map(({ criterion, title, missing }) => (
          <li key={criterion}>
            <strong>{title}</strong> <code className="muted small">{criterion}</code>
            <div className="muted">
              <Marked text={missing} />
            </div>
          </li>
        ))}
      </ul>
      {next.gaps.length > few && !all ? (
        <Row>
          <Button small look="quiet" onClick={() => setAll(true)}>
            {t("trust.moreGaps", { count: next.gaps.length - few })}
          </Button>
        </Row>
      ) : null}
    </Stack>
  );
}

function RuleSet({ evaluation, summary }: { evaluation: Evaluation; summary: Schema<"RuleSetSummary"> | undefined }) {
  const { t, format } = useText();
  const [open, setOpen] = useState(false);
  const { ruleSet, level, standing, validUntil, version } = evaluation;
  const { met, of } = metOf(evaluation);
  return (
    <Card
      title={summary?.title ?? ruleSet}
      actions={
        <Row>
          {standing === "proposal" ? <Badge tone="warn">{t("trust.proposal")}</Badge> : null}
          <Badge tone={level ? "good" : "plain"}>{level ? levelName(ruleSet, level) : t("trust.noLevel")}</Badge>
        </Row>
      }
    >
      <Stack gap={3}>
        <p className="muted small">
          {t("trust.met", { met, of })} · {t("trust.version", { version })}
          {validUntil ? ` · ${t("trust.until", { date: format.date(validUntil) })}` : ""}
        </p>
        <Missing evaluation={evaluation} levels={summary?.levels ?? []} />
        <Row>
          <Button small aria-expanded={open} onClick={() => setOpen(!open)}>
            {t(open ? "trust.hideCriteria" : "trust.showCriteria")}
          </Button>
        </Row>
        {open ? <AllCriteria evaluation={evaluation} /> : null}
      </Stack>
    </Card>
  );
}

/** What each rule set makes of the evidence: the level, and what is missing for the next. */
export function TrustLevels({ evaluations }: { evaluations: readonly Evaluation[] }) {
  const sets = useQuery(ruleSets()).data ?? [];
  return evaluations.map((evaluation) => (
    <RuleSet
      key={`${evaluation.ruleSet} ${evaluation.version}`}
      evaluation={evaluation}
      summary={sets.find(({ id, version }) => id === evaluation.ruleSet && version === evaluation.version)}
    />
  ));
}
