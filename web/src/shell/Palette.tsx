import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { groupsFor } from "../app/navigation";
import { useIdentity, useSignOut } from "../app/identity";
import { useText } from "../i18n/i18n";
import { prefer } from "../lib/preferences";
import overlay from "../ui/Overlay.module.css";
import styles from "./Palette.module.css";

interface Command {
  id: string;
  label: string;
  icon?: ReactNode;
  act: () => void;
}

function useCommands(): Command[] {
  const { t } = useText();
  const { member } = useIdentity();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const places = groupsFor(member.roles).flatMap((group) => group.places);
  return [
    ...places.map(({ label, to, icon: Icon }) => ({
      id: to,
      label: t(label),
      icon: <Icon size={16} aria-hidden />,
      act: () => void navigate({ to }),
    })),
    { id: "/account", label: t("shell.settings"), act: () => void navigate({ to: "/account" }) },
    { id: "/components", label: t("shell.components"), act: () => void navigate({ to: "/components" }) },
    ...(["system", "light", "dark"] as const).map((theme) => ({
      id: `theme-${theme}`,
      label: `${t("shell.theme")}: ${t(`shell.theme.${theme}`)}`,
      act: () => prefer({ theme }),
    })),
    { id: "sign-out", label: t("shell.signOut"), act: signOut },
  ];
}

/** Goes anywhere and does the common things from the keyboard: Ctrl K or ⌘ K. */
export function Palette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { t } = useText();
  const commands = useCommands();
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className={overlay.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label={t("shell.palette")}>
          <Autocomplete.Root
            open
            inline
            items={commands}
            autoHighlight="always"
            itemToStringValue={({ label }: Command) => label}
          >
            <Autocomplete.Input
              className={styles.input}
              placeholder={t("shell.paletteHint")}
              aria-label={t("shell.palette")}
            />
            <Autocomplete.Empty className={styles.empty}>{t("shell.paletteEmpty")}</Autocomplete.Empty>
            <Autocomplete.List className={styles.list}>
              {(command: Command) => (
                <Autocomplete.Item
                  key={command.id}
                  value={command}
                  className={overlay.item}
                  onClick={() => {
                    onOpenChange(false);
                    command.act();
                  }}
                >
                  {command.icon}
                  {command.label}
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
