//! Parts of the search that wait for a worker.

use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::domains::Domains;
use super::problem::Cost;
use super::shadow::Worth;

/// A part of the search and what it costs at least.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) lower: Cost,
    pub(super) domains: Domains,
    /// Whether any of its choices keeps to the number of providers.
    pub(super) within_cap: bool,
    /// Prices of capacity to begin with.
    pub(super) worth: Worth,
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.lower == other.lower
    }
}

impl Eq for Part {}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        // The heap gives its greatest first.
        other.lower.cmp(&self.lower)
    }
}

#[derive(Debug, Default)]
struct State {
    parts: BinaryHeap<Part>,
    busy: usize,
}

/// Waiting parts, the most promising first; it ends when nobody is busy and none is left.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
    hungry: AtomicUsize,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, part: Part) {
        self.state().parts.push(part);
        self.changed.notify_one();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.state().parts.is_empty()
    }

    /// Whether somebody waits in vain.
    pub(super) fn is_wanted(&self) -> bool {
        self.hungry.load(Ordering::Relaxed) > 0
    }

    /// The next part; waits while others may still bring some. Whoever gets one tells [`Self::done`] afterwards.
    pub(super) fn take(&self) -> Option<Part> {
        let mut state = self.state();
        loop {
            if let Some(part) = state.parts.pop() {
                state.busy += 1;
                return Some(part);
            }
            if state.busy == 0 {
                self.changed.notify_all();
                return None;
            }
            self.hungry.fetch_add(1, Ordering::Relaxed);
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            self.hungry.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(super) fn done(&self) {
        let mut state = self.state();
        state.busy -= 1;
        if state.busy == 0 {
            self.changed.notify_all();
        }
    }
}
