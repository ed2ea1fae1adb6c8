//! The best choice so far, shared by all workers.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::problem::Cost;

#[derive(Debug)]
struct State {
    best: Option<(Cost, Vec<usize>)>,
    /// Only what costs less counts.
    below: Cost,
    /// The least bound of whatever was not looked into.
    open: Cost,
}

/// The best choice so far, and what the search has left open.
#[derive(Debug)]
pub(super) struct Incumbent {
    state: Mutex<State>,
    /// How often the best has changed.
    version: AtomicU64,
    stopped: AtomicBool,
    /// Whether any choice will do.
    any: bool,
}

impl Incumbent {
    pub(super) fn new(below: Cost, any: bool) -> Self {
        let state = State { best: None, below, open: Cost::MAX };
        Self { state: Mutex::new(state), version: AtomicU64::new(0), stopped: AtomicBool::new(false), any }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    pub(super) fn below(&self) -> Cost {
        self.state().below
    }

    /// Takes a choice as the best if it is.
    pub(super) fn offer(&self, cost: Cost, choice: &[usize]) {
        let mut state = self.state();
        if cost < state.below {
            state.below = if self.any { Cost::MIN } else { cost };
            state.best = Some((cost, choice.to_vec()));
            self.version.fetch_add(1, Ordering::Release);
        }
    }

    /// Ends the search; whatever has this bound stays open.
    pub(super) fn leave_open(&self, lower: Cost) {
        self.stopped.store(true, Ordering::Relaxed);
        let mut state = self.state();
        state.open = state.open.min(lower);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// The best choice, what no choice goes below, and whether the search came to its end.
    pub(super) fn into_result(self) -> (Option<(Cost, Vec<usize>)>, Cost, bool) {
        let complete = !self.is_stopped();
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        let lower = match &state.best {
            Some((cost, _)) if complete => *cost,
            Some((cost, _)) => state.open.min(*cost),
            None => state.open,
        };
        (state.best, lower, complete)
    }
}
