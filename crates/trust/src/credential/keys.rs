//! From the name of a key to a key that can be relied on.

use std::sync::Arc;

use hansa_model::time::Timestamp;

use super::Refusal;
use super::recent::Recent;
use super::settings::{ChainPolicy, Settings};
use crate::did::{CHAIN_LIMIT, Chain, ChainEnd, ChainError, ChainSource, DOCUMENT_LIMIT, DidUrl, Document, Purpose};
use crate::fetch::Fetch;
use crate::jose::PublicKey;

/// A key that its owner's document gives for a purpose.
#[derive(Debug)]
pub(super) struct ProvenKey {
    pub(super) key: PublicKey,
    pub(super) chain: Option<ChainEnd>,
}

/// Resolves keys, and remembers them for a while.
#[derive(Debug)]
pub(super) struct Keys {
    recent: Recent<ProvenKey>,
}

impl Default for Keys {
    fn default() -> Self {
        Self { recent: Recent::new(4_096) }
    }
}

impl Keys {
    pub(super) async fn resolve<F: Fetch>(
        &self,
        fetch: &F,
        settings: &Settings,
        name: &DidUrl,
        purpose: Purpose,
        at: Timestamp,
    ) -> Result<Arc<ProvenKey>, Refusal> {
        let entry = format!("{purpose:?} {}", name.as_str());
        if let Some(known) = self.recent.get(&entry, at) {
            if let Some(chain) = &known.chain {
                chain.check(at).map_err(|source| refused(name, source))?;
            }
            return Ok(known);
        }
        let did = name.did();
        let fetched = fetch.fetch(&did.document_url(), DOCUMENT_LIMIT).await;
        let fetched = fetched.map_err(|source| Refusal::Unresolvable { did: did.clone(), source })?;
        let unfit = |source| Refusal::Document { did: did.clone(), source };
        let document = Document::parse(&fetched.body, did).map_err(unfit)?;
        let (key, source) = document.key(name.as_str(), purpose).map_err(unfit)?;
        let chain = prove(fetch, settings, name, key, source, at).await?;
        Ok(self.recent.keep(&entry, ProvenKey { key: key.clone(), chain }, at, settings.keys_kept))
    }
}

/// Follows the certificates of a key, where the settings want that.
async fn prove<F: Fetch>(
    fetch: &F,
    settings: &Settings,
    name: &DidUrl,
    key: &PublicKey,
    source: Option<&ChainSource>,
    at: Timestamp,
) -> Result<Option<ChainEnd>, Refusal> {
    let source = match (settings.chains, source) {
        (ChainPolicy::Ignored, _) | (ChainPolicy::WhereGiven, None) => return Ok(None),
        (ChainPolicy::Demanded, None) => return Err(Refusal::ChainMissing { key: name.as_str().to_owned() }),
        (_, Some(source)) => source,
    };
    let chain = match source {
        ChainSource::Inline(certificates) => Chain::from_x5c(certificates),
        ChainSource::At(url) => {
            let fetched = fetch.fetch(url, CHAIN_LIMIT).await;
            let key = || name.as_str().to_owned();
            Chain::from_pem(&fetched.map_err(|source| Refusal::ChainUnavailable { key: key(), source })?.body)
        }
    };
    let end = chain.and_then(|chain| chain.verify(key, &settings.anchors, at));
    end.map(Some).map_err(|source| refused(name, source))
}

fn refused(name: &DidUrl, source: ChainError) -> Refusal {
    Refusal::Chain { key: name.as_str().to_owned(), source }
}
