//! What was worked out lately and need not be worked out again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hansa_model::time::Timestamp;

/// Keeps values for a while. As many as fit are kept; the one that ends first makes room.
#[derive(Debug)]
pub(super) struct Recent<V> {
    capacity: usize,
    entries: Mutex<HashMap<String, Entry<V>>>,
}

#[derive(Debug)]
struct Entry<V> {
    value: Arc<V>,
    since: Timestamp,
    until: Timestamp,
}

impl<V> Recent<V> {
    /// Room for `capacity` values.
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, entries: Mutex::default() }
    }

    /// What is kept under a name, if it may still be taken at `at`.
    pub(super) fn get(&self, name: &str, at: Timestamp) -> Option<Arc<V>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(name)?;
        (entry.since <= at && at < entry.until).then(|| entry.value.clone())
    }

    /// Keeps a value that was worked out at `at`.
    pub(super) fn keep(&self, name: &str, value: V, at: Timestamp, ttl: Duration) -> Arc<V> {
        let value = Arc::new(value);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.capacity && !entries.contains_key(name) {
            let first = entries.iter().min_by_key(|(_, entry)| entry.until).map(|(name, _)| name.clone());
            first.and_then(|name| entries.remove(&name));
        }
        entries.insert(name.to_owned(), Entry { value: value.clone(), since: at, until: at.plus(ttl) });
        value
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hansa_model::time::Timestamp;

    use super::Recent;

    #[test]
    fn values_end_and_make_room() {
        let recent = Recent::new(8);
        let at = Timestamp::from_seconds;
        recent.keep("first", 0, at(0), Duration::from_secs(10));
        assert!(recent.get("first", at(9)).is_some());
        assert!(recent.get("first", at(10)).is_none());
        assert!(recent.get("first", at(-1)).is_none());
        for number in 0..8 {
            recent.keep(&number.to_string(), number, at(0), Duration::from_secs(20));
        }
        assert!(recent.get("first", at(0)).is_none());
        assert_eq!(recent.entries.lock().expect("no panic before").len(), 8);
    }
}
