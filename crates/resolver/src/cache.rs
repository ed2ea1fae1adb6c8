//! What was fetched lately, and what is being fetched now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex as StdMutex, PoisonError};

use hansa_trust::fetch::{FetchError, Fetched};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::options::CacheOptions;

type Outcome = Result<Fetched, FetchError>;
type Slot = Arc<Mutex<Option<Kept>>>;

/// Keeps outcomes by address. While one request for an address is under way, others for it wait for its outcome.
#[derive(Debug)]
pub(crate) struct Cache {
    options: CacheOptions,
    entries: StdMutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    by_address: HashMap<String, Entry>,
    bytes: usize,
}

#[derive(Debug)]
struct Entry {
    slot: Slot,
    used: Instant,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    at: Instant,
    limit: usize,
    outcome: Outcome,
}

impl Cache {
    pub(crate) fn new(options: CacheOptions) -> Self {
        Self { options, entries: StdMutex::default() }
    }

    /// The outcome for an address: a kept one, or that of `fetch`, which then is kept.
    pub(crate) async fn get(&self, url: &str, limit: usize, fetch: impl Future<Output = Outcome>) -> Outcome {
        let slot = self.slot(url);
        let mut kept = slot.lock().await;
        if let Some(outcome) = kept.as_ref().and_then(|kept| self.reuse(kept, url, limit)) {
            return outcome;
        }
        let outcome = fetch.await;
        *kept = Some(Kept { at: Instant::now(), limit, outcome: outcome.clone() });
        self.account(url, &slot, outcome.as_ref().map_or(0, |fetched| fetched.body.len()));
        outcome
    }

    fn reuse(&self, kept: &Kept, url: &str, limit: usize) -> Option<Outcome> {
        let lasts = match &kept.outcome {
            Ok(_) => self.options.documents_for,
            Err(_) => self.options.failures_for,
        };
        if kept.at.elapsed() >= lasts {
            return None;
        }
        match &kept.outcome {
            Ok(fetched) if fetched.body.len() > limit => Some(Err(FetchError::TooLarge { url: url.to_owned(), limit })),
            Err(FetchError::TooLarge { .. }) if kept.limit < limit => None,
            outcome => Some(outcome.clone()),
        }
    }

    fn slot(&self, url: &str) -> Slot {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.by_address.get_mut(url) {
            entry.used = Instant::now();
            return entry.slot.clone();
        }
        while entries.by_address.len() >= self.options.entries.max(1) {
            entries.evict(None);
        }
        let slot = Slot::default();
        let entry = Entry { slot: slot.clone(), used: Instant::now(), bytes: 0 };
        entries.by_address.insert(url.to_owned(), entry);
        slot
    }

    /// Notes how large an outcome is, and makes room when all together are too large.
    fn account(&self, url: &str, slot: &Slot, bytes: usize) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(entry) = entries.by_address.get_mut(url).filter(|entry| Arc::ptr_eq(&entry.slot, slot)) else {
            return;
        };
        let before = std::mem::replace(&mut entry.bytes, bytes);
        entries.bytes = entries.bytes - before + bytes;
        while entries.bytes > self.options.bytes && entries.by_address.len() > 1 {
            entries.evict(Some(url));
        }
    }
}

impl Entries {
    /// Forgets the address that was not asked for the longest.
    fn evict(&mut self, but: Option<&str>) {
        let candidates = self.by_address.iter().filter(|(url, _)| but != Some(url.as_str()));
        let oldest = candidates.min_by_key(|(_, entry)| entry.used).map(|(url, _)| url.clone());
        if let Some(entry) = oldest.and_then(|url| self.by_address.remove(&url)) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Cache, FetchError, Fetched};
    use crate::options::CacheOptions;

    fn document(size: usize) -> Fetched {
        Fetched { body: vec![0; size], media_type: None }
    }

    async fn size_of(cache: &Cache, url: &str, limit: usize, fetched: usize) -> usize {
        let outcome = cache.get(url, limit, async { Ok(document(fetched)) }).await;
        outcome.map_or(0, |fetched| fetched.body.len())
    }

    fn cache(entries: usize, bytes: usize) -> Cache {
        let lasts = Duration::from_hours(1);
        Cache::new(CacheOptions { documents_for: lasts, failures_for: lasts, entries, bytes })
    }

    #[tokio::test]
    async fn what_was_not_asked_for_the_longest_makes_room() {
        let cache = cache(2, 1_000);
        for (url, size) in [("a", 1), ("b", 2), ("a", 9), ("c", 3)] {
            size_of(&cache, url, 100, size).await;
        }
        assert_eq!(size_of(&cache, "a", 100, 10).await, 1, "kept");
        assert_eq!(size_of(&cache, "b", 100, 20).await, 20, "forgotten");
    }

    #[tokio::test]
    async fn large_documents_make_room() {
        let cache = cache(100, 250);
        for url in ["a", "b", "c"] {
            size_of(&cache, url, 1_000, 100).await;
        }
        assert_eq!(cache.entries.lock().expect("no panic before").bytes, 200);
        assert_eq!(size_of(&cache, "c", 1_000, 1).await, 100, "kept");
        assert_eq!(size_of(&cache, "a", 1_000, 1).await, 1, "forgotten");
        assert_eq!(size_of(&cache, "d", 1_000, 999).await, 999, "larger than the whole, and kept alone");
        assert_eq!(cache.entries.lock().expect("no panic before").by_address.len(), 1);
    }

    #[tokio::test]
    async fn limits_hold_for_what_is_kept() {
        let cache = cache(10, 1_000);
        size_of(&cache, "a", 100, 50).await;
        let small = cache.get("a", 49, async { Ok(document(1)) }).await;
        assert_eq!(small, Err(FetchError::TooLarge { url: "a".to_owned(), limit: 49 }));
        let too_large = FetchError::TooLarge { url: "b".to_owned(), limit: 10 };
        let first = cache.get("b", 10, async { Err(too_large.clone()) }).await;
        assert_eq!(first, Err(too_large.clone()));
        assert_eq!(cache.get("b", 10, async { Ok(document(1)) }).await, Err(too_large), "as before");
        assert_eq!(size_of(&cache, "b", 20, 15).await, 15, "with more room it is asked again");
    }

    #[tokio::test]
    async fn one_that_gives_up_lets_the_next_try() {
        let cache = cache(10, 1_000);
        let stuck = cache.get("a", 10, std::future::pending());
        assert!(tokio::time::timeout(Duration::from_millis(1), stuck).await.is_err());
        assert_eq!(size_of(&cache, "a", 10, 3).await, 3);
    }
}
