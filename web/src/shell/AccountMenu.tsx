import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LogOut, Settings, Users } from "lucide-react";
import { session } from "../api/people";
import { useIdentity, useSignOut, useSwitchMember } from "../app/identity";
import { useText } from "../i18n/i18n";
import { names, offered, type Language } from "../i18n/languages";
import { prefer, type Theme } from "../lib/preferences";
import { usePreferences } from "../lib/usePreferences";
import { Menu, MenuChoice, MenuGroup, MenuItem, MenuSeparator } from "../ui/Menu";
import { AccountButton } from "./AccountButton";

/** Who one is, for whom else one can act, and how the console looks and speaks. */
export default function AccountMenu() {
  const { t, language } = useText();
  const { member } = useIdentity();
  const { theme } = usePreferences();
  const memberships = useQuery(session()).data?.memberships ?? [];
  const others = memberships.filter((one) => one.member.id !== member.id);
  const switchTo = useSwitchMember();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <Menu trigger={<AccountButton />} opened>
      {others.length > 0 ? (
        <MenuGroup label={t("shell.switchAccount")}>
          {others.map((one) => (
            <MenuItem key={one.member.id} onSelect={() => switchTo(one.member.id)}>
              {one.participant.legalName}
            </MenuItem>
          ))}
          <MenuSeparator />
        </MenuGroup>
      ) : null}
      <MenuItem onSelect={() => void navigate({ to: "/account" })}>
        <Settings size={16} aria-hidden />
        {t("shell.settings")}
      </MenuItem>
      <MenuItem onSelect={() => void navigate({ to: "/team" })}>
        <Users size={16} aria-hidden />
        {t("shell.team")}
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
