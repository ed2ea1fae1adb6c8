//! What a verifier goes by.

use std::time::Duration;

use crate::did::TrustAnchors;

/// Whether keys need certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum ChainPolicy {
    /// Certificates are not looked at.
    #[default]
    Ignored,
    /// A key may go without; one that names certificates must have good ones.
    WhereGiven,
    /// Every key needs them.
    Demanded,
}

/// The most that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one credential.
    pub credential: usize,
    /// Bytes of a presentation with all that it carries.
    pub presentation: usize,
    /// Credentials in one presentation.
    pub count: usize,
    /// Levels that a credential nests.
    pub depth: usize,
    /// Bytes of a status list's credential.
    pub status_list: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            credential: 256 * 1024,
            presentation: 4 * 1024 * 1024,
            count: 64,
            depth: 32,
            status_list: 2 * 1024 * 1024,
        }
    }
}

/// What a verifier goes by.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What certificates must lead to.
    pub anchors: TrustAnchors,
    /// Whether keys need certificates.
    pub chains: ChainPolicy,
    /// By how much the clocks of issuers may differ from the own one.
    pub skew: Duration,
    /// How long a key is taken as it was resolved.
    pub keys_kept: Duration,
    /// How long a status list is taken as it was read; its own `ttl` may be shorter.
    pub statuses_kept: Duration,
    /// The most that is read.
    pub limits: Limits,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            anchors: TrustAnchors::default(),
            chains: ChainPolicy::default(),
            skew: Duration::from_mins(1),
            keys_kept: Duration::from_mins(5),
            statuses_kept: Duration::from_mins(5),
            limits: Limits::default(),
        }
    }
}
