import type { Schema } from "../api/types";
import type { Tone } from "../ui/Badge";

export type State =
  | Schema<"OfferState">
  | Schema<"QuoteState">
  | Schema<"OrderState">
  | Schema<"ServiceState">
  | Schema<"StepState">
  | Schema<"ProposalState">
  | Schema<"Observed">;

const tones: Record<State, Tone> = {
  draft: "plain",
  listed: "plain",
  orderable: "good",
  stale: "warn",
  full: "warn",
  retired: "plain",
  open: "accent",
  accepted: "good",
  expired: "plain",
  withdrawn: "plain",
  submitted: "wait",
  approved: "wait",
  holding: "wait",
  committed: "wait",
  provisioning: "wait",
  fulfilled: "good",
  rejected: "bad",
  compensating: "warn",
  failed: "bad",
  cancelling: "warn",
  cancelled: "plain",
  requested: "wait",
  active: "good",
  stopped: "plain",
  suspended: "warn",
  degraded: "warn",
  unreachable: "warn",
  terminating: "wait",
  terminated: "plain",
  running: "wait",
  waiting: "wait",
  done: "good",
  pending: "wait",
  absent: "plain",
  superseded: "plain",
  dismissed: "plain",
};

export function toneOf(state: State): Tone {
  return tones[state];
}

/** The states of an order in which something is still to happen. */
export const openOrder: ReadonlySet<Schema<"OrderState">> = new Set([
  "submitted",
  "approved",
  "holding",
  "committed",
  "provisioning",
  "compensating",
  "cancelling",
]);

/** The states in which an order can still be cancelled. */
export const cancellable: ReadonlySet<Schema<"OrderState">> = new Set([
  "submitted",
  "approved",
  "holding",
  "committed",
  "provisioning",
]);

/** The states of a service that is there and can be acted on. */
export const standing: ReadonlySet<Schema<"ServiceState">> = new Set(["active", "stopped", "degraded", "unreachable"]);
