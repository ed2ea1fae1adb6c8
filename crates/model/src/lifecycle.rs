//! Lifecycles as tables: states, what leads from one to the next, who must act and until when.
//!
//! Code asks the table ([`Lifecycle::next`]) instead of deciding by itself. [`Lifecycle::defects`] is the
//! model check: from every state there is a way to an end, every waiting state has a deadline and an owner,
//! and the cancelling event works everywhere.

use std::fmt::Debug;
use std::time::Duration;

use crate::offer::OfferState;
use crate::onboarding::OnboardingState;
use crate::order::{OrderState, QuoteState};
use crate::proposal::ProposalState;
use crate::service::ServiceState;

/// Who must act for a state to be left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The buyer of the order or service.
    Buyer,
    /// The provider that delivers, or its agent.
    Provider,
    /// The exchange itself.
    Exchange,
    /// An operator of the exchange.
    Operator,
}

/// How long a state may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stay {
    /// For ever: nothing leads out of it.
    End,
    /// As long as its owner likes: it waits for nothing.
    Steady,
    /// It waits: when the time is over, the event happens by itself.
    AtMost(Duration, &'static str),
}

/// One state of a lifecycle.
#[derive(Debug, Clone, Copy)]
pub struct StateRow<S> {
    /// The state.
    pub state: S,
    /// Who must act for it to be left.
    pub owner: Owner,
    /// How long it may last.
    pub stay: Stay,
    /// What it means, for `why`.
    pub meaning: &'static str,
}

/// One way from a state to the next.
#[derive(Debug, Clone, Copy)]
pub struct Transition<S> {
    /// The state before.
    pub from: S,
    /// What happens.
    pub event: &'static str,
    /// The state after.
    pub to: S,
}

/// A lifecycle as data.
#[derive(Debug)]
pub struct Lifecycle<S: 'static> {
    /// Of what.
    pub name: &'static str,
    /// The state that everything begins in.
    pub start: S,
    /// The states.
    pub states: &'static [StateRow<S>],
    /// The ways between them.
    pub transitions: &'static [Transition<S>],
    /// The event by which an owner ends it from any state that is not an end.
    pub cancel: &'static str,
}

/// An event that a state does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{lifecycle} is {state}: `{event}` is not possible")]
pub struct IllegalTransition {
    /// Of what.
    pub lifecycle: &'static str,
    /// The state it is in.
    pub state: String,
    /// What was tried.
    pub event: &'static str,
}

