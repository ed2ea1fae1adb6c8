import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { FileText } from "lucide-react";
import { quotes } from "../../api/queries";
import { useProject } from "../../app/identity";
import { Moment } from "../../domain/Moment";
import { PagedCard } from "../../domain/PagedCard";
import { MonthlyPrice } from "../../domain/Price";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { buttonClass } from "../../ui/Button";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { Table } from "../../ui/Table";
import { applicationName } from "./names";

function List({ project }: { project: string }) {
  const { t } = useText();
  return (
    <PagedCard
      query={useInfiniteQuery(quotes(project))}
      empty={
        <Empty
          icon={FileText}
          title={t("quotes.none")}
          actions={
            <Link to="/applications" className={buttonClass({ look: "primary" })}>
              {t("home.describe")}
            </Link>
          }
        >
          {t("quotes.noneHint")}
        </Empty>
      }
    >
      {(rows, more) => (
        <Table
          label={t("shell.quotes")}
          rows={rows}
          keyOf={({ id }) => id}
          more={more}
          columns={[
            {
              header: t("orders.application"),
              cell: (quote) => (
                <Link to="/quotes/$quote" params={{ quote: quote.id }}>
                  {applicationName(quote.application)}
                </Link>
              ),
            },
            { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
            { header: t("match.providers"), cell: (quote) => quote.package.providers.join(", ") },
            {
              header: t("common.price"),
              cell: (quote) => <MonthlyPrice money={quote.package.price.monthly} />,
              right: true,
            },
            { header: t("quotes.expires"), cell: ({ expiresAt }) => <Moment at={expiresAt} />, right: true },
          ]}
        />
      )}
    </PagedCard>
  );
}

/** The quotes of the project that is worked on. */
export default function Quotes() {
  const { t } = useText();
  const project = useProject();
  return (
    <Page title={t("shell.quotes")} lead={t("quotes.lead")}>
      {project ? <List project={project.id} /> : null}
    </Page>
  );
}
