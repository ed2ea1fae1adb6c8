import { useQuery } from "@tanstack/react-query";
import { ownership } from "../../api/trust";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Card } from "../../ui/Card";
import { Stack } from "../../ui/Layout";
import { Details } from "../../ui/Table";
import styles from "./Ownership.module.css";

/** Who owns and controls a participant: in words, and drawn. */
export function Ownership({ participant }: { participant: string }) {
  const { t, maybe, format } = useText();
  const query = useQuery(ownership(participant));
  const countries = (codes: readonly string[]) => format.list(codes.map((code) => format.country(code)));
  return (
    <Card title={t("trust.ownership")}>
      <Async query={query}>
        {({ union, eea, exposed, exposureUnknown, subcontractorsExposed, immunity, immunityReasons, picture }) => {
          const reached = exposureUnknown.length > 0 ? t("common.unknown") : t("trust.nobody");
          const reasons = [...new Set([...(union.reasons ?? []), ...exposureUnknown, ...immunityReasons])];
          return (
            <Stack>
              <Details
                facts={[
                  [t("trust.control.union"), maybe(`trust.verdict.${union.verdict}`, union.verdict)],
                  [t("trust.control.eea"), maybe(`trust.verdict.${eea.verdict}`, eea.verdict)],
                  [t("trust.exposed"), exposed.length > 0 ? countries(exposed) : reached],
                  [
                    t("trust.exposedSubcontractors"),
                    subcontractorsExposed
                      ? subcontractorsExposed.length > 0
                        ? countries(subcontractorsExposed)
                        : t("trust.nobody")
                      : t("common.unknown"),
                  ],
                  [t("trust.immunity"), maybe(`trust.immunity.${immunity}`, immunity)],
                ]}
              />
              {reasons.length > 0 ? (
                <ul className="small">
                  {reasons.map((reason) => (
                    <li key={reason}>{reason}</li>
                  ))}
                </ul>
              ) : null}
              <div className={styles.picture} tabIndex={0} role="group" aria-label={t("trust.picture")}>
                <img src={`data:image/svg+xml,${encodeURIComponent(picture)}`} alt={t("trust.picture")} />
              </div>
            </Stack>
          );
        }}
      </Async>
    </Card>
  );
}
