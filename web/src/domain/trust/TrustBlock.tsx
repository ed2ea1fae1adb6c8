import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { offerTrust, ruleSets } from "../../api/trust";
import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { classes, Row, Stack } from "../../ui/Layout";
import { Details } from "../../ui/Table";
import { levelName, nextLevel } from "./levels";
import styles from "./TrustBlock.module.css";

function Certificates({ certificates }: { certificates: Schema<"Assurance">["certificates"] }) {
  const { t } = useText();
  if (certificates.length === 0) return t("trust.noCertificates");
  return (
    <Row gap={1}>
      {certificates.map(({ scheme, source }) => (
        <Badge key={scheme} tone={source === "verified" ? "good" : "plain"}>
          {scheme}
        </Badge>
      ))}
    </Row>
  );
}

function Control({ control }: { control: Schema<"Assurance">["control"] }) {
  const { t, format } = useText();
  const { thirdCountry } = control as { thirdCountry: string | string[] };
  if (Array.isArray(thirdCountry)) {
    return <Badge tone="warn">{format.list(thirdCountry.map((code) => format.country(code)))}</Badge>;
  }
  return thirdCountry === "none" ? (
    <Badge tone="good">{t("trust.nobody")}</Badge>
  ) : (
    <Badge>{t("common.unknown")}</Badge>
  );
}

/** What is known of an offer beyond its price: levels, certificates, control, and what the next level lacks. */
export function TrustBlock({ offer }: { offer: string }) {
  const { t } = useText();
  const query = useQuery(offerTrust(offer));
  const sets = useQuery(ruleSets()).data ?? [];
  return (
    <Card title={t("trust.title")}>
      <Async query={query}>
        {({ assurance, evaluations, participant }) => (
          <Stack gap={3}>
            <ul>
              {evaluations.map(({ ruleSet, version, level, standing, gaps }) => {
                const set = sets.find((one) => one.id === ruleSet && one.version === version);
                const next = nextLevel({ gaps }, set?.levels ?? []);
                return (
                  <li key={ruleSet} className={styles.set}>
                    <span>{set?.title ?? ruleSet}</span>
                    <Row gap={1} justify="end">
                      {standing === "proposal" ? <Badge tone="warn">{t("trust.proposal")}</Badge> : null}
                      <Badge tone={level ? "good" : "plain"}>
                        {level ? levelName(ruleSet, level) : t("trust.noLevel")}
                      </Badge>
                    </Row>
                    {next ? (
                      <span className={classes(styles.lacks, "muted small")}>
                        {t("trust.lacks", { level: levelName(ruleSet, next.level), count: next.gaps.length })}
                      </span>
                    ) : null}
                  </li>
                );
              })}
            </ul>
            <Details
              facts={[
                [t("trust.certificates"), <Certificates key="certificates" certificates={assurance.certificates} />],
                [t("trust.reachedBy"), <Control key="control" control={assurance.control} />],
              ]}
            />
            <Row>
              <Link to="/participants/$participant/trust" params={{ participant }}>
                {t("trust.whole")}
              </Link>
            </Row>
          </Stack>
        )}
      </Async>
    </Card>
  );
}
