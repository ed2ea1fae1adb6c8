import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Boxes } from "lucide-react";
import { useState } from "react";
import { itemsOf, services } from "../../api/queries";
import { ServiceTable } from "../../domain/ServiceTable";
import { standing } from "../../domain/states";
import { moreOf } from "../../domain/PagedCard";
import { useText } from "../../i18n/i18n";
import { sum } from "../../lib/money";
import { Async } from "../../ui/Async";
import { buttonClass } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { Empty } from "../../ui/Empty";
import { CheckField } from "../../ui/Field";
import { Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";

/** What runs, and what all of it costs. */
export default function Services() {
  const { t, format } = useText();
  const [all, setAll] = useState(false);
  const query = useInfiniteQuery({ ...services(all ? { all } : {}), placeholderData: (old) => old });
  const list = itemsOf(query.data);
  const there = list.filter(({ state }) => standing.has(state));
  return (
    <Page
      title={t("shell.services")}
      lead={
        there.length > 0
          ? t("services.lead", { count: there.length, amount: format.money(sum(there.map(({ monthly }) => monthly))) })
          : undefined
      }
      actions={
        <CheckField label={t("services.withEnded")} checked={all} onChange={({ target }) => setAll(target.checked)} />
      }
    >
      <Card flush>
        <Async query={query}>
          {() =>
            list.length === 0 ? (
              <Empty
                icon={Boxes}
                title={t("services.none")}
                actions={
                  <Link to="/applications" className={buttonClass({ look: "primary" })}>
                    {t("home.describe")}
                  </Link>
                }
              >
                {t("services.noneHint")}
              </Empty>
            ) : (
              <Stack>
                <ServiceTable services={list} more={moreOf(query)} />
              </Stack>
            )
          }
        </Async>
      </Card>
    </Page>
  );
}
