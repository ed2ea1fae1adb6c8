import { useState } from "react";
import { useText } from "../i18n/i18n";
import { curl } from "../lib/snippets";
import { Button } from "../ui/Button";
import { Code } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { Tabs } from "../ui/Tabs";
import type { Copyable } from "./CopyAs";

/** The forms in which a request can be copied, one of which is shown. */
export default function CopyAsForms({ request, cli, yaml, onClose }: Copyable & { onClose: () => void }) {
  const { t } = useText();
  const forms = [
    ...(cli ? [{ value: "cli", label: "CLI", text: cli }] : []),
    { value: "curl", label: "curl", text: curl(request) },
    ...(yaml ? [{ value: "yaml", label: "YAML", text: yaml }] : []),
  ];
  const [form, setForm] = useState(forms[0]?.value ?? "curl");
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("common.copyAs")}
      wide
      footer={<Button onClick={onClose}>{t("common.close")}</Button>}
    >
      <Tabs
        value={form}
        onChange={setForm}
        tabs={forms.map(({ value, label, text }) => ({ value, label, content: <Code text={text} label={label} /> }))}
      />
    </Dialog>
  );
}
