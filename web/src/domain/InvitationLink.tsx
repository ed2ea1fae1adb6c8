import { useText } from "../i18n/i18n";
import { Code } from "../ui/Copy";
import { Stack } from "../ui/Layout";
import { Notice } from "../ui/Notice";

/** The address at which an invitation is taken up. The code stands where browsers send it to nobody. */
export function invitationAddress(code: string): string {
  return `${globalThis.location.origin}/sign-up#${new URLSearchParams({ code }).toString()}`;
}

/** A new invitation, to be handed over. */
export function InvitationLink({ code, expires }: { code: string; expires: string }) {
  const { t, format } = useText();
  return (
    <Stack gap={3}>
      <Notice tone="good" title={t("team.made")}>
        <p>{t("team.madeHint", { time: format.time(expires) })}</p>
      </Notice>
      <Code label={t("team.link")} text={invitationAddress(code)} wrap />
    </Stack>
  );
}
