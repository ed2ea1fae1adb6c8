//! Passkeys: the part of Web Authentication Level 3 that a relying party needs which believes no authenticator about
//! itself (attestation `none`) and takes only those that verified their user. A passkey is two factors at once.
//!
//! Keys are ES256, EdDSA or RS256. What comes from the browser has the form of `PublicKeyCredential.toJSON()`.

mod answer;
mod authenticator;
mod client;
mod key;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::{Host, Url};

pub use answer::{Assertion, Attestation};
use authenticator::AuthenticatorData;
pub use key::PublicKey;

/// How long a browser waits for its user, in milliseconds.
const TIMEOUT: u32 = 300_000;
/// The longest identifier of a credential, in bytes.
const LONGEST_ID: usize = 1023;

/// Why a passkey is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyError {
    /// What came has another form than the standard says.
    #[error("{0} can't be read")]
    Malformed(&'static str),
    /// It is an answer to something else.
    #[error("it is not for {0}")]
    Foreign(&'static str),
    /// The authenticator did not verify its user.
    #[error("the authenticator did not verify who uses it")]
    Unverified,
    /// The key is of a kind that was not asked for.
    #[error("the passkey's kind of key is not known here")]
    UnknownKey,
    /// The signature is not one of the passkey that was kept.
    #[error("the signature is wrong")]
    Signature,
    /// The counter went back: there may be a copy of the authenticator.
    #[error("the passkey may have been copied: its counter went back")]
    Copied,
}

/// A random text that one answer must hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge(String);

impl Challenge {
    /// A new one of 256 bits.
    #[must_use]
    pub fn make() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }
}

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The identifier of the credential, in base64url.
    pub credential: String,
    /// Its public key.
    pub key: PublicKey,
    /// How often it was used, as far as the authenticator counts.
    pub counter: u32,
}

/// For whom passkeys are made: the exchange, as browsers know it.
#[derive(Clone, PartialEq, Eq)]
pub struct RelyingParty {
    domain: String,
    origin: String,
}

impl fmt::Debug for RelyingParty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

/// Whose passkey is made.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// What the authenticator gives back at each use; tells nothing about a person.
    pub handle: &'a str,
    /// What the person signs in as.
    pub login: &'a str,
    /// What the person is called.
    pub name: &'a str,
}

impl RelyingParty {
    /// The exchange at this address; `None` where browsers make no passkeys: at an address without a name, or without
    /// encryption, but for `localhost`.
    #[must_use]
    pub fn at(address: &str) -> Option<Self> {
        let url: Url = address.parse().ok()?;
        let Some(Host::Domain(domain)) = url.host() else { return None };
        let local = domain == "localhost" || domain.ends_with(".localhost");
        let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
        safe.then(|| Self { domain: domain.to_owned(), origin: url.origin().ascii_serialization() })
    }

    /// What a browser needs to make a passkey: `PublicKeyCredentialCreationOptionsJSON`. Those that the owner has
    /// already are named, so that no authenticator makes a second one.
    #[must_use]
    pub fn creation(&self, challenge: &Challenge, owner: Owner<'_>, has: &[String]) -> Value {
        let known: Vec<_> = has.iter().map(|id| json!({"type": "public-key", "id": id})).collect();
        json!({
            "rp": {"id": self.domain, "name": "Hansa"},
            "user": {
                "id": URL_SAFE_NO_PAD.encode(owner.handle), "name": owner.login, "displayName": owner.name,
            },
            "challenge": challenge.0,
            "pubKeyCredParams": PublicKey::ALGORITHMS.map(|alg| json!({"type": "public-key", "alg": alg})),
            "timeout": TIMEOUT,
            "excludeCredentials": known,
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": true, "userVerification": "required",
            },
            "attestation": "none",
        })
    }

    /// What a browser needs to use a passkey: `PublicKeyCredentialRequestOptionsJSON`. Any passkey for the exchange
    /// will do when none is named.
    #[must_use]
    pub fn request(&self, challenge: &Challenge, has: &[String]) -> Value {
        let mut options = json!({
            "rpId": self.domain,
            "challenge": challenge.0,
            "timeout": TIMEOUT,
            "userVerification": "required",
        });
        if !has.is_empty() {
            let named = has.iter().map(|id| json!({"type": "public-key", "id": id}));
            options["allowCredentials"] = named.collect();
        }
        options
    }

    /// Checks a new passkey (section 7.1 of the standard).
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn register(&self, challenge: &Challenge, answer: &Attestation) -> Result<Kept, PasskeyError> {
        client::check(&answer.client_data, "webauthn.create", challenge, &self.origin)?;
        let data = AuthenticatorData::read(&answer::authenticator_data(&answer.attestation)?)?;
        self.check(&data)?;
        let made = data.made.ok_or(PasskeyError::Malformed("the new credential"))?;
        if made.id.is_empty() || made.id.len() > LONGEST_ID || made.id != answer.id {
            return Err(PasskeyError::Malformed("the credential's identifier"));
        }
        Ok(Kept { credential: URL_SAFE_NO_PAD.encode(&made.id), key: made.key, counter: data.counter })
    }

    /// Checks the use of a passkey (section 7.2); answers its counter as it is now.
    ///
    /// # Errors
    /// [`PasskeyError`].
    pub fn authenticate(&self, challenge: &Challenge, kept: &Kept, answer: &Assertion) -> Result<u32, PasskeyError> {
        if answer.credential() != kept.credential {
            return Err(PasskeyError::Foreign("this passkey"));
        }
        client::check(&answer.client_data, "webauthn.get", challenge, &self.origin)?;
        let data = AuthenticatorData::read(&answer.authenticator_data)?;
        self.check(&data)?;
        let mut signed = answer.authenticator_data.clone();
        signed.extend_from_slice(digest(&SHA256, &answer.client_data).as_ref());
        kept.key.verify(&signed, &answer.signature)?;
        // Authenticators that do not count always say nothing.
        let counts = data.counter > 0 || kept.counter > 0;
        if counts && data.counter <= kept.counter {
            return Err(PasskeyError::Copied);
        }
        Ok(data.counter)
    }

    fn check(&self, data: &AuthenticatorData) -> Result<(), PasskeyError> {
        if data.party != digest(&SHA256, self.domain.as_bytes()).as_ref() {
            return Err(PasskeyError::Foreign("this exchange"));
        }
        if data.present && data.verified { Ok(()) } else { Err(PasskeyError::Unverified) }
    }
}
