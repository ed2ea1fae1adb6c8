import { Link } from "@tanstack/react-router";
import type { Schema } from "../../api/types";
import { Moment } from "../../domain/Moment";
import { StateBadge } from "../../domain/StateBadge";
import { useText } from "../../i18n/i18n";
import { Badge } from "../../ui/Badge";
import { Table } from "../../ui/Table";

type AtWork = Schema<"AtWork">;

/** Orders that have not ended, with the step that each is at, as the exchange sorts them: trouble first. */
export function WorkTable({ work }: { work: AtWork }) {
  const { t, maybe, format } = useText();
  const rest = work.total - work.orders.length;
  const step = ({ step, direction }: AtWork["orders"][number]) => {
    const name = maybe(`orders.step.${step}`, step);
    return direction === "undo" ? t("orders.undo", { step: name }) : name;
  };
  return (
    <Table
      label={t("shell.stuck")}
      rows={work.orders}
      keyOf={({ order }) => order}
      columns={[
        {
          header: t("orders.application"),
          cell: ({ order, application }) => (
            <Link to="/orders/$order" params={{ order }}>
              {application ?? order}
            </Link>
          ),
        },
        { header: t("orders.kind"), cell: ({ kind }) => <Badge>{t(`order.kind.${kind}`)}</Badge> },
        { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
        { header: t("operations.step"), cell: step },
        {
          header: t("operations.says"),
          cell: ({ detail, failures }) => (
            <>
              {failures > 0 ? <Badge tone="bad">{t("operations.failures", { count: failures })}</Badge> : null} {detail}
            </>
          ),
        },
        { header: t("operations.since"), cell: ({ since }) => <Moment at={since} />, right: true },
      ]}
      footer={
        rest > 0 ? (
          <tr>
            <td colSpan={6}>{t("operations.andMore", { count: format.number(rest) })}</td>
          </tr>
        ) : null
      }
    />
  );
}
