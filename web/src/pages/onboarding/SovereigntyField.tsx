import { useQuery } from "@tanstack/react-query";
import { criteria, ruleSets, type Criterion } from "../../api/trust";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { FieldGroup, SelectField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import type { Answer, Answers } from "./steps";
import styles from "./Fields.module.css";

interface SovereigntyFieldProps {
  value: Answers;
  onChange: (value: Answers) => void;
}

const asked = ["csf", "cada"];

/** The number that an answer of a rule set begins with. */
const numberOf = (answer: string) => parseInt(answer, 10);

const numberText = (value: Answer) => (typeof value === "number" ? String(value) : "");

function byObjective(list: Criterion[]): Map<string, Criterion[]> {
  const groups = new Map<string, Criterion[]>();
  for (const one of list) {
    const objective = one.objective ?? "";
    groups.set(objective, [...(groups.get(objective) ?? []), one]);
  }
  return groups;
}

function RuleSet({
  id,
  version,
  title,
  value,
  onChange,
}: { id: string; version: string; title: string } & SovereigntyFieldProps) {
  const { t } = useText();
  const query = useQuery(criteria(id, version));
  return (
    <details className={styles.group}>
      <summary>{title}</summary>
      <Async query={query}>
        {(list) => (
          <Stack>
            {[...byObjective(list.filter(({ fact, answers }) => fact && answers?.length))].map(([objective, group]) => (
              <FieldGroup key={objective} label={objective}>
                <Stack gap={3}>
                  {group.map(({ id: name, title: question, fact, answers }) => (
                    <SelectField
                      key={name}
                      label={question}
                      value={numberText(value[fact ?? ""])}
                      onChange={({ target }) =>
                        onChange({ ...value, [fact ?? ""]: target.value === "" ? undefined : Number(target.value) })
                      }
                      choices={[
                        { value: "", label: t("onboarding.notSaid") },
                        ...(answers ?? []).map((answer) => ({ value: String(numberOf(answer)), label: answer })),
                      ]}
                    />
                  ))}
                </Stack>
              </FieldGroup>
            ))}
          </Stack>
        )}
      </Async>
    </details>
  );
}

/** The questions of the sovereignty frameworks, as the exchange's rule sets have them. */
export function SovereigntyField({ value, onChange }: SovereigntyFieldProps) {
  const query = useQuery(ruleSets());
  return (
    <Async query={query}>
      {(all) => (
        <Stack gap={3}>
          {all
            .filter(({ id, standing }) => asked.includes(id) && standing !== "superseded")
            .map(({ id, version, title }) => (
              <RuleSet key={id} id={id} version={version} title={title} value={value} onChange={onChange} />
            ))}
        </Stack>
      )}
    </Async>
  );
}
