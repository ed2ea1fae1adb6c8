//! The runner of sagas.

use std::fmt::Debug;
use std::time::Duration;

use hansa_model::id::SagaId;
use hansa_model::lifecycle::{self, Stay};
use hansa_model::order::{Direction, OrderKind, OrderState, ReasonCode, StepState};
use hansa_model::time::Timestamp;
use hansa_store::order::OrderRecord;
use hansa_store::saga::{Position, SagaRecord};
use hansa_store::{order, saga};
use tokio::task::JoinSet;
use tracing::{debug, error, warn};

use super::{Outcome, StepId, reason, steps};
use crate::hints::Hint;
use crate::{Error, Exchange, Result, Work, orders};

/// How long a claimed saga belongs to its runner. After a crash everything goes on once this is over; a runner that
/// is slower than this loses the saga, which costs nothing, because each step checks who owns it.
const LEASE: Duration = Duration::from_secs(10);
/// How many sagas are worked on at once.
const AT_ONCE: usize = 16;
/// How long to wait after a failure that may pass, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// After how many failures in a row a step is given up and everything is undone.
const GIVE_UP_AFTER: u32 = 20;

/// A place where a test may make something go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultPoint {
    /// Before a step is run.
    Before(StepId),
    /// After a step was run and before it is committed.
    BeforeCommit(StepId),
    /// After a step is committed.
    After(StepId),
}

/// What a test lets happen at a [`FaultPoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The step fails for good.
    Fail,
    /// The process dies, as if killed.
    Die,
    /// The step is run a second time, in the same place.
    Repeat,
}

/// What shall go wrong, for tests. An exchange in earnest has none.
pub trait FaultPlan: Debug + Send + Sync {
    /// What happens at this point.
    fn at(&self, point: FaultPoint) -> Fault;
}

/// The names of the steps of a kind of order, in order.
#[must_use]
pub fn step_names(kind: OrderKind) -> Vec<&'static str> {
    steps(kind).iter().map(|step| step.name()).collect()
}

/// Works on every saga that is due until each waits or is finished; answers when the next one is due.
///
/// # Errors
/// [`Error::Store`] when sagas can't be claimed.
pub async fn drive_due(exchange: &Exchange, runner: &str) -> Result<Option<Timestamp>> {
    let mut driven = JoinSet::new();
    loop {
        let room = AT_ONCE - driven.len();
        let now = exchange.now();
        let mut work = exchange.begin().await?;
        let most = u32::try_from(room).unwrap_or(u32::MAX);
        let claimed = saga::claim(&mut work, runner, now, now.plus(LEASE), most).await?;
        work.commit().await?;
        let may_be_more = claimed.len() == room;
        for record in claimed {
            let (exchange, runner) = (exchange.clone(), runner.to_owned());
            driven.spawn(async move { drive(&exchange, &runner, record.id).await });
        }
        if driven.is_empty() {
            return Ok(saga::next_due(&mut exchange.read().await?).await?);
        }
        // Asking for more is dear, so there is room for some before it is done again.
        let least = if may_be_more { AT_ONCE / 2 } else { 0 };
        while driven.len() > least {
            driven.join_next().await;
        }
    }
}

/// Works on one saga until it waits or is finished.
async fn drive(exchange: &Exchange, runner: &str, id: SagaId) {
    loop {
        match advance(exchange, runner, id).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                warn!(saga = %id, error = %Chain(&error), "a step failed for a reason that may pass");
                if let Err(error) = postpone(exchange, runner, id).await {
                    error!(saga = %id, error = %Chain(&error), "the saga can't be postponed; its lease will end");
                }
                return;
            }
        }
    }
}

/// An error with everything that caused it.
struct Chain<'e>(&'e Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// Runs the step that a saga is at; answers whether to go on at once.
async fn advance(exchange: &Exchange, runner: &str, id: SagaId) -> Result<bool> {
    let now = exchange.now();
    let mut work = exchange.begin().await?;
    let Some(record) = saga::hold(&mut work, id, runner, now.plus(LEASE)).await? else { return Ok(false) };
    let mut current = orders::record(&mut work, record.order).await?;
    if record.direction == Direction::Do && current.cancel_requested {
        let reason = reason(ReasonCode::CancelledByBuyer, "the buyer cancelled the order");
        turn_back(&mut work, &record, &mut current, "cancel", &reason).await?;
        work.commit().await?;
        return Ok(true);
    }
    let all = steps(record.kind);
    let step = all[usize::try_from(record.step).unwrap_or(usize::MAX).min(all.len() - 1)];
    let place = StepId { kind: record.kind, order: record.order, name: step.name(), direction: record.direction };
    let mut outcome = match fault(exchange, FaultPoint::Before(place)) {
        Fault::Fail if record.direction == Direction::Do => {
            Outcome::Fail(reason(ReasonCode::InternalError, "a test let the step fail"))
        }
        first => {
            let outcome = run(&mut work, step, &record, &mut current).await?;
            if first == Fault::Repeat {
                current = orders::record(&mut work, record.order).await?;
                run(&mut work, step, &record, &mut current).await?
            } else {
                outcome
            }
        }
    };
    if fault(exchange, FaultPoint::BeforeCommit(place)) == Fault::Fail && record.direction == Direction::Do {
        outcome = Outcome::Fail(reason(ReasonCode::InternalError, "a test let the step fail"));
    }
    debug!(order = %record.order, step = step.name(), direction = ?record.direction, ?outcome, "step");
    let go_on = match outcome {
        Outcome::Done => finish_step(&mut work, &record, &mut current, step.name(), now).await?,
        Outcome::Wait { until, detail } => {
            saga::record(&mut work, &record, step.name(), StepState::Waiting, Some(detail), now).await?;
            let position = Position { wake_at: until, release: true, failures: 0, ..position(&record, now) };
            saga::advance(&mut work, id, &position).await?;
            false
        }
        Outcome::Fail(reason) => {
            // What the failed run had done so far must not last: its transaction is dropped, and the failure
            // is recorded in another one.
            drop(work);
            work = exchange.begin().await?;
            let Some(record) = saga::hold(&mut work, id, runner, now.plus(LEASE)).await? else { return Ok(false) };
            let mut current = orders::record(&mut work, record.order).await?;
            saga::record(&mut work, &record, step.name(), StepState::Failed, Some(reason.message.clone()), now).await?;
            turn_back(&mut work, &record, &mut current, "fail", &reason).await?;
            true
        }
        Outcome::Reject(reason) => {
            saga::record(&mut work, &record, step.name(), StepState::Failed, Some(reason.message.clone()), now).await?;
            order::set_reason(&mut work, record.order, &reason).await?;
            enter(&mut work, &mut current, "reject").await?;
            let position = Position { finished: true, release: true, ..position(&record, now) };
            saga::advance(&mut work, id, &position).await?;
            false
        }
    };
    work.commit().await?;
    fault(exchange, FaultPoint::After(place));
    Ok(go_on)
}

