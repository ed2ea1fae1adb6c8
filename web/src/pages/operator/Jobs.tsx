import { useQuery } from "@tanstack/react-query";
import { atWork } from "../../api/queries";
import type { Schema } from "../../api/types";
import { Moment } from "../../domain/Moment";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { Table } from "../../ui/Table";

/** What the exchange does now and then, and whether it works. */
export function Jobs() {
  const { t } = useText();
  const query = useQuery(atWork());
  return (
    <Card flush title={t("system.jobs")}>
      <Async query={query}>{({ jobs }) => <JobTable jobs={jobs} />}</Async>
    </Card>
  );
}

function JobTable({ jobs }: { jobs: readonly Schema<"Job">[] }) {
  const { t, maybe, format } = useText();
  return (
    <Table
      label={t("system.jobs")}
      rows={jobs}
      keyOf={({ name }) => name}
      columns={[
        { header: t("system.job"), cell: ({ name }) => maybe(`job.${name}`, name) },
        {
          header: t("common.state"),
          cell: ({ failures, runningSince }) => (
            <Badge tone={failures > 0 ? "bad" : "good"} dot>
              {failures > 0
                ? t("operations.failures", { count: failures })
                : t(runningSince ? "system.jobRuns" : "system.jobRests")}
            </Badge>
          ),
        },
        { header: t("system.jobError"), cell: ({ error }) => error ?? "–" },
        { header: t("system.jobCount"), cell: ({ runs }) => format.number(runs), right: true },
        {
          header: t("system.jobEnded"),
          cell: ({ endedAt }) => (endedAt ? <Moment at={endedAt} /> : "–"),
          right: true,
        },
      ]}
    />
  );
}
