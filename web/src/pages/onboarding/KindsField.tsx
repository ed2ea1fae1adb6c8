import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { kinds as kindsQuery } from "../../api/queries";
import { useText } from "../../i18n/i18n";
import { Button } from "../../ui/Button";
import { FieldGroup, SelectField } from "../../ui/Field";
import { Row, Stack } from "../../ui/Layout";
import type { Answers, Field } from "./steps";
import { Fields, isRecord } from "./Fields";
import styles from "./Fields.module.css";

interface KindsFieldProps {
  label: string;
  fields: readonly Field[];
  value: Answers;
  onChange: (value: Answers) => void;
  wrong: ReadonlyMap<string, string>;
  path: string;
}

/** What is said of each kind of service that is offered. */
export function KindsField({ label, fields, value, onChange, wrong, path }: KindsFieldProps) {
  const { t } = useText();
  const known = useQuery(kindsQuery()).data ?? [];
  const left = known.filter(({ id }) => !(id in value));
  return (
    <FieldGroup label={label}>
      <Stack gap={3}>
        {Object.entries(value).map(([kind, said]) => (
          <fieldset key={kind} className={styles.group}>
            <legend>{kind}</legend>
            <Fields
              fields={fields}
              value={isRecord(said) ? said : {}}
              onChange={(next) => onChange({ ...value, [kind]: next })}
              wrong={wrong}
              path={`${path}.${kind}`}
            />
            <Row justify="end">
              <Button
                small
                look="quiet"
                onClick={() => onChange(Object.fromEntries(Object.entries(value).filter(([other]) => other !== kind)))}
              >
                <X size={16} aria-hidden />
                {t("common.remove")}
              </Button>
            </Row>
          </fieldset>
        ))}
        {left.length > 0 ? (
          <SelectField
            label={t("onboarding.addKind")}
            value=""
            onChange={({ target }) => onChange({ ...value, [target.value]: {} })}
            choices={[
              { value: "", label: t("onboarding.chooseKind") },
              ...left.map(({ id }) => ({ value: id, label: id })),
            ]}
          />
        ) : null}
      </Stack>
    </FieldGroup>
  );
}