async fn run(
    work: &mut Work,
    step: &'static dyn super::Step,
    record: &SagaRecord,
    current: &mut OrderRecord,
) -> Result<Outcome> {
    if record.direction == Direction::Undo {
        return step.undo(work, current).await;
    }
    for event in step.enters() {
        // A step that waited has entered its state already.
        if lifecycle::ORDER.next(current.order.state, event).is_ok() {
            enter(work, current, event).await?;
        }
    }
    step.run(work, current).await
}

fn fault(exchange: &Exchange, point: FaultPoint) -> Fault {
    let fault = exchange.settings().faults.as_ref().map_or(Fault::None, |plan| plan.at(point));
    if fault == Fault::Die {
        std::process::abort();
    }
    fault
}

const fn position(record: &SagaRecord, now: Timestamp) -> Position {
    Position {
        direction: record.direction,
        step: record.step,
        finished: false,
        wake_at: now,
        release: false,
        failures: record.failures,
    }
}

/// Records that a step is done and moves to the next one; answers whether there is one.
async fn finish_step(
    work: &mut Work,
    record: &SagaRecord,
    current: &mut OrderRecord,
    name: &str,
    now: Timestamp,
) -> Result<bool> {
    saga::record(work, record, name, StepState::Done, None, now).await?;
    let next = match record.direction {
        Direction::Do => record.step + 1,
        Direction::Undo => record.step.saturating_sub(1),
    };
    let last = match record.direction {
        Direction::Do => usize::try_from(next).unwrap_or(usize::MAX) >= steps(record.kind).len(),
        Direction::Undo => record.step == 0,
    };
    if last && record.direction == Direction::Undo {
        enter(work, current, "undone").await?;
    }
    let position = Position {
        step: if last { record.step } else { next },
        finished: last,
        release: last,
        failures: 0,
        ..position(record, now)
    };
    saga::advance(work, record.id, &position).await?;
    Ok(!last)
}

/// Turns a saga back: from the step that it is at, everything is undone.
async fn turn_back(
    work: &mut Work,
    record: &SagaRecord,
    current: &mut OrderRecord,
    event: &'static str,
    reason: &hansa_model::order::Reason,
) -> Result<()> {
    let now = work.exchange().now();
    order::set_reason(work, record.order, reason).await?;
    enter(work, current, event).await?;
    let position = Position { direction: Direction::Undo, failures: 0, ..position(record, now) };
    saga::advance(work, record.id, &position).await?;
    Ok(())
}

/// Moves an order along its lifecycle and tells of it.
pub(super) async fn enter(work: &mut Work, current: &mut OrderRecord, event: &'static str) -> Result<()> {
    let state = lifecycle::ORDER.next(current.order.state, event)?;
    let now = work.exchange().now();
    let deadline = match lifecycle::ORDER.row(state).stay {
        Stay::AtMost(duration, _) => {
            let settings = work.exchange().settings().clone();
            Some(now.plus(if state == OrderState::Provisioning { settings.provisioning_deadline } else { duration }))
        }
        Stay::Steady | Stay::End => None,
    };
    order::set_state(work, current.order.id, state, deadline, now).await?;
    (current.order.state, current.order.deadline, current.order.updated_at) = (state, deadline, now);
    orders::tell(work, current, state);
    Ok(())
}

/// Lets a saga rest after a failure that may pass; one that fails again and again is turned back.
async fn postpone(exchange: &Exchange, runner: &str, id: SagaId) -> Result<()> {
    let now = exchange.now();
    let mut work = exchange.begin().await?;
    let Some(record) = saga::hold(&mut work, id, runner, now.plus(LEASE)).await? else { return Ok(()) };
    let failures = record.failures + 1;
    if record.direction == Direction::Do && failures > GIVE_UP_AFTER {
        let mut current = orders::record(&mut work, record.order).await?;
        let reason = reason(ReasonCode::InternalError, "a step failed again and again; see the exchange's log");
        turn_back(&mut work, &record, &mut current, "fail", &reason).await?;
    } else {
        let pause = Duration::from_millis(100 << failures.min(10)).min(LONGEST_PAUSE);
        let position = Position { wake_at: now.plus(pause), release: true, failures, ..position(&record, now) };
        saga::advance(&mut work, id, &position).await?;
    }
    work.hint(Hint::Sagas);
    work.commit().await
}
