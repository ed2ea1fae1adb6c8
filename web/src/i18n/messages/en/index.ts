import type { Message } from "../../message";
import account from "./account.json";
import agents from "./agents.json";
import audit from "./audit.json";
import capacity from "./capacity.json";
import common from "./common.json";
import competition from "./competition.json";
import components from "./components.json";
import console from "./console.json";
import costs from "./costs.json";
import describe from "./describe.json";
import device from "./device.json";
import evidence from "./evidence.json";
import home from "./home.json";
import issuers from "./issuers.json";
import kind from "./kind.json";
import ledger from "./ledger.json";
import maintenance from "./maintenance.json";
import market from "./market.json";
import match from "./match.json";
import meter from "./meter.json";
import metric from "./metric.json";
import onboarding from "./onboarding.json";
import operations from "./operations.json";
import order from "./order.json";
import orders from "./orders.json";
import participants from "./participants.json";
import preview from "./preview.json";
import problem from "./problem.json";
import projects from "./projects.json";
import proof from "./proof.json";
import property from "./property.json";
import proposals from "./proposals.json";
import provider from "./provider.json";
import quotes from "./quotes.json";
import reference from "./reference.json";
import requirement from "./requirement.json";
import reviews from "./reviews.json";
import role from "./role.json";
import services from "./services.json";
import setting from "./setting.json";
import shell from "./shell.json";
import signin from "./signin.json";
import state from "./state.json";
import system from "./system.json";
import team from "./team.json";
import template from "./template.json";
import trust from "./trust.json";
import why from "./why.json";

const messages = {
  ...account,
  ...agents,
  ...audit,
  ...capacity,
  ...common,
  ...competition,
  ...components,
  ...console,
  ...costs,
  ...describe,
  ...device,
  ...evidence,
  ...home,
  ...issuers,
  ...kind,
  ...ledger,
  ...maintenance,
  ...market,
  ...match,
  ...meter,
  ...metric,
  ...onboarding,
  ...operations,
  ...order,
  ...orders,
  ...participants,
  ...preview,
  ...problem,
  ...projects,
  ...proof,
  ...property,
  ...proposals,
  ...provider,
  ...quotes,
  ...reference,
  ...requirement,
  ...reviews,
  ...role,
  ...services,
  ...setting,
  ...shell,
  ...signin,
  ...state,
  ...system,
  ...team,
  ...template,
  ...trust,
  ...why,
};

/** The name of a message. English decides which there are. */
export type Key = keyof typeof messages;

export type Messages = Readonly<Record<Key, Message>>;

export default messages satisfies Messages as Messages;