impl<S: Copy + PartialEq + Debug> Lifecycle<S> {
    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalTransition`] when the table has no such row.
    pub fn next(&self, state: S, event: &'static str) -> Result<S, IllegalTransition> {
        self.transitions.iter().find(|row| row.from == state && row.event == event).map(|row| row.to).ok_or_else(|| {
            IllegalTransition { lifecycle: self.name, state: format!("{state:?}").to_lowercase(), event }
        })
    }

    /// The row of a state.
    ///
    /// # Panics
    /// Never for tables without defects: every state has a row.
    #[must_use]
    pub fn row(&self, state: S) -> &'static StateRow<S> {
        self.states.iter().find(|row| row.state == state).unwrap_or(&self.states[0])
    }

    /// Whether the state is an end.
    #[must_use]
    pub fn is_end(&self, state: S) -> bool {
        self.row(state).stay == Stay::End
    }

    /// Everything that is wrong with the table.
    #[must_use]
    pub fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        let leaving = |state: S| self.transitions.iter().filter(move |row| row.from == state);
        let known = |state: S| self.states.iter().any(|row| row.state == state);
        for row in self.transitions {
            if !known(row.from) || !known(row.to) {
                defects.push(format!(
                    "{}: {:?} --{}--> {:?} names a state without a row",
                    self.name, row.from, row.event, row.to
                ));
            }
            if leaving(row.from).filter(|other| other.event == row.event).count() > 1 {
                defects.push(format!("{}: {:?} --{}--> is ambiguous", self.name, row.from, row.event));
            }
        }
        // Reachable states grow from the start; states with a way to an end grow backwards from the ends.
        let mut reachable = vec![self.start];
        let mut ending: Vec<S> = self.states.iter().filter(|row| row.stay == Stay::End).map(|row| row.state).collect();
        loop {
            let before = (reachable.len(), ending.len());
            for row in self.transitions {
                if reachable.contains(&row.from) && !reachable.contains(&row.to) {
                    reachable.push(row.to);
                }
                if ending.contains(&row.to) && !ending.contains(&row.from) {
                    ending.push(row.from);
                }
            }
            if before == (reachable.len(), ending.len()) {
                break;
            }
        }
        for row in self.states {
            let state = row.state;
            if !reachable.contains(&state) {
                defects.push(format!("{}: {state:?} is never reached", self.name));
            }
            if !ending.contains(&state) {
                defects.push(format!("{}: no way leads from {state:?} to an end", self.name));
            }
            match row.stay {
                Stay::End if leaving(state).next().is_some() => {
                    defects.push(format!("{}: {state:?} is an end, but something leads out of it", self.name));
                }
                Stay::AtMost(_, event) if self.next(state, event).is_err() => {
                    defects.push(format!(
                        "{}: the deadline of {state:?} fires `{event}`, which it does not know",
                        self.name
                    ));
                }
                Stay::Steady | Stay::AtMost(..) if self.next(state, self.cancel).is_err() => {
                    defects.push(format!("{}: {state:?} can't be left by `{}`", self.name, self.cancel));
                }
                _ => {}
            }
        }
        defects
    }
}

const fn row<S>(state: S, owner: Owner, stay: Stay, meaning: &'static str) -> StateRow<S> {
    StateRow { state, owner, stay, meaning }
}

const fn way<S>(from: S, event: &'static str, to: S) -> Transition<S> {
    Transition { from, event, to }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The lifecycle of offers.
pub static OFFER: Lifecycle<OfferState> = {
    use OfferState::{Draft, Full, Listed, Orderable, Retired, Stale};
    use Owner::{Exchange, Provider};
    Lifecycle {
        name: "the offer",
        start: Draft,
        cancel: "retire",
        states: &[
            row(Draft, Provider, Stay::Steady, "being written; only its provider sees it"),
            row(Listed, Provider, Stay::Steady, "matched and compared; no agent delivers it yet"),
            row(Orderable, Provider, Stay::Steady, "can be ordered"),
            row(Stale, Provider, Stay::Steady, "its agent has not reported for too long"),
            row(Full, Provider, Stay::Steady, "its site has no room left"),
            row(Retired, Exchange, Stay::End, "withdrawn for good"),
        ],
        transitions: &[
            way(Draft, "publish", Listed),
            way(Draft, "retire", Retired),
            way(Listed, "report", Orderable),
            way(Listed, "retire", Retired),
            way(Orderable, "silence", Stale),
            way(Orderable, "exhaust", Full),
            way(Orderable, "retire", Retired),
            way(Stale, "report", Orderable),
            way(Stale, "retire", Retired),
            way(Full, "release", Orderable),
            way(Full, "silence", Stale),
            way(Full, "retire", Retired),
        ],
    }
};

/// The lifecycle of quotes.
pub static QUOTE: Lifecycle<QuoteState> = {
    use Owner::{Buyer, Exchange};
    use QuoteState::{Accepted, Expired, Open, Withdrawn};
    Lifecycle {
        name: "the quote",
        start: Open,
        cancel: "withdraw",
        states: &[
            row(Open, Buyer, Stay::AtMost(Duration::from_secs(7 * DAY), "expire"), "its price holds until it expires"),
            row(Accepted, Exchange, Stay::End, "it became an order"),
            row(Expired, Exchange, Stay::End, "its time is over; ask for a new one"),
            row(Withdrawn, Exchange, Stay::End, "the buyer gave it up"),
        ],
        transitions: &[way(Open, "accept", Accepted), way(Open, "expire", Expired), way(Open, "withdraw", Withdrawn)],
    }
};

/// The lifecycle of proposals.
pub static PROPOSAL: Lifecycle<ProposalState> = {
    use Owner::{Buyer, Exchange};
    use ProposalState::{Dismissed, Open, Superseded, Withdrawn};
    Lifecycle {
        name: "the proposal",
        start: Open,
        cancel: "withdraw",
        states: &[
            row(Open, Buyer, Stay::Steady, "it holds now"),
            row(Superseded, Exchange, Stay::End, "a newer one took its place"),
            row(Withdrawn, Exchange, Stay::End, "it is no longer true"),
            row(Dismissed, Exchange, Stay::End, "the buyer does not want it"),
        ],
        transitions: &[
            way(Open, "supersede", Superseded),
            way(Open, "withdraw", Withdrawn),
            way(Open, "dismiss", Dismissed),
        ],
    }
};

/// The lifecycle of onboardings. What is published stays so while its provider revises it.
pub static ONBOARDING: Lifecycle<OnboardingState> = {
    use OnboardingState::{Draft, Published, Returned, Submitted, Withdrawn};
    use Owner::{Exchange, Operator, Provider};
    Lifecycle {
        name: "the onboarding",
        start: Draft,
        cancel: "withdraw",
        states: &[
            row(Draft, Provider, Stay::Steady, "being answered; only its provider and operators see it"),
            row(Submitted, Operator, Stay::Steady, "waits for an operator to look at it"),
            row(Returned, Provider, Stay::Steady, "an operator gave it back with notes"),
            row(Published, Provider, Stay::Steady, "an operator has looked at it, and it stands"),
            row(Withdrawn, Exchange, Stay::End, "given up; its evidence counts no longer"),
        ],
        transitions: &[
            way(Draft, "answer", Draft),
            way(Draft, "submit", Submitted),
            way(Draft, "withdraw", Withdrawn),
            way(Submitted, "answer", Draft),
            way(Submitted, "approve", Published),
            way(Submitted, "return", Returned),
            way(Submitted, "withdraw", Withdrawn),
            way(Returned, "answer", Returned),
            way(Returned, "submit", Submitted),
            way(Returned, "withdraw", Withdrawn),
            way(Published, "answer", Draft),
            way(Published, "return", Returned),
            way(Published, "withdraw", Withdrawn),
        ],
    }
};

/// The lifecycle of orders.
pub static ORDER: Lifecycle<OrderState> = {
    use OrderState::{
        Approved, Cancelled, Cancelling, Committed, Compensating, Failed, Fulfilled, Holding, Provisioning, Rejected,
        Submitted,
    };
    use Owner::{Buyer, Exchange, Provider};
    Lifecycle {
        name: "the order",
        start: Submitted,
        cancel: "cancel",
        states: &[
            row(
                Submitted,
                Buyer,
                Stay::AtMost(Duration::from_secs(3 * DAY), "reject"),
                "waits for somebody's approval",
            ),
            row(
                Approved,
                Exchange,
                Stay::AtMost(Duration::from_secs(5 * MINUTE), "fail"),
                "its capacity is about to be held",
            ),
            row(
                Holding,
                Exchange,
                Stay::AtMost(Duration::from_secs(5 * MINUTE), "fail"),
                "capacity is being held at every provider",
            ),
            row(
                Committed,
                Exchange,
                Stay::AtMost(Duration::from_secs(5 * MINUTE), "fail"),
                "all capacity is held; assignments are about to go out",
            ),
            row(
                Provisioning,
                Provider,
                Stay::AtMost(Duration::from_secs(HOUR), "fail"),
                "the providers' agents are at work",
            ),
            row(Fulfilled, Exchange, Stay::End, "everything is as ordered"),
            row(Rejected, Exchange, Stay::End, "nobody approved it"),
            row(
                Compensating,
                Exchange,
                Stay::AtMost(Duration::from_secs(HOUR), "undone"),
                "something failed; what was done is being undone",
            ),
            row(Failed, Exchange, Stay::End, "it could not be done; nothing is left of it"),
            row(
                Cancelling,
                Exchange,
                Stay::AtMost(Duration::from_secs(HOUR), "undone"),
                "what was done is being undone",
            ),
            row(Cancelled, Exchange, Stay::End, "the buyer cancelled it; nothing is left of it"),
        ],
        transitions: &[
            way(Submitted, "approve", Approved),
            way(Submitted, "reject", Rejected),
            way(Submitted, "cancel", Cancelling),
            way(Submitted, "fail", Compensating),
            way(Approved, "hold", Holding),
            way(Approved, "fail", Compensating),
            way(Approved, "cancel", Cancelling),
            way(Holding, "commit", Committed),
            way(Holding, "fail", Compensating),
            way(Holding, "cancel", Cancelling),
            way(Committed, "provision", Provisioning),
            way(Committed, "fail", Compensating),
            way(Committed, "cancel", Cancelling),
            way(Provisioning, "fulfil", Fulfilled),
            way(Provisioning, "fail", Compensating),
            way(Provisioning, "cancel", Cancelling),
            way(Compensating, "undone", Failed),
            way(Compensating, "cancel", Cancelling),
            way(Cancelling, "undone", Cancelled),
            way(Cancelling, "cancel", Cancelling),
        ],
    }
};

/// The lifecycle of services.
pub static SERVICE: Lifecycle<ServiceState> = {
    use Owner::{Buyer, Exchange, Provider};
    use ServiceState::{
        Active, Degraded, Provisioning, Requested, Stopped, Suspended, Terminated, Terminating, Unreachable,
    };
    Lifecycle {
        name: "the service",
        start: Requested,
        cancel: "terminate",
        states: &[
            row(
                Requested,
                Provider,
                Stay::AtMost(Duration::from_secs(HOUR), "terminate"),
                "waits for the connections of what it is linked to",
            ),
            row(
                Provisioning,
                Provider,
                Stay::AtMost(Duration::from_secs(HOUR), "terminate"),
                "its provider's agent is making it",
            ),
            row(Active, Buyer, Stay::Steady, "it runs"),
            row(Stopped, Buyer, Stay::Steady, "it is there but does not run, as wished"),
            row(
                Suspended,
                Exchange,
                Stay::AtMost(Duration::from_secs(30 * DAY), "terminate"),
                "it was paused by the exchange",
            ),
            row(Degraded, Provider, Stay::Steady, "its agent sees that something is wrong and goes on trying"),
            row(
                Unreachable,
                Provider,
                Stay::Steady,
                "its agent is silent; the workload is left alone and the SLA clock runs",
            ),
            row(
                Terminating,
                Provider,
                Stay::Steady,
                "its provider's agent is taking it down; it is tracked as a debt until the agent proves it gone",
            ),
            row(Terminated, Exchange, Stay::End, "it is gone"),
        ],
        transitions: &[
            way(Requested, "assign", Provisioning),
            way(Requested, "terminate", Terminating),
            way(Requested, "silence", Unreachable),
            way(Provisioning, "run", Active),
            way(Provisioning, "stop", Stopped),
            way(Provisioning, "fail", Degraded),
            way(Provisioning, "silence", Unreachable),
            way(Provisioning, "terminate", Terminating),
            way(Active, "stop", Stopped),
            way(Active, "suspend", Suspended),
            way(Active, "fail", Degraded),
            way(Active, "silence", Unreachable),
            way(Active, "terminate", Terminating),
            way(Stopped, "run", Active),
            way(Stopped, "suspend", Suspended),
            way(Stopped, "fail", Degraded),
            way(Stopped, "silence", Unreachable),
            way(Stopped, "terminate", Terminating),
            way(Suspended, "run", Active),
            way(Suspended, "stop", Stopped),
            way(Suspended, "silence", Unreachable),
            way(Suspended, "terminate", Terminating),
            way(Degraded, "run", Active),
            way(Degraded, "stop", Stopped),
            way(Degraded, "silence", Unreachable),
            way(Degraded, "terminate", Terminating),
            way(Unreachable, "run", Active),
            way(Unreachable, "stop", Stopped),
            way(Unreachable, "fail", Degraded),
            way(Unreachable, "resume", Provisioning),
            way(Unreachable, "terminate", Terminating),
            way(Terminating, "terminate", Terminating),
            way(Terminating, "gone", Terminated),
        ],
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_lifecycle_has_a_defect() {
        assert_eq!(OFFER.defects(), Vec::<String>::new());
        assert_eq!(QUOTE.defects(), Vec::<String>::new());
        assert_eq!(PROPOSAL.defects(), Vec::<String>::new());
        assert_eq!(ONBOARDING.defects(), Vec::<String>::new());
        assert_eq!(ORDER.defects(), Vec::<String>::new());
        assert_eq!(SERVICE.defects(), Vec::<String>::new());
    }

    #[test]
    fn silence_never_leads_to_deletion() {
        for row in SERVICE.transitions {
            if row.event == "silence" {
                assert_eq!(row.to, ServiceState::Unreachable);
            }
            if row.to == ServiceState::Terminated {
                assert_eq!((row.from, row.event), (ServiceState::Terminating, "gone"));
            }
        }
    }

    #[test]
    fn the_model_check_finds_dead_ends() {
        static BROKEN: Lifecycle<u8> = Lifecycle {
            name: "broken",
            start: 0,
            cancel: "cancel",
            states: &[
                row(0, Owner::Buyer, Stay::AtMost(Duration::from_secs(1), "nowhere"), ""),
                row(1, Owner::Buyer, Stay::Steady, ""),
                row(2, Owner::Buyer, Stay::End, ""),
            ],
            transitions: &[way(0, "go", 1)],
        };
        assert_eq!(BROKEN.defects().len(), 5, "{:#?}", BROKEN.defects());
    }
}
