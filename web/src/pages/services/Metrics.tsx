import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { serviceMetrics } from "../../api/queries";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Loading } from "../../ui/Empty";
import { Grid } from "../../ui/Layout";
import { Switcher } from "../../ui/Tabs";

const Chart = lazy(() => import("./Chart"));
const spans = { "15": 15, "60": 60, "1440": 1440 } as const;

/** What was measured of a service, as it is measured. */
export function Metrics({ service }: { service: string }) {
  const { t, maybe, format } = useText();
  const [span, setSpan] = useState<keyof typeof spans>("60");
  const query = useQuery({ ...serviceMetrics(service, spans[span]), placeholderData: (old) => old });
  const shown = (name: string) => (value: number) => {
    if (name.endsWith(".percent")) return format.percent(value);
    return name.endsWith(".bytes") ? format.bytes(value) : format.number(value, 1);
  };
  return (
    <Card
      title={t("services.metrics")}
      actions={
        <Switcher
          label={t("services.span")}
          value={span}
          onChange={setSpan}
          options={(["15", "60", "1440"] as const).map((value) => ({ value, label: t(`services.span.${value}`) }))}
        />
      }
    >
      <Async query={query}>
        {(series) =>
          series.length === 0 ? (
            <p className="muted">{t("services.noMetrics")}</p>
          ) : (
            <Suspense fallback={<Loading />}>
              <Grid column="20rem" gap={5}>
                {series.map((one) => (
                  <Chart
                    key={`${one.name} ${span}`}
                    label={maybe(`metric.${one.name}`, one.name)}
                    series={one}
                    shown={shown(one.name)}
                    clock={format.clock}
                  />
                ))}
              </Grid>
            </Suspense>
          )
        }
      </Async>
    </Card>
  );
}
