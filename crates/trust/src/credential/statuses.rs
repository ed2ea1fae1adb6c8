//! Status lists that were read lately.

use std::sync::Arc;
use std::time::Duration;

use hansa_model::time::Timestamp;

use super::recent::Recent;
use crate::did::DidWeb;
use crate::status::StatusList;

/// A list whose signature and times were good.
#[derive(Debug)]
pub(super) struct KnownList {
    pub(super) list: StatusList,
    pub(super) issuer: DidWeb,
    pub(super) valid_from: Option<Timestamp>,
    pub(super) valid_until: Option<Timestamp>,
    pub(super) read_at: Timestamp,
}

/// Remembers lists for as long as they and the settings allow.
#[derive(Debug)]
pub(super) struct Statuses {
    recent: Recent<KnownList>,
}

impl Default for Statuses {
    fn default() -> Self {
        // A list takes up to a mebibyte.
        Self { recent: Recent::new(128) }
    }
}

impl Statuses {
    pub(super) fn get(&self, url: &str, at: Timestamp) -> Option<Arc<KnownList>> {
        self.recent.get(url, at)
    }

    pub(super) fn keep(&self, url: &str, known: KnownList, most: Duration) -> Arc<KnownList> {
        let (at, ttl) = (known.read_at, known.list.ttl.map_or(most, |ttl| ttl.min(most)));
        self.recent.keep(url, known, at, ttl)
    }
}
