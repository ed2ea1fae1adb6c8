import { Link } from "@tanstack/react-router";
import type { Schema } from "../api/types";
import { useIdentity } from "../app/identity";
import { useText } from "../i18n/i18n";
import { Badge } from "../ui/Badge";
import { Table, type More } from "../ui/Table";
import { Moment } from "./Moment";
import { MonthlyPrice } from "./Price";
import { StateBadge } from "./StateBadge";

interface OrderTableProps {
  orders: readonly Schema<"Order">[];
  more?: More;
}

/** Orders with what they do, where they stand and what they cost. */
export function OrderTable({ orders, more }: OrderTableProps) {
  const { t, format } = useText();
  const { projects } = useIdentity();
  return (
    <Table
      label={t("shell.orders")}
      rows={orders}
      keyOf={({ id }) => id}
      more={more}
      columns={[
        {
          header: t("orders.application"),
          cell: ({ id, application, services }) => (
            <Link to="/orders/$order" params={{ order: id }}>
              {application ?? t("orders.services", { count: services.length })}
            </Link>
          ),
        },
        { header: t("orders.kind"), cell: ({ kind }) => <Badge>{t(`order.kind.${kind}`)}</Badge> },
        { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
        { header: t("common.project"), cell: ({ project }) => projects.find(({ id }) => id === project)?.name ?? "–" },
        { header: t("common.price"), cell: ({ monthly }) => <MonthlyPrice money={monthly} />, right: true },
        { header: t("orders.oneOff"), cell: ({ oneOff }) => format.money(oneOff), right: true },
        { header: t("common.created"), cell: ({ createdAt }) => <Moment at={createdAt} />, right: true },
      ]}
    />
  );
}
