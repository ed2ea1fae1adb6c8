import { useText } from "../../../i18n/i18n";
import { Card } from "../../../ui/Card";
import { CheckField, FieldGroup, SelectField, TextField } from "../../../ui/Field";
import { Grid, Row, Stack } from "../../../ui/Layout";
import type { FormProps } from "./edit";

const areas = ["EU", "EEA", "CH"] as const;
const schemes = ["ISO27001", "C5", "SOC2", "HDS", "ISO14001"] as const;

/** What every component's offer must meet, each with what it means in plain words. */
export function RequirementsForm({ value, edit }: FormProps) {
  const { t } = useText();
  const wanted = value.spec?.requirements ?? {};
  const set = (path: string[], next: unknown) => edit(["spec", "requirements", ...path], next);
  const toggled = (list: string[] | undefined, item: string, on: boolean) =>
    on ? [...(list ?? []), item] : (list ?? []).filter((one) => one !== item);
  return (
    <Card title={t("describe.requirements")}>
      <Stack>
        <p className="muted">{t("describe.requirementsHint")}</p>
        <Grid column="14rem">
          {(["jurisdiction", "dataLocation"] as const).map((field) => (
            <FieldGroup key={field} label={t(`describe.${field}`)}>
              <p className="muted small">{t(`describe.${field}Hint`)}</p>
              <Row gap={4}>
                {areas.map((area) => (
                  <CheckField
                    key={area}
                    label={area}
                    checked={wanted[field]?.includes(area) ?? false}
                    onChange={({ target }) => set([field], toggled(wanted[field], area, target.checked))}
                  />
                ))}
              </Row>
            </FieldGroup>
          ))}
          <FieldGroup label={t("describe.certifications")}>
            <p className="muted small">{t("describe.certificationsHint")}</p>
            <Row gap={4}>
              {schemes.map((scheme) => (
                <CheckField
                  key={scheme}
                  label={scheme}
                  checked={wanted.certifications?.all?.includes(scheme) ?? false}
                  onChange={({ target }) =>
                    set(["certifications", "all"], toggled(wanted.certifications?.all, scheme, target.checked))
                  }
                />
              ))}
            </Row>
          </FieldGroup>
          <FieldGroup label={t("describe.control")}>
            <CheckField
              label={t("describe.controlText")}
              checked={wanted.control?.thirdCountry === "none"}
              onChange={({ target }) => set(["control", "thirdCountry"], target.checked ? "none" : undefined)}
            />
          </FieldGroup>
          <SelectField
            label={t("describe.label")}
            hint={t("describe.labelHint")}
            value={wanted.labels?.["gaia-x"] ?? ""}
            onChange={({ target }) => set(["labels", "gaia-x"], target.value)}
            choices={[
              { value: "", label: t("common.any") },
              ...["SC", "L1", "L2", "L3"].map((label) => ({
                value: label,
                label: t("describe.atLeast", { value: label }),
              })),
            ]}
          />
          <SelectField
            label={t("describe.seal")}
            hint={t("describe.sealHint")}
            value={String(wanted.seal?.minimum ?? "")}
            onChange={({ target }) => set(["seal", "minimum"], target.value === "" ? undefined : Number(target.value))}
            choices={[
              { value: "", label: t("common.any") },
              ...["1", "2", "3", "4"].map((level) => ({
                value: level,
                label: t("describe.atLeast", { value: level }),
              })),
            ]}
          />
          <SelectField
            label={t("describe.availability")}
            hint={t("describe.availabilityHint")}
            value={wanted.availability ?? ""}
            onChange={({ target }) => set(["availability"], target.value)}
            choices={[
              { value: "", label: t("common.any") },
              ...["99.5", "99.9", "99.95", "99.99"].map((share) => ({
                value: `>= ${share} %`,
                label: t("describe.atLeast", { value: `${share} %` }),
              })),
              ...(wanted.availability && !/^>= 99\.(5|9|95|99) %$/.test(wanted.availability)
                ? [{ value: wanted.availability, label: wanted.availability }]
                : []),
            ]}
          />
          <TextField
            label={t("describe.carbonIntensity")}
            hint={t("describe.carbonIntensityHint")}
            placeholder="<= 100 g/kWh"
            value={wanted.carbonIntensity ?? ""}
            onChange={({ target }) => set(["carbonIntensity"], target.value)}
          />
        </Grid>
      </Stack>
    </Card>
  );
}
