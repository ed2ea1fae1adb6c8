import type { UseQueryResult } from "@tanstack/react-query";
import type { Schema } from "../api/types";
import { useText } from "../i18n/i18n";
import { Async } from "../ui/Async";
import { Card } from "../ui/Card";
import { Details } from "../ui/Table";
import { Moment } from "./Moment";

/** What something waits for, since when, who must act, and until when. */
export function WhyCard({ query }: { query: UseQueryResult<Schema<"Why">> }) {
  const { t } = useText();
  return (
    <Card title={t("why.title")}>
      <Async query={query} lines={3}>
        {({ waitingFor, since, who, deadline, next }) =>
          waitingFor === "nothing" ? (
            <p>{t("why.nothing")}</p>
          ) : (
            <Details
              facts={[
                [t("why.waitingFor"), waitingFor],
                [t("why.who"), who],
                [t("why.since"), <Moment key="since" at={since} />],
                [t("why.deadline"), deadline ? <Moment key="deadline" at={deadline} /> : undefined],
                [
                  t("why.next"),
                  next.length > 0 ? (
                    <ul>
                      {next.map((step) => (
                        <li key={step}>{step}</li>
                      ))}
                    </ul>
                  ) : undefined,
                ],
              ]}
            />
          )
        }
      </Async>
    </Card>
  );
}
