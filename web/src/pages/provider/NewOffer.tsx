import { useMutation, useQueryClient } from "@tanstack/react-query";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import type { Schema } from "../../api/types";
import { FormDialog } from "../../domain/FormDialog";
import { MonthlyPrice } from "../../domain/Price";
import { useText } from "../../i18n/i18n";
import { leastMonthly } from "../../lib/offers";
import { commandLine } from "../../lib/snippets";
import { useFields } from "../../lib/useFields";
import { FieldGroup, SelectField, TextField } from "../../ui/Field";
import { Grid } from "../../ui/Layout";
import { toast } from "../../ui/Toasts";
import { asked, newOffer, type OfferForm } from "./newOffer";

const kinds = Object.keys(asked) as Schema<"KindId">[];

/** Publishes an offer. What it will cost a month is told while one types. */
export function NewOffer({ sites, onClose }: { sites: readonly Schema<"Site">[]; onClose: () => void }) {
  const { t, maybe } = useText();
  const queries = useQueryClient();
  const { form, setForm, field } = useFields<OfferForm>({
    site: sites[0]?.name ?? "",
    sku: "",
    kind: "compute.instance",
    properties: {},
    hourly: "",
    perGib: "",
    setup: "",
    egress: "",
    included: "",
    availability: "",
  });
  const offer = newOffer(form);
  const amountsValid = [form.hourly, form.perGib, form.setup, form.egress].every((text) =>
    /^(\d+([.,]\d{1,6})?)?$/.test(text),
  );
  const publish = useMutation({
    mutationFn: () => body(api.POST("/v1/offers", { body: offer })),
    onSuccess: async ({ sku }) => {
      await queries.invalidateQueries({ queryKey: ["offers"] });
      toast("good", t("provider.published", { name: sku }));
      onClose();
    },
  });
  const complete = form.sku !== "" && form.site !== "" && offer.price.components.length > 0 && amountsValid;
  return (
    <FormDialog
      wide
      title={t("provider.newOffer")}
      submit={t("provider.publish")}
      onSubmit={() => publish.mutate()}
      onClose={onClose}
      sending={publish}
      incomplete={!complete}
      copy={{
        request: { method: "POST", path: "/v1/offers", body: offer },
        cli: commandLine(["hansa", "offer", "publish", "-f", "offer.yaml"]),
        yaml: stringify(offer),
      }}
    >
      <Grid column="12rem" gap={3}>
        <SelectField
          label={t("common.kind")}
          {...field("kind")}
          choices={kinds.map((kind) => ({ value: kind, label: t(`kind.${kind}`) }))}
        />
        <SelectField
          label={t("common.site")}
          {...field("site")}
          choices={sites.map(({ name, city }) => ({ value: name, label: `${name} (${city})` }))}
        />
        <TextField label={t("provider.sku")} hint={t("provider.skuHint")} placeholder="small" {...field("sku")} />
      </Grid>
      <FieldGroup label={t("market.properties")}>
        <Grid column="12rem" gap={3}>
          {Object.entries(asked[form.kind]).map(([name, example]) => (
            <TextField
              key={name}
              label={maybe(`property.${name}`, name)}
              placeholder={example}
              value={form.properties[name] ?? ""}
              onChange={({ target }) =>
                setForm((old) => ({ ...old, properties: { ...old.properties, [name]: target.value } }))
              }
            />
          ))}
        </Grid>
      </FieldGroup>
      <FieldGroup label={t("market.prices")}>
        <Grid column="12rem" gap={3}>
          <TextField label={t("provider.hourly")} inputMode="decimal" placeholder="0.0099" {...field("hourly")} />
          {form.kind === "compute.instance" ? null : (
            <TextField label={t("provider.perGib")} inputMode="decimal" placeholder="0.10" {...field("perGib")} />
          )}
          <TextField label={t("provider.egress")} inputMode="decimal" placeholder="0.01" {...field("egress")} />
          <TextField label={t("provider.included")} placeholder="100 GB" {...field("included")} />
          <TextField label={t("provider.setup")} inputMode="decimal" placeholder="0.20" {...field("setup")} />
          <TextField
            label={t("provider.availability")}
            inputMode="decimal"
            placeholder="99.9"
            {...field("availability")}
          />
        </Grid>
      </FieldGroup>
      {amountsValid ? (
        <p>
          {t("provider.buyersSee")}{" "}
          <MonthlyPrice money={leastMonthly({ price: offer.price, properties: offer.properties })} large />
        </p>
      ) : (
        <p role="alert">{t("projects.notAmount")}</p>
      )}
    </FormDialog>
  );
}
