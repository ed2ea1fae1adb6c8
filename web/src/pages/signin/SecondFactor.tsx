import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { session as sessionQuery } from "../../api/people";
import { askForProof, useProofAsked } from "../../api/proof";
import { useText } from "../../i18n/i18n";
import ProofDialog from "../../shell/ProofDialog";
import { Async } from "../../ui/Async";
import { Button } from "../../ui/Button";
import { Stack } from "../../ui/Layout";
import { OneTimeCodes } from "../account/OneTimeCodes";
import { Passkeys } from "../account/Passkeys";
import { Providers } from "../account/Providers";
import { Entrance } from "./Entrance";
import { useArrive } from "./useArrive";

const route = getRouteApi("/second-factor");

/** Where somebody proves, or sets up, what the exchange demands beside a password. */
export default function SecondFactor() {
  const { t } = useText();
  const { to } = route.useSearch();
  const queries = useQueryClient();
  const query = useQuery(sessionQuery());
  const arrive = useArrive(to);
  const proofAsked = useProofAsked();
  const prove = async () => {
    if (await askForProof()) await queries.invalidateQueries({ queryKey: ["session"] });
  };
  return (
    <Entrance title={t("signin.secondTitle")} lead={t("signin.secondLead")}>
      <Async query={query}>
        {({ account, secondFactorNeeded }) => (
          <Stack>
            {secondFactorNeeded ? (
              account.oneTimeCodesSince || account.passkeys.length > 0 ? (
                <Button look="primary" onClick={() => void prove()}>
                  {t("signin.secondProve")}
                </Button>
              ) : null
            ) : (
              <Button look="primary" onClick={arrive}>
                {t("signin.goOn")}
              </Button>
            )}
            <OneTimeCodes account={account} />
            <Passkeys account={account} />
            <Providers account={account} />
          </Stack>
        )}
      </Async>
      {proofAsked ? <ProofDialog /> : null}
    </Entrance>
  );
}
