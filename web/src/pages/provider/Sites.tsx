import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { MapPin, Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { stringify } from "yaml";
import { api, body } from "../../api/client";
import { sites as sitesQuery } from "../../api/queries";
import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { FormDialog } from "../../domain/FormDialog";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { useFields } from "../../lib/useFields";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty, Loading } from "../../ui/Empty";
import { TextField } from "../../ui/Field";
import { Grid, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toasts";
import { Capacity } from "./Capacity";
import { Maintenance } from "./Maintenance";

const EuropeMap = lazy(() => import("../../map/EuropeMap"));

function NewSite({ onClose }: { onClose: () => void }) {
  const { t } = useText();
  const queries = useQueryClient();
  const { participant } = useIdentity();
  const { form: site, field } = useFields({
    name: "",
    city: "",
    country: participant.country,
    latitude: "",
    longitude: "",
    pue: "",
    carbon: "",
  });
  const request: Schema<"NewSite"> = {
    name: site.name,
    city: site.city,
    country: site.country.toUpperCase(),
    coordinates: { latitude: Number(site.latitude), longitude: Number(site.longitude) },
    ...(site.pue ? { pueMilli: Math.round(Number(site.pue) * 1000) } : {}),
    ...(site.carbon ? { carbon: `${site.carbon} g/kWh` } : {}),
  };
  const create = useMutation({
    mutationFn: () => body(api.POST("/v1/sites", { body: request })),
    onSuccess: async ({ name }) => {
      await queries.invalidateQueries({ queryKey: ["sites"] });
      toast("good", t("provider.siteMade", { name }));
      onClose();
    },
  });
  const complete = [site.name, site.city, site.country, site.latitude, site.longitude].every(
    (text) => text.trim() !== "",
  );
  return (
    <FormDialog
      title={t("provider.newSite")}
      submit={t("common.create")}
      onSubmit={() => create.mutate()}
      onClose={onClose}
      sending={create}
      incomplete={!complete}
      copy={{
        request: { method: "POST", path: "/v1/sites", body: request },
        cli: commandLine(["hansa", "site", "create", "-f", "site.yaml"]),
        yaml: stringify(request),
      }}
    >
      <Grid column="12rem" gap={3}>
        <TextField label={t("common.name")} hint={t("describe.nameHint")} placeholder="utrecht-1" {...field("name")} />
        <TextField label={t("provider.city")} {...field("city")} />
        <TextField label={t("common.country")} hint={t("provider.countryHint")} maxLength={2} {...field("country")} />
        <TextField
          label={t("provider.latitude")}
          type="number"
          step="any"
          placeholder="52.0908"
          {...field("latitude")}
        />
        <TextField
          label={t("provider.longitude")}
          type="number"
          step="any"
          placeholder="5.1222"
          {...field("longitude")}
        />
        <TextField
          label={t("market.pue")}
          hint={t("common.optional")}
          type="number"
          step="0.01"
          min={1}
          placeholder="1.25"
          {...field("pue")}
        />
        <TextField
          label={t("provider.carbon")}
          hint={t("provider.carbonHint")}
          type="number"
          min={0}
          {...field("carbon")}
        />
      </Grid>
    </FormDialog>
  );
}

/** The provider's places, in a list and on the map. */
export default function Sites() {
  const { t, format } = useText();
  const { participant } = useIdentity();
  const [adding, setAdding] = useState(false);
  const query = useQuery(sitesQuery());
  return (
    <Page
      title={t("shell.sites")}
      lead={t("provider.sitesLead")}
      actions={
        <Button look="primary" onClick={() => setAdding(true)}>
          <Plus size={16} aria-hidden />
          {t("provider.newSite")}
        </Button>
      }
    >
      <Async query={query}>
        {(all) => {
          const mine = all.filter(({ provider }) => provider === participant.id);
          if (mine.length === 0) {
            return (
              <Card>
                <Empty icon={MapPin} title={t("provider.noSites")}>
                  {t("provider.noSitesHint")}
                </Empty>
              </Card>
            );
          }
          return (
            <Stack>
              <Card flush>
                <Table
                  label={t("shell.sites")}
                  rows={mine}
                  keyOf={({ id }) => id}
                  columns={[
                    { header: t("common.name"), cell: ({ name }) => name },
                    { header: t("provider.city"), cell: ({ city }) => city },
                    { header: t("common.country"), cell: ({ country }) => format.country(country) },
                    { header: t("market.pue"), cell: ({ pueMilli }) => format.number(pueMilli / 1000, 2), right: true },
                    { header: t("market.carbon"), cell: ({ carbon }) => carbon ?? t("common.unknown"), right: true },
                  ]}
                />
              </Card>
              <Capacity />
              <Maintenance sites={mine} />
              <Card flush>
                <Suspense fallback={<Loading lines={8} />}>
                  <EuropeMap
                    label={t("market.mapLabel", { count: mine.length })}
                    height={480}
                    points={mine.map(({ id, city, name, coordinates }) => ({
                      id,
                      label: name,
                      marked: city,
                      ...coordinates,
                      colour: "--accent",
                    }))}
                  />
                </Suspense>
              </Card>
            </Stack>
          );
        }}
      </Async>
      {adding ? <NewSite onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}
