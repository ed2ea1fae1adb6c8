import { Download } from "lucide-react";
import { useText } from "../../i18n/i18n";
import { download } from "../../lib/download";
import { Button } from "../../ui/Button";
import { Code } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Stack } from "../../ui/Layout";
import { Notice } from "../../ui/Notice";

/** New recovery codes, to be kept: they are shown this once. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useText();
  const text = codes.join("\n");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("account.recovery")}
      footer={
        <>
          <Button onClick={() => download("hansa-recovery-codes.txt", "text/plain", `${text}\n`)}>
            <Download size={16} aria-hidden />
            {t("common.download", { format: "TXT" })}
          </Button>
          <Button look="primary" onClick={onClose}>
            {t("account.recoveryKept")}
          </Button>
        </>
      }
    >
      <Stack gap={3}>
        <Notice tone="warn" title={t("account.recoveryOnce")}>
          <p>{t("account.recoveryOnceHint")}</p>
        </Notice>
        <Code text={text} label={t("account.recovery")} />
      </Stack>
    </Dialog>
  );
}
