import { SquareTerminal } from "lucide-react";
import { useState } from "react";
import { useText } from "../i18n/i18n";
import { curl, type ApiRequest } from "../lib/snippets";
import { Button } from "../ui/Button";
import { Code } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { Tabs } from "../ui/Tabs";

interface CopyAsProps {
  request: ApiRequest;
  /** The same as a command of `hansa`, where there is one. */
  cli?: string;
  /** The document that is sent, for those who keep it in a file. */
  yaml?: string;
}

/** Shows what a form is about to send, to be sent from elsewhere. Whatever the console can do, a script can. */
export function CopyAs({ request, cli, yaml }: CopyAsProps) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  const forms = [
    ...(cli ? [{ value: "cli", label: "CLI", text: cli }] : []),
    { value: "curl", label: "curl", text: curl(request) },
    ...(yaml ? [{ value: "yaml", label: "YAML", text: yaml }] : []),
  ];
  const [form, setForm] = useState(forms[0]?.value ?? "curl");
  return (
    <>
      <Button look="quiet" small onClick={() => setOpen(true)}>
        <SquareTerminal size={16} aria-hidden />
        {t("common.copyAs")} …
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        title={t("common.copyAs")}
        wide
        footer={<Button onClick={() => setOpen(false)}>{t("common.close")}</Button>}
      >
        <Tabs
          value={form}
          onChange={setForm}
          tabs={forms.map(({ value, label, text }) => ({ value, label, content: <Code text={text} label={label} /> }))}
        />
      </Dialog>
    </>
  );
}
