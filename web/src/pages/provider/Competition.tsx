import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { createDraft } from "../../application/drafts";
import { matched } from "../../application/useMatch";
import { useText } from "../../i18n/i18n";
import type { Offer } from "../../lib/offers";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Row, Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { WhyNot } from "../applications/match/WhyNot";
import { demandFor, standingOf, type Standing } from "./competition";

function Verdict({ standing }: { standing: Standing }) {
  const { t, maybe, format } = useText();
  switch (standing.is) {
    case "chosen":
      return (
        <Notice
          tone="good"
          title={t("competition.chosen", {
            packages: standing.packages.map((name) => maybe(`match.package.${name}`, name)).join(", "),
          })}
        >
          {standing.rival ? (
            <p>{t("competition.rival", { offer: standing.rival.offer, amount: format.money(standing.rival.more) })}</p>
          ) : null}
        </Notice>
      );
    case "beaten":
      return (
        <Notice tone="warn" title={t("competition.beaten", { by: standing.by })}>
          <p>
            {standing.breaks
              ? t("competition.breaks", { requirement: maybe(`requirement.${standing.breaks}`, standing.breaks) })
              : t("competition.more", { amount: format.money(standing.more) })}
          </p>
        </Notice>
      );
    case "excluded":
      return (
        <Notice
          tone="warn"
          title={t("competition.excluded", {
            requirement: maybe(`requirement.${standing.requirement}`, standing.requirement),
          })}
        >
          <p>{t("competition.asked", { required: standing.required, offered: standing.offered })}</p>
        </Notice>
      );
    case "further":
      return (
        <Notice tone="warn" title={t("competition.further")}>
          {standing.by ? <p>{t("competition.beaten", { by: standing.by })}</p> : null}
        </Notice>
      );
  }
}

/** How an offer does against all others for the demand that it meets exactly, and against whom it loses and why. */
export function Competition({ offer, onClose }: { offer: Offer; onClose: () => void }) {
  const { t } = useText();
  const navigate = useNavigate();
  const demand = demandFor(offer);
  const query = useQuery(matched(demand, false));
  const key = `${offer.providerName}/${offer.siteName}/${offer.sku}`;
  const change = async () => {
    const { stringify } = await import("yaml");
    await navigate({ to: "/applications/$draft", params: { draft: createDraft(stringify(demand)) } });
  };
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      title={t("competition.title", { name: offer.sku })}
      footer={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
      <Stack>
        <p className="muted">{t("competition.lead")}</p>
        <Async query={query}>
          {(outcome) => (
            <>
              <Verdict standing={standingOf(key, outcome)} />
              <WhyNot outcome={outcome} />
            </>
          )}
        </Async>
        <Row>
          <Button small onClick={() => void change()}>
            {t("competition.change")}
          </Button>
        </Row>
      </Stack>
    </Dialog>
  );
}
