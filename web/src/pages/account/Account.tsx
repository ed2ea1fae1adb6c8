import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { session as sessionQuery } from "../../api/people";
import { useText } from "../../i18n/i18n";
import { Async } from "../../ui/Async";
import { Split, Stack } from "../../ui/Layout";
import { Page } from "../../ui/Page";
import { Tabs } from "../../ui/Tabs";
import { Memberships } from "./Memberships";
import { OneTimeCodes } from "./OneTimeCodes";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { Providers } from "./Providers";
import { Sessions } from "./Sessions";
import { Tokens } from "./Tokens";
import { You } from "./You";

const route = getRouteApi("/inside/account");

/** Who one is, how one signs in, for whom one acts, and the tokens that act for one. */
export default function Account() {
  const { t } = useText();
  const { tab = "security" } = route.useSearch();
  const navigate = useNavigate();
  const query = useQuery(sessionQuery());
  return (
    <Page title={t("shell.settings")} lead={t("account.lead")}>
      <Async query={query}>
        {({ account, memberships, session }) => (
          <Split>
            <Tabs
              value={tab}
              onChange={(next) => void navigate({ to: "/account", search: { tab: next }, replace: true })}
              tabs={[
                {
                  value: "security",
                  label: t("account.tab.security"),
                  content: (
                    <Stack>
                      <Password account={account} />
                      <OneTimeCodes account={account} />
                      <Passkeys account={account} />
                      <Providers account={account} />
                    </Stack>
                  ),
                },
                { value: "sessions", label: t("account.tab.sessions"), content: <Sessions /> },
                { value: "tokens", label: t("account.tab.tokens"), content: <Tokens /> },
              ]}
            />
            <Stack>
              <You account={account} />
              <Memberships memberships={memberships} session={session} />
            </Stack>
          </Split>
        )}
      </Async>
    </Page>
  );
}
