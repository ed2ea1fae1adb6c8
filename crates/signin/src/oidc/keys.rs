//! The keys that a provider signs with (RFC 7517).

use std::time::Duration;

use hansa_model::time::Timestamp;
use jsonwebtoken::Header;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;
use url::Url;

use super::OidcError;
use super::fetch::Fetch;

/// How long keys are used without asking whether there are others.
const LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How soon the keys may be asked for again because of one that is not known.
const PAUSE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Value>,
}

#[derive(Debug)]
struct Fetched {
    at: Timestamp,
    keys: Vec<Jwk>,
}

/// The keys of a provider, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Keys(Mutex<Option<Fetched>>);

impl Keys {
    /// The key that a token says it is signed with. Keys are asked for when none are known, when they are old, and
    /// when the token names one that is not among them: the provider may have changed them.
    pub(super) async fn find(
        &self,
        fetch: &Fetch,
        url: &Url,
        header: &Header,
        now: Timestamp,
    ) -> Result<Jwk, OidcError> {
        let mut kept = self.0.lock().await;
        if let Some(fetched) = &*kept {
            let found = matching(&fetched.keys, header);
            let pause = if found.is_some() { LIFETIME } else { PAUSE };
            if now < fetched.at.plus(pause) {
                return found.ok_or_else(unknown);
            }
        }
        let set: KeySet = fetch.get(url, None).await?;
        // Keys of kinds that are not known here are none of ours.
        let keys: Vec<Jwk> = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let found = matching(&keys, header);
        *kept = Some(Fetched { at: now, keys });
        found.ok_or_else(unknown)
    }
}

fn unknown() -> OidcError {
    OidcError::Token("it is signed with a key that the provider does not publish".to_owned())
}

/// The key with the token's `kid`; without one the only key for signatures.
fn matching(keys: &[Jwk], header: &Header) -> Option<Jwk> {
    let mut fitting = keys.iter().filter(|key| {
        let signs = key.common.public_key_use.as_ref().is_none_or(|used| *used == PublicKeyUse::Signature);
        signs && (header.kid.is_none() || key.common.key_id == header.kid)
    });
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Some(key.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Algorithm;
    use serde_json::json;

    use super::*;

    fn keys(all: &[Value]) -> Vec<Jwk> {
        all.iter().map(|key| serde_json::from_value(key.clone()).unwrap()).collect()
    }

    fn key(kid: &str, used: &str) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": "A".repeat(43), "kid": kid, "use": used})
    }

    fn found(all: &[Value], kid: Option<&str>) -> Option<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = kid.map(str::to_owned);
        matching(&keys(all), &header).and_then(|key| key.common.key_id)
    }

    #[test]
    fn the_key_that_is_named_is_used_and_an_unnamed_one_must_be_the_only_one() {
        let both = [key("a", "sig"), key("b", "sig"), key("c", "enc")];
        assert_eq!(found(&both, Some("b")).as_deref(), Some("b"));
        assert_eq!(found(&both, Some("x")), None);
        assert_eq!(found(&both, Some("c")), None, "a key to encrypt with");
        assert_eq!(found(&both, None), None, "any of two");
        assert_eq!(found(&both[1..], None).as_deref(), Some("b"));
        assert_eq!(found(&[key("a", "sig"), key("a", "sig")], Some("a")), None, "two of one name");
    }
}
