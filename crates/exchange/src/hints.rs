//! Hints that something may have changed. They carry no truth: losing all of them costs time only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hansa_model::id::AgentId;
use tokio::sync::Notify;

/// Who should look now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Hint {
    /// The runner of sagas.
    Sagas,
    /// The relay of events and audit rows.
    Outbox,
    /// The one who judges participants anew.
    Trust,
    /// Those who wait for events.
    Events,
    /// An agent that waits for assignments.
    Agent(AgentId),
}

/// The bells that hints ring.
#[derive(Debug, Default)]
pub struct Hints {
    bells: Mutex<HashMap<Hint, Arc<Notify>>>,
}

impl Hints {
    /// The bell of one kind of hint. Take it, look, then wait for it: what rings in between is not lost when
    /// `enable()` was called on the `notified()` future before looking.
    #[must_use]
    pub fn bell(&self, hint: Hint) -> Arc<Notify> {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(bells.entry(hint).or_default())
    }

    /// Rings for everybody who waits, and for the next who will.
    pub fn ring(&self, hint: Hint) {
        let bell = self.bells.lock().unwrap_or_else(PoisonError::into_inner).get(&hint).cloned();
        if let Some(bell) = bell {
            bell.notify_waiters();
            if matches!(hint, Hint::Sagas | Hint::Outbox | Hint::Trust) {
                bell.notify_one();
            }
        }
    }
}
