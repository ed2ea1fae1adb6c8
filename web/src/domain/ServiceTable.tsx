import { Link } from "@tanstack/react-router";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { Table, type More } from "../ui/Table";
import { MonthlyPrice } from "./Price";
import { StateBadge } from "./StateBadge";

interface ServiceTableProps {
  services: readonly Schema<"Service">[];
  more?: More;
  /** Whether the reader is the provider of all of them, and needs not be told. */
  delivered?: boolean;
}

/** How a service is called among its like: its component, numbered where there are several. */
export function serviceName({ component, instance }: Pick<Schema<"Service">, "component" | "instance">): string {
  return instance > 0 ? `${component} ${instance + 1}` : component;
}

/** Services with where they run, how they are, and what they cost. */
export function ServiceTable({ services, more, delivered = false }: ServiceTableProps) {
  const { t } = useText();
  return (
    <Table
      label={t("shell.services")}
      rows={services}
      keyOf={({ id }) => id}
      more={more}
      columns={[
        {
          header: t("services.service"),
          cell: (service) => (
            <Link to="/services/$service" params={{ service: service.id }}>
              {serviceName(service)}
            </Link>
          ),
        },
        { header: t("common.state"), cell: ({ state }) => <StateBadge state={state} /> },
        { header: t("common.kind"), cell: ({ kind }) => t(`kind.${kind}`) },
        ...(delivered
          ? []
          : [
              {
                header: t("common.provider"),
                cell: ({ providerName }: Schema<"Service">) => providerName,
              },
            ]),
        { header: t("common.site"), cell: ({ siteName }) => siteName },
        { header: t("common.price"), cell: ({ monthly }) => <MonthlyPrice money={monthly} />, right: true },
      ]}
    />
  );
}
