import type { Schema } from "../../api/types";
import { useText } from "../../i18n/i18n";
import { Card } from "../../ui/Card";
import { Stack } from "../../ui/Layout";
import { Details } from "../../ui/Table";

/** What the exchange is set up with; it is changed where the exchange is started. */
export function Settings({ settings }: { settings: readonly Schema<"Setting">[] }) {
  const { t, maybe } = useText();
  return (
    <Card title={t("system.settings")}>
      <Stack gap={3}>
        <p className="muted">{t("system.settingsHint")}</p>
        <Details
          facts={settings.map(({ name, value }) => [
            maybe(`setting.${name}`, name),
            maybe(`setting.value.${value}`, value),
          ])}
        />
      </Stack>
    </Card>
  );
}
