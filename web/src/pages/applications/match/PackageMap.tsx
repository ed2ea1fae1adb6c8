import { useQuery } from "@tanstack/react-query";
import { sites } from "../../../api/queries";
import type { ApplicationValue } from "../../../application/types";
import type { Package } from "../../../application/useMatch";
import { useText } from "../../../i18n/i18n";
import EuropeMap, { type MapLink, type MapPoint } from "../../../map/EuropeMap";
import { Loading } from "../../../ui/Empty";

const series = ["--series-1", "--series-2", "--series-3", "--series-4", "--series-5"];

/** Where a package's parts would run, with the links of the application drawn between the sites. */
export default function PackageMap({ one, application }: { one: Package; application: ApplicationValue }) {
  const { t } = useText();
  const all = useQuery(sites());
  if (!all.data) return <Loading lines={8} />;
  const siteOf = new Map(all.data.map((site) => [site.id, site]));
  const parts = Object.entries(one.components);
  const there = new Map<string, string[]>();
  for (const [name, { replicas }] of parts) {
    for (const { siteId } of replicas) there.set(siteId, [...new Set([...(there.get(siteId) ?? []), name])]);
  }
  const points = [...there].flatMap(([id, names], index): MapPoint[] => {
    const site = siteOf.get(id);
    return site
      ? [
          {
            id,
            label: `${site.city}: ${names.join(", ")}`,
            marked: `${site.city} · ${names.join(", ")}`,
            ...site.coordinates,
            colour: series[index % series.length] ?? "--accent",
          },
        ]
      : [];
  });
  const links = (application.spec?.links ?? []).flatMap(({ from, to, rtt }): MapLink[] => {
    const starts = one.components[from ?? ""]?.replicas ?? [];
    const ends = one.components[to ?? ""]?.replicas ?? [];
    return starts.flatMap((start) =>
      ends
        .filter((end) => end.siteId !== start.siteId)
        .map((end) => ({ from: start.siteId, to: end.siteId, label: rtt?.replace("<=", "≤") })),
    );
  });
  return <EuropeMap label={t("match.mapLabel", { count: points.length })} points={points} links={links} height={520} />;
}
