//! Orders as sagas: a fixed list of steps, each with an undo.
//!
//! A step's effects, its record and the saga's position are committed in one transaction, so a crash before the
//! commit leaves nothing and a crash after it leaves the step done. What happens outside of the database (agents
//! at work) is waited for: a step that waits is run again when something changed, and looks only at what is
//! recorded. So every action and every undo may be run any number of times.

pub(crate) mod approve;
mod commit;
mod engine;
mod fulfil;
mod hold;
mod intend;
mod provision;
mod retire;

use async_trait::async_trait;
use hansa_model::id::OrderId;
use hansa_model::order::{Direction, OrderKind, Reason, ReasonCode};
use hansa_model::time::Timestamp;
use hansa_store::order::OrderRecord;

pub use engine::{Fault, FaultPlan, FaultPoint, drive_due, step_names};

use crate::{Result, Work};

/// How a run of a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// It is done.
    Done,
    /// It waits for somebody: it is run again when something changed, and then at the latest.
    Wait {
        /// When to look again at the latest.
        until: Timestamp,
        /// What it waits for.
        detail: String,
    },
    /// It can't be done: everything before is undone.
    Fail(Reason),
    /// Nobody approved: the order ends here, and nothing was done.
    Reject(Reason),
}

/// One step of a saga.
#[async_trait]
trait Step: Send + Sync {
    /// Its name in the log.
    fn name(&self) -> &'static str;

    /// The events of the order's lifecycle that happen when it begins.
    fn enters(&self) -> &'static [&'static str];

    /// Does its work, or looks whether what it waits for has come.
    async fn run(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome>;

    /// Takes its work back, or looks whether that is done. It never fails; it is tried until it works.
    async fn undo(&self, work: &mut Work, order: &OrderRecord) -> Result<Outcome>;
}

/// The steps of each kind of order.
fn steps(kind: OrderKind) -> &'static [&'static dyn Step] {
    match kind {
        OrderKind::Create => {
            &[&approve::Approve, &hold::HoldPackage, &commit::CommitPackage, &provision::Provision, &fulfil::Fulfil]
        }
        OrderKind::Resize => {
            &[&approve::Approve, &hold::HoldGrowth, &commit::CommitGrowth, &intend::Intend, &fulfil::Fulfil]
        }
        OrderKind::Stop | OrderKind::Start => &[&approve::Approve, &intend::Intend, &fulfil::Fulfil],
        OrderKind::Terminate => &[&approve::Approve, &retire::Retire, &fulfil::Fulfil],
    }
}

fn reason(code: ReasonCode, message: impl Into<String>) -> Reason {
    Reason { code, message: message.into() }
}

/// A step of an order in one direction, for tests that enumerate them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StepId {
    /// The kind of order.
    pub kind: OrderKind,
    /// The order.
    pub order: OrderId,
    /// The step's name.
    pub name: &'static str,
    /// Forward or back.
    pub direction: Direction,
}
