//! What was handed in before.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use hansa_model::time::Timestamp;

/// Whether something was handed in before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It was not; from now on it was.
    First,
    /// It was.
    Again,
    /// It can't be known: the memory is full.
    Full,
}

/// Remembers what was handed in.
pub trait Replays: fmt::Debug + Send + Sync {
    /// Whether `id` was handed in before; it need not be remembered after `until`, when it is refused for its age.
    fn seen(&self, id: &str, until: Timestamp, at: Timestamp) -> Seen;
}

/// Remembers in memory, up to a number; what has ended is forgotten.
#[derive(Debug)]
pub struct SeenIds {
    capacity: usize,
    ids: Mutex<Ids>,
}

#[derive(Debug, Default)]
struct Ids {
    until: HashMap<String, Timestamp>,
    by_end: BTreeSet<(Timestamp, String)>,
}

impl SeenIds {
    /// A memory for `capacity` presentations that have not ended.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { capacity, ids: Mutex::default() }
    }
}

impl Replays for SeenIds {
    fn seen(&self, id: &str, until: Timestamp, at: Timestamp) -> Seen {
        let mut ids = self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        while ids.by_end.first().is_some_and(|(end, _)| *end < at) {
            if let Some((_, ended)) = ids.by_end.pop_first() {
                ids.until.remove(&ended);
            }
        }
        if ids.until.contains_key(id) {
            return Seen::Again;
        }
        if ids.until.len() >= self.capacity {
            return Seen::Full;
        }
        ids.until.insert(id.to_owned(), until);
        ids.by_end.insert((until, id.to_owned()));
        Seen::First
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::time::Timestamp;

    use super::{Replays as _, Seen, SeenIds};

    #[test]
    fn what_has_not_ended_is_never_forgotten() {
        let at = Timestamp::from_seconds;
        let memory = SeenIds::new(2);
        assert_eq!(memory.seen("a", at(10), at(0)), Seen::First);
        assert_eq!(memory.seen("a", at(10), at(10)), Seen::Again);
        assert_eq!(memory.seen("b", at(20), at(5)), Seen::First);
        assert_eq!(memory.seen("c", at(20), at(5)), Seen::Full);
        assert_eq!(memory.seen("b", at(20), at(5)), Seen::Again);
        assert_eq!(memory.seen("c", at(30), at(11)), Seen::First);
        assert_eq!(memory.seen("b", at(20), at(11)), Seen::Again);
    }
}
