//! What a resolver goes by.

use std::collections::BTreeSet;
use std::time::Duration;

/// What a resolver goes by.
#[derive(Debug, Clone)]
pub struct Options {
    /// Whether addresses of private networks may be asked, whoever names them. Only for a machine that stands alone.
    pub allow_private: bool,
    /// Hosts, without ports, that may be in a private network: `registry.internal`, `127.0.0.1`.
    pub private_hosts: BTreeSet<String>,
    /// Hosts with ports, `127.0.0.1:8080`, that are asked without encryption, also when `https` is written: did:web
    /// knows nothing else. For demonstrations and tests.
    pub plain_http: BTreeSet<String>,
    /// Certificates in PEM that servers are trusted by, besides those that the machine trusts.
    pub roots: Vec<Vec<u8>>,
    /// How long a connection may take.
    pub connect_within: Duration,
    /// How long the whole may take, with redirects.
    pub answer_within: Duration,
    /// How many redirects are followed.
    pub redirects: usize,
    /// What is kept.
    pub cache: CacheOptions,
}

/// What is kept of what was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheOptions {
    /// How long a document is answered again.
    pub documents_for: Duration,
    /// How long a failure is answered again.
    pub failures_for: Duration,
    /// The most addresses that are kept.
    pub entries: usize,
    /// The most bytes of documents that are kept.
    pub bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_private: false,
            private_hosts: BTreeSet::new(),
            plain_http: BTreeSet::new(),
            roots: Vec::new(),
            connect_within: Duration::from_secs(5),
            answer_within: Duration::from_secs(10),
            redirects: 3,
            cache: CacheOptions::default(),
        }
    }
}

impl Default for CacheOptions {
    fn default() -> Self {
        Self {
            documents_for: Duration::from_mins(1),
            failures_for: Duration::from_secs(10),
            entries: 4_096,
            bytes: 64 * 1024 * 1024,
        }
    }
}

/// Why a resolver can't be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A certificate is not PEM.
    #[error("a root certificate can't be read: give it as PEM")]
    Root(#[source] reqwest::Error),
    /// The client can't be made.
    #[error("HTTPS can't be set up")]
    Client(#[source] reqwest::Error),
    /// The own address is none.
    #[error("`{0}` is not an address like `https://exchange.example`")]
    OwnAddress(String),
}
