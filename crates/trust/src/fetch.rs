//! How documents are fetched: a trait, so that what decides stays pure.

use std::fmt;

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
