import { useNavigate } from "@tanstack/react-router";
import { LogOut, Plus, Settings } from "lucide-react";
import { useSessions } from "../api/session";
import { useIdentity, useSignOut, useSwitchSession } from "../app/identity";
import { useText } from "../i18n/i18n";
import { names, offered, type Language } from "../i18n/languages";
import { prefer, usePreferences, type Theme } from "../lib/preferences";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuSeparator } from "../ui/Menu";
import { AccountButton } from "./AccountButton";

/** Who one is, who else one can be, and how the console looks and speaks. */
export default function AccountMenu() {
  const { t, language } = useText();
  const { member } = useIdentity();
  const { theme } = usePreferences();
  const others = useSessions().all.filter(({ id }) => id !== member.id);
  const switchTo = useSwitchSession();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Menu trigger={<AccountButton />} opened>
      {others.length > 0 ? (
        <MenuGroup label={t("shell.switchAccount")}>
          {others.map((session) => (
            <MenuItem key={session.id} onSelect={() => switchTo(session.id)}>
              {session.member} · {session.participant}
            </MenuItem>
          ))}
        </MenuGroup>
      ) : null}
      <MenuItem onSelect={() => void navigate({ to: "/sign-in" })}>
        <Plus size={16} aria-hidden />
        {t("shell.addAccount")}
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: "/account" })}>
        <Settings size={16} aria-hidden />
        {t("shell.settings")}
      </MenuItem>
      <MenuSeparator />
      <MenuChoice
        label={t("shell.theme")}
        value={theme}
        choices={(["system", "light", "dark"] as const).map((value) => ({ value, label: t(`shell.theme.${value}`) }))}
        onChoose={(value) => prefer({ theme: value as Theme })}
      />
      <MenuChoice
        label={t("shell.language")}
        value={language}
        choices={offered.map((value) => ({ value, label: names[value] }))}
        onChoose={(value) => prefer({ language: value as Language })}
      />
      <MenuSeparator />
      <MenuItem onSelect={signOut}>
        <LogOut size={16} aria-hidden />
        {t("shell.signOut")}
      </MenuItem>
    </Menu>
  );
}
