import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ClipboardCheck } from "lucide-react";
import { useState } from "react";
import { onboardings } from "../../api/trust";
import { AllSwitch } from "../../domain/AllSwitch";
import { Moment } from "../../domain/Moment";
import { PagedCard } from "../../domain/PagedCard";
import { OnboardingBadge } from "../../domain/trust/OnboardingBadge";
import { useText } from "../../i18n/i18n";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";

/** The onboardings of providers: first those that wait for an operator. */
export default function Reviews() {
  const { t, format } = useText();
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery(onboardings(all ? undefined : "submitted"));
  return (
    <Page
      title={t("shell.reviews")}
      lead={t("reviews.lead")}
      actions={<AllSwitch some={t("reviews.waiting")} all={all} onChange={setAll} />}
    >
      <PagedCard
        query={query}
        empty={
          <Empty icon={ClipboardCheck} title={t("reviews.empty")}>
            {t("reviews.emptyHint")}
          </Empty>
        }
      >
        {(rows, more) => (
          <Table
            label={t("shell.reviews")}
            rows={rows}
            keyOf={({ participant }) => participant}
            more={more}
            columns={[
              {
                header: t("common.provider"),
                cell: ({ name, participant }) => (
                  <Link to="/reviews/$participant" params={{ participant }}>
                    {name}
                  </Link>
                ),
              },
              { header: t("common.state"), cell: ({ state }) => <OnboardingBadge state={state} /> },
              { header: t("reviews.approvals"), cell: ({ approvals }) => format.number(approvals), right: true },
              {
                header: t("reviews.submitted"),
                cell: ({ submittedAt }) => (submittedAt ? <Moment at={submittedAt} /> : t("common.never")),
                right: true,
              },
              { header: t("common.updated"), cell: ({ updatedAt }) => <Moment at={updatedAt} />, right: true },
            ]}
          />
        )}
      </PagedCard>
    </Page>
  );
}
