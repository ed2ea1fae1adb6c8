import type { Schema } from "../../api/types";
import { useIdentity } from "../../app/identity";
import { useText } from "../../i18n/i18n";
import { commandLine } from "../../lib/snippets";
import { Card } from "../../ui/Card";
import { Code } from "../../ui/Copy";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";
import { Details } from "../../ui/Table";

/** Who one is, and how a command line becomes the same. */
export function You({ account }: { account: Schema<"Account"> }) {
  const { t, format } = useText();
  const { member, participant } = useIdentity();
  return (
    <Card title={t("account.you")}>
      <Stack gap={3}>
        <Details
          facts={[
            [t("common.name"), account.name],
            [t("account.login"), account.login],
            [t("account.participant"), participant.legalName],
            [t("participants.short"), participant.name],
            [t("participants.roles"), format.list(member.roles.map((role) => t(`role.${role}`)))],
            [t("account.since"), format.date(account.createdAt)],
          ]}
        />
        <Notice tone="accent" title={t("account.cli")}>
          <Code label="CLI" text={commandLine(["hansa", "login", "--exchange", globalThis.location.origin])} wrap />
          <p className="small">{t("account.cliHint")}</p>
        </Notice>
      </Stack>
    </Card>
  );
}
