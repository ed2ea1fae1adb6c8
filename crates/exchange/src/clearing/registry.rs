//! The registry: who is trusted, and whether certificates lead to a trust anchor.

use hansa_store::trusted_issuer;
use hansa_trust::did::Chain;
use hansa_trust::fetch::Fetch as _;
use serde_json::{Value, json};

use crate::trust::names::{Signer, did};
use crate::{Error, Exchange, Result};

/// The most bytes of a chain of certificates.
const MOST_BYTES: usize = 128 * 1024;

/// Whom this exchange believes what, itself among them.
///
/// # Errors
/// [`Error::Store`].
pub async fn trusted_issuers(exchange: &Exchange) -> Result<Value> {
    let mut listed = vec![json!({"id": did(exchange, &Signer::Exchange), "name": "this exchange", "types": ["*"]})];
    for issuer in trusted_issuer::all(&mut exchange.read().await?).await? {
        listed.push(json!({"id": issuer.did, "name": issuer.name, "types": issuer.kinds, "schemes": issuer.schemes}));
    }
    Ok(json!({"trustedIssuers": listed}))
}

/// Makes sure that the certificates at an address lead to a trust anchor of this exchange; answers with the anchor.
///
/// # Errors
/// [`Error::Invalid`] when they can't be had, [`Error::Conflict`] when they lead elsewhere.
pub async fn leads_to_anchor(exchange: &Exchange, address: &str) -> Result<Value> {
    let fetched = exchange.web().fetch(address, MOST_BYTES).await;
    let fetched = fetched.map_err(|error| Error::field("uri", error.to_string()))?;
    let chain = Chain::from_pem(&fetched.body).map_err(|error| Error::field("uri", error.to_string()))?;
    let end = chain.verify_by_itself(&exchange.verifier().settings().anchors, exchange.now());
    let end = end.map_err(|error| {
        Error::conflict("untrusted-chain", error.to_string(), "ask the operator of this exchange for its anchors")
    })?;
    Ok(json!({"result": true, "anchor": end.anchor, "validUntil": end.valid_until}))
}

/// The same of the registry that the exchange is set up with; its own without one.
///
/// # Errors
/// As [`leads_to_anchor`]; [`Error::Impossible`] when a registry elsewhere can't be asked.
pub async fn ask_registry(exchange: &Exchange, address: &str) -> Result<Value> {
    let Some(base) = &exchange.settings().trust.clearing_house.registry else {
        return leads_to_anchor(exchange, address).await;
    };
    let unfit = |why: String| Error::impossible("clearing-house", why, "ask the operator of this exchange");
    let url = format!("{}/api/trustAnchor/chain/file", base.trim_end_matches('/'));
    let body = json!({"uri": address}).to_string();
    let answer = exchange.web().post(&url, "application/json", body, MOST_BYTES).await;
    let answer = answer.map_err(|error| unfit(error.to_string()))?;
    match answer.status {
        200..300 => Ok(json!({"result": true, "registry": base})),
        400..500 => {
            let detail = format!("the registry does not know an anchor that `{address}` leads to");
            Err(Error::conflict("untrusted-chain", detail, "ask the operator of the registry for its anchors"))
        }
        status => Err(unfit(format!("the registry answered {status}"))),
    }
}
