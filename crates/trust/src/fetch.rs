//! How documents are fetched: a trait, so that what decides stays pure.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A document as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its bytes; no more than was allowed.
    pub body: Vec<u8>,
    /// Its media type without parameters, in lower case, when one was named.
    pub media_type: Option<String>,
}

/// Why a document could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address may not be asked: not HTTPS, or it leads into a private network.
    #[error("`{url}` may not be asked: {why}")]
    Refused {
        /// The address.
        url: String,
        /// The rule it breaks.
        why: String,
    },
    /// It took too long.
    #[error("`{0}` did not answer in time")]
    TimedOut(String),
    /// It is larger than was allowed.
    #[error("`{url}` is larger than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The most that is read.
        limit: usize,
    },
    /// The other side answered with another status than 200.
    #[error("`{url}` answered {status}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
    },
    /// It can't be reached.
    #[error("`{url}` can't be reached: {why}")]
    Unreachable {
        /// The address.
        url: String,
        /// Why.
        why: String,
    },
}

/// Fetches documents by their address.
pub trait Fetch: fmt::Debug + Send + Sync {
    /// The document at an address, of `limit` bytes at most. What was fetched lately may be answered again.
    ///
    /// # Errors
    /// [`FetchError`].
    fn fetch(&self, url: &str, limit: usize) -> impl Future<Output = Result<Fetched, FetchError>> + Send;
}

/// Fetches nothing: everything that is needed must be at hand.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl Fetch for Offline {
    async fn fetch(&self, url: &str, _limit: usize) -> Result<Fetched, FetchError> {
        Err(FetchError::Refused { url: url.to_owned(), why: "nothing is fetched here".to_owned() })
    }
}

/// Fetches from documents at hand, without a network: what an audit pack carries, or what a test needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AtHand {
    /// The documents by their address.
    pub documents: BTreeMap<String, Fetched>,
}

impl AtHand {
    /// Adds a document.
    pub fn add(&mut self, url: impl Into<String>, body: impl Into<Vec<u8>>) {
        self.documents.insert(url.into(), Fetched { body: body.into(), media_type: None });
    }
}

impl Fetch for AtHand {
    async fn fetch(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        let document = self.documents.get(url).ok_or_else(|| FetchError::Unreachable {
            url: url.to_owned(),
            why: "it is not among the documents at hand".to_owned(),
        })?;
        if document.body.len() > limit {
            return Err(FetchError::TooLarge { url: url.to_owned(), limit });
        }
        Ok(document.clone())
    }
}

/// Keeps what another one fetches, so that it can be put into an audit pack.
#[derive(Debug, Default)]
pub struct Recorder<F> {
    fetch: F,
    kept: Mutex<AtHand>,
}

impl<F> Recorder<F> {
    /// Keeps what `fetch` fetches.
    pub const fn new(fetch: F) -> Self {
        Self { fetch, kept: Mutex::new(AtHand { documents: BTreeMap::new() }) }
    }

    /// What was fetched so far.
    pub fn kept(&self) -> AtHand {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<F: Fetch> Fetch for Recorder<F> {
    async fn fetch(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        let fetched = self.fetch.fetch(url, limit).await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.documents.insert(url.to_owned(), fetched.clone());
        Ok(fetched)
    }
}

impl<F: Fetch> Fetch for Arc<F> {
    fn fetch(&self, url: &str, limit: usize) -> impl Future<Output = Result<Fetched, FetchError>> + Send {
        self.as_ref().fetch(url, limit)
    }
}

impl<F: Fetch> Fetch for &F {
    fn fetch(&self, url: &str, limit: usize) -> impl Future<Output = Result<Fetched, FetchError>> + Send {
        (**self).fetch(url, limit)
    }
}
