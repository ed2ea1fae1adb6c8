//! What shall go wrong, set while the exchange runs.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use hansa_exchange::sagas::{Fault, FaultPlan, FaultPoint, StepId};
use hansa_model::order::{Direction, OrderKind};

type Script = Box<dyn FnMut(FaultPoint) -> Fault + Send>;

/// Where in the run of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Moment {
    Before,
    BeforeCommit,
    After,
}

impl Moment {
    pub(crate) const ALL: [Self; 3] = [Self::Before, Self::BeforeCommit, Self::After];
}

pub(crate) const fn place(point: FaultPoint) -> (Moment, StepId) {
    match point {
        FaultPoint::Before(step) => (Moment::Before, step),
        FaultPoint::BeforeCommit(step) => (Moment::BeforeCommit, step),
        FaultPoint::After(step) => (Moment::After, step),
    }
}

/// A place in any order of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) kind: OrderKind,
    pub(crate) step: &'static str,
    pub(crate) direction: Direction,
    pub(crate) moment: Moment,
}

impl Spot {
    pub(crate) fn is(&self, point: FaultPoint) -> bool {
        let (moment, step) = place(point);
        (moment, step.kind, step.name, step.direction) == (self.moment, self.kind, self.step, self.direction)
    }
}

#[derive(Default)]
pub(crate) struct Faults {
    script: Mutex<Option<Script>>,
    seen: Mutex<Vec<FaultPoint>>,
}

impl Faults {
    pub(crate) fn set(&self, script: impl FnMut(FaultPoint) -> Fault + Send + 'static) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(script));
    }

    pub(crate) fn clear(&self) {
        *self.script.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Every point that was passed since the last call.
    pub(crate) fn seen(&self) -> Vec<FaultPoint> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Faults")
    }
}

impl FaultPlan for Faults {
    fn at(&self, point: FaultPoint) -> Fault {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(point);
        let mut script = self.script.lock().unwrap_or_else(PoisonError::into_inner);
        script.as_mut().map_or(Fault::None, |script| script(point))
    }
}
