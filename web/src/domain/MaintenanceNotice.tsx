import { useQuery } from "@tanstack/react-query";
import { maintenance } from "../api/queries";
import { useText } from "../i18n/i18n";
import { Notice } from "../ui/Notice";

/** When a provider works on a site, for those who have something running there. */
export function MaintenanceNotice({ site }: { site: string }) {
  const { t, format } = useText();
  const planned = useQuery(maintenance({ site })).data ?? [];
  return planned
    .filter(({ cancelledAt }) => !cancelledAt)
    .map(({ id, start, end, reason }) => (
      <Notice
        key={id}
        tone="warn"
        title={t("maintenance.planned", { start: format.time(start), end: format.time(end) })}
      >
        <p>{reason}</p>
      </Notice>
    ));
}
