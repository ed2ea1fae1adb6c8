import { Link } from "@tanstack/react-router";
import { useText } from "../i18n/i18n";

type Word =
  | "account"
  | "agent"
  | "evidence"
  | "identity"
  | "maintenance"
  | "member"
  | "offer"
  | "order"
  | "participant"
  | "passkey"
  | "project"
  | "proposal"
  | "quote"
  | "service"
  | "session"
  | "site"
  | "tenant"
  | "token";

/** What identifiers are of, by the letters that they begin with. */
const words: Record<string, Word> = {
  acc: "account",
  agt: "agent",
  evd: "evidence",
  idt: "identity",
  mbr: "member",
  mnt: "maintenance",
  off: "offer",
  ord: "order",
  pky: "passkey",
  ppl: "proposal",
  prj: "project",
  prt: "participant",
  quo: "quote",
  ses: "session",
  sit: "site",
  srv: "service",
  ten: "tenant",
  tok: "token",
};

/** An identifier as a word and its end, with the way to the page of what it is; the whole is in its title. */
export function Reference({ id }: { id: string }) {
  const { t } = useText();
  const [, prefix] = /^([a-z]{3})_\w+$/.exec(id) ?? [];
  const word = prefix ? words[prefix] : undefined;
  if (!word) return <span title={id}>{id === "exchange" ? t("ledger.exchange") : id}</span>;
  const shown = (
    <span title={id} className="nowrap">
      {t(`reference.${word}`)} <code className="small">…{id.slice(-6)}</code>
    </span>
  );
  switch (word) {
    case "order":
      return (
        <Link to="/orders/$order" params={{ order: id }}>
          {shown}
        </Link>
      );
    case "quote":
      return (
        <Link to="/quotes/$quote" params={{ quote: id }}>
          {shown}
        </Link>
      );
    case "service":
      return (
        <Link to="/services/$service" params={{ service: id }}>
          {shown}
        </Link>
      );
    case "offer":
      return (
        <Link to="/market/offers/$offer" params={{ offer: id }}>
          {shown}
        </Link>
      );
    case "participant":
      return (
        <Link to="/participants/$participant/trust" params={{ participant: id }}>
          {shown}
        </Link>
      );
    default:
      return shown;
  }
}
