import { SquareTerminal } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { useText } from "../i18n/i18n";
import type { ApiRequest } from "../lib/snippets";
import { Button } from "../ui/Button";

const CopyAsForms = lazy(() => import("./CopyAsForms"));

/** Something that can be done from elsewhere, too. */
export interface Copyable {
  request: ApiRequest;
  /** The same as a command of `hansa`, where there is one. */
  cli?: string;
  /** The document that is sent, for those who keep it in a file. */
  yaml?: string;
}

/** Shows what a form is about to send, to be sent from elsewhere. Whatever the console can do, a script can. */
export function CopyAs(copyable: Copyable) {
  const { t } = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="quiet" small onClick={() => setOpen(true)}>
        <SquareTerminal size={16} aria-hidden />
        {t("common.copyAs")} …
      </Button>
      {open ? (
        <Suspense>
          <CopyAsForms {...copyable} onClose={() => setOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
