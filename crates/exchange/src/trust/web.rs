//! How documents of others are fetched, and the exchange's own found without asking the network.

use std::fmt;
use std::sync::Weak;
use std::time::Duration;

use hansa_resolver::{Answer, CacheOptions, Options, Resolver};
use hansa_trust::credential::{ChainPolicy, Settings as Checks};
use hansa_trust::did::TrustAnchors;
use hansa_trust::fetch::{Fetch, FetchError, Fetched};
use url::Url;

use super::names::own_path;
use super::{exchange_document, participant_document, status_list};
use crate::settings::TrustSettings;
use crate::{Error, Exchange, Inner};

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

    /// Hands something in elsewhere, at an address that whoever runs the exchange has named.
    pub(crate) async fn post(
        &self,
        url: &str,
        media_type: &str,
        body: String,
        limit: usize,
    ) -> Result<Answer, FetchError> {
        self.resolver.post(url, media_type, body, limit).await
    }

    /// What the exchange itself serves at an address; `None` when it is another's.
    async fn own(&self, url: &str) -> Option<Result<Vec<u8>, Error>> {
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
            Some(Err(Error::NotFound { .. })) => Err(FetchError::Status { url: url.to_owned(), status: 404 }),
            Some(Err(error)) => Err(FetchError::Unreachable { url: url.to_owned(), why: error.to_string() }),
            None => self.resolver.fetch(url, limit).await,
        }
    }
}

/// Who fetches for an exchange.
///
/// # Errors
/// [`Error::Internal`] when the machine's certificates can't be used.
pub(crate) fn resolver(settings: &TrustSettings) -> Result<Resolver, Error> {
    let usual = Options::default();
    // Keys and status lists are kept by who checks them, who knows for how long they may be.
    let documents_for = Duration::ZERO;
    let mut options = Options {
        private_hosts: settings.private_hosts.clone(),
        plain_http: settings.plain_http.clone(),
        cache: CacheOptions { documents_for, ..usual.cache },
        ..usual
    };
    // Whoever runs the exchange has named these; they may stand in its own network.
    for address in settings.clearing_house.addresses() {
        let url = Url::parse(address).map_err(|error| Error::Internal(format!("`{address}`: {error}")))?;
        options.private_hosts.extend(url.host_str().map(str::to_owned));
        if url.scheme() == "http" {
            options.plain_http.insert(url.authority().to_owned());
        }
    }
    Resolver::new(options).map_err(|error| Error::Internal(format!("nothing can be fetched: {error}")))
}

/// What credentials are checked by.
///
/// # Errors
/// [`Error::Internal`] when the trust anchors are no certificates.
pub(crate) fn checks(settings: &TrustSettings) -> Result<Checks, Error> {
    let anchors = match settings.anchors.is_empty() {
        true => TrustAnchors::default(),
        false => TrustAnchors::from_pem(&settings.anchors)
            .map_err(|error| Error::Internal(format!("the trust anchors can't be read: {error}")))?,
    };
    let chains = match (settings.demand_chain, anchors.is_empty()) {
        (true, _) => ChainPolicy::Demanded,
        (false, false) => ChainPolicy::WhereGiven,
        (false, true) => ChainPolicy::Ignored,
    };
    let statuses_kept = settings.refresh.min(Checks::default().statuses_kept);
    Ok(Checks { anchors, chains, statuses_kept, ..Checks::default() })
}
