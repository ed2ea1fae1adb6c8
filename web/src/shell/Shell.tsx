import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { Menu as Burger, Search, TriangleAlert, X } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { follow, useLiveness } from "../api/live";
import { useProofAsked } from "../api/proof";
import { groupsFor } from "../app/navigation";
import { useChooseProject, useHasRole, useIdentity, useProject, useSessionGuard } from "../app/identity";
import { useText } from "../i18n/i18n";
import { useIdle } from "../lib/useIdle";
import { IconButton } from "../ui/Button";
import { Loading } from "../ui/Empty";
import { AccountButton } from "./AccountButton";
import { Logo } from "./Logo";
import styles from "./Shell.module.css";

const AccountMenu = lazy(() => import("./AccountMenu"));
const Palette = lazy(() => import("./Palette").then(({ Palette }) => ({ default: Palette })));
const Toasts = lazy(() => import("../ui/Toasts"));
const ProofDialog = lazy(() => import("./ProofDialog"));

function ProjectSwitch() {
  const { t } = useText();
  const { projects, tenants } = useIdentity();
  const project = useProject();
  const choose = useChooseProject();
  const spends = useHasRole("buyer", "reseller");
  if (!project || !spends) return null;
  const mine = projects.filter(({ tenant }) => tenants.some(({ id }) => id === tenant));
  return (
    <select
      className={styles.project}
      aria-label={t("shell.project")}
      value={project.id}
      onChange={(event) => choose(event.target.value)}
    >
      {(mine.length > 0 ? mine : projects).map(({ id, name, tenant }) => (
        <option key={id} value={id}>
          {tenants.length > 1 ? `${tenants.find((one) => one.id === tenant)?.name ?? ""} / ${name}` : name}
        </option>
      ))}
    </select>
  );
}

function Live() {
  const { t } = useText();
  const { state } = useLiveness();
  const label = state === "live" ? t("shell.live") : t("shell.connecting");
  return (
    <span className={styles.live} data-state={state} role="status" title={label}>
      <span className={styles.dot} aria-hidden />
      <span>{label}</span>
    </span>
  );
}

function StaleBanner() {
  const { t, format } = useText();
  const liveness = useLiveness();
  if (liveness.state !== "stale") return null;
  return (
    <div className={styles.stale} role="alert">
      <TriangleAlert size={16} aria-hidden />
      {t("shell.stale", { time: format.clock(new Date(liveness.since).toISOString()) })}
    </div>
  );
}

/** The account's button; its menu is loaded when somebody is about to open it. */
function Account() {
  const [pressed, setPressed] = useState(false);
  const prepare = () => void import("./AccountMenu");
  const button = <AccountButton onPointerEnter={prepare} onFocus={prepare} onClick={() => setPressed(true)} />;
  return pressed ? (
    <Suspense fallback={button}>
      <AccountMenu />
    </Suspense>
  ) : (
    button
  );
}

function Navigation({ open }: { open: boolean }) {
  const { t } = useText();
  const { member } = useIdentity();
  return (
    <nav className={styles.side} data-open={open || undefined} aria-label={t("shell.navigation")}>
      {groupsFor(member.roles).map((group) => (
        <div key={group.label ?? "top"}>
          {group.label ? <p className={styles.groupLabel}>{t(group.label)}</p> : null}
          <ul>
            {group.places.map(({ label, to, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  className={styles.place}
                  activeOptions={{ exact: to === "/" || to === "/provider", includeSearch: false }}
                >
                  <Icon size={17} aria-hidden />
                  {t(label)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** What is around every page: who and where one is, where one can go, and whether the picture is fresh. */
export default function Shell() {
  const { t } = useText();
  const queries = useQueryClient();
  const { member } = useIdentity();
  const proofAsked = useProofAsked();
  const path = useLocation({ select: ({ pathname }) => pathname });
  const [menu, setMenu] = useState({ open: false, at: path });
  const [palette, setPalette] = useState(false);
  const open = menu.open && menu.at === path;
  useSessionGuard();
  useEffect(() => follow(queries), [queries, member.id]);
  const idle = useIdle();
  useEffect(() => {
    // Whoever types right after Ctrl K must not lose letters to its loading.
    // Whoever has no network now gets it when it is opened.
    if (idle) import("./Palette").catch(() => undefined);
  }, [idle]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setPalette(true);
    };
    globalThis.addEventListener("keydown", press);
    return () => globalThis.removeEventListener("keydown", press);
  }, []);
  return (
    <div className={styles.shell}>
      <a href="#main" className={styles.skip}>
        {t("shell.skip")}
      </a>
      <header className={styles.bar}>
        <div className={styles.tools}>
          <IconButton
            label={t("shell.menu")}
            className={styles.burger}
            aria-expanded={open}
            onClick={() => setMenu({ open: !open, at: path })}
          >
            {open ? <X size={20} aria-hidden /> : <Burger size={20} aria-hidden />}
          </IconButton>
          <Link to="/" className={styles.brand} aria-label="Hansa">
            <Logo />
            <span>Hansa</span>
          </Link>
          <ProjectSwitch />
          <span className={styles.spacer} />
          <button type="button" className={styles.find} onClick={() => setPalette(true)} aria-label={t("shell.search")}>
            <Search size={16} aria-hidden />
            <span>{t("shell.search")}</span>
            <kbd>Ctrl K</kbd>
          </button>
          <Live />
          <Account />
        </div>
        <StaleBanner />
      </header>
      <Navigation open={open} />
      <main id="main" className={styles.main} tabIndex={-1}>
        <div className={styles.width}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      {idle ? (
        <Suspense>
          <Toasts />
        </Suspense>
      ) : null}
      {palette ? (
        <Suspense>
          <Palette open onOpenChange={setPalette} />
        </Suspense>
      ) : null}
      {proofAsked ? (
        <Suspense>
          <ProofDialog />
        </Suspense>
      ) : null}
    </div>
  );
}
