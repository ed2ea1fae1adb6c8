import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useDeferredValue } from "react";
import { edited, renamedComponent, type Parsed } from "../../application/document";
import { matched, useMistakes } from "../../application/useMatch";
import { useText } from "../../i18n/i18n";
import { useDebounced } from "../../lib/useDebounced";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Loading } from "../../ui/Empty";
import { Split, Stack } from "../../ui/Layout";
import styles from "./Editor.module.css";
import { ComponentsForm } from "./form/ComponentsForm";
import { GeneralForm } from "./form/GeneralForm";
import { LinksForm } from "./form/LinksForm";
import { RequirementsForm } from "./form/RequirementsForm";

const YamlEditor = lazy(() => import("./YamlEditor"));

interface DescribeStepProps {
  parsed: Parsed;
  onWrite: (text: string) => void;
  onNext: () => void;
}

/** The form and the document side by side: each follows the other. What it would cost is told while one types. */
export function DescribeStep({ parsed, onWrite, onNext }: DescribeStepProps) {
  const { t, format } = useText();
  const settled = useDebounced(parsed, 350);
  const readable = settled.mistakes.length === 0;
  const query = useQuery({ ...matched(settled.value, false), enabled: readable });
  // A letter that is typed shows before what is wrong is looked for.
  const looked = useDeferredValue(parsed);
  const mistakes = useMistakes(looked, settled.text === looked.text ? query.error : null);
  const { text, value } = parsed;
  const edit = useCallback(
    (path: Parameters<typeof edited>[1], next: unknown) => onWrite(edited(text, path, next)),
    [onWrite, text],
  );
  const best = query.data?.packages[0];
  const line = (from: number) => text.slice(0, from).split("\n").length;
  return (
    <Stack gap={5}>
      <Split even>
        <Stack>
          <GeneralForm value={value} edit={edit} />
          <ComponentsForm
            value={value}
            edit={edit}
            onRename={(from, to) => onWrite(renamedComponent(text, from, to))}
          />
          <LinksForm value={value} edit={edit} />
          <RequirementsForm value={value} edit={edit} />
        </Stack>
        <div className={styles.yaml}>
          <Card flush title={t("describe.document")}>
            <div className={styles.editor}>
              <Suspense fallback={<Loading lines={10} />}>
                <YamlEditor label={t("describe.document")} text={text} mistakes={mistakes} onChange={onWrite} />
              </Suspense>
            </div>
            {mistakes.length > 0 ? (
              <ul className={styles.mistakes} tabIndex={0} role="alert" aria-label={t("describe.mistakes")}>
                {mistakes.map(({ from, message }) => (
                  <li key={`${from} ${message}`}>
                    {t("describe.line", { line: line(from) })} {message}
                  </li>
                ))}
              </ul>
            ) : null}
          </Card>
        </div>
      </Split>
      <div className={styles.foot} role="status">
        <span>
          {mistakes.length > 0
            ? t("describe.toMend", { count: mistakes.length })
            : best
              ? t("describe.fits", {
                  count: query.data?.packages.length ?? 0,
                  amount: format.money(best.price.monthly),
                })
              : query.data
                ? t("match.nothing")
                : t("match.searching")}
        </span>
        <Button look="primary" disabled={mistakes.length > 0} onClick={onNext}>
          {t("describe.next")}
        </Button>
      </div>
    </Stack>
  );
}
