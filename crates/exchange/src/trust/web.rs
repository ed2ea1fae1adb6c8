//! How documents of others are fetched, and the exchange's own found without asking the network.

use std::fmt;
use std::sync::Weak;

use hansa_resolver::Resolver;
use hansa_trust::fetch::{Fetch, FetchError, Fetched};

use super::names::own_path;
use super::{exchange_document, participant_document, status_list};
use crate::{Exchange, Inner};

/// Fetches from the web, or from the exchange itself what it publishes.
pub(crate) struct Web {
    exchange: Weak<Inner>,
    resolver: Resolver,
}

impl fmt::Debug for Web {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Web").finish_non_exhaustive()
    }
}

impl Web {
    pub(crate) const fn new(exchange: Weak<Inner>, resolver: Resolver) -> Self {
        Self { exchange, resolver }
    }

    /// What the exchange itself serves at an address; `None` when it is another's.
    async fn own(&self, url: &str) -> Option<Result<Vec<u8>, crate::Error>> {
        let exchange = Exchange { inner: self.exchange.upgrade()? };
        let path = own_path(&exchange, url)?;
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let json = |document: serde_json::Value| document.to_string().into_bytes();
        Some(match parts.as_slice() {
            [".well-known", "did.json"] => exchange_document(&exchange).await.map(json),
            ["participants", name, "did.json"] => participant_document(&exchange, name).await.map(json),
            ["trust", "status", list] => status_list(&exchange, None, list).await.map(String::into_bytes),
            ["participants", name, "status", list] => {
                status_list(&exchange, Some(name), list).await.map(String::into_bytes)
            }
            _ => return None,
        })
    }
}

impl Fetch for Web {
    async fn fetch(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        match self.own(url).await {
            Some(Ok(body)) => Ok(Fetched { body, media_type: None }),
            Some(Err(crate::Error::NotFound { .. })) => Err(FetchError::Status { url: url.to_owned(), status: 404 }),
            Some(Err(error)) => Err(FetchError::Unreachable { url: url.to_owned(), why: error.to_string() }),
            None => self.resolver.fetch(url, limit).await,
        }
    }
}
