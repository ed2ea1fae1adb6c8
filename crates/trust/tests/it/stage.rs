//! Issuers with keys and documents, and what they sign.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hansa_model::time::Timestamp;
use hansa_trust::credential::{Settings, Signer, Verifier};
use hansa_trust::did::{DidUrl, DidWeb, Document, Standing};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

/// Where the issuer publishes what it has revoked.
pub(crate) const LIST: &str = "https://issuer.example/status/1";

/// When everything happens.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// Waits for what does not wait for anything outside.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// Base64url without padding.
pub(crate) fn base64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Somebody who signs.
#[derive(Debug)]
pub(crate) struct Party {
    pub(crate) did: DidWeb,
    pub(crate) key: SigningKey,
    pub(crate) key_id: DidUrl,
}

impl Party {
    pub(crate) fn new(host: &str, algorithm: Algorithm) -> Self {
        let key = match algorithm {
            Algorithm::Ps256 => SigningKey::from_pkcs8(include_bytes!("../data/keys/rsa-2048.pk8")),
            _ => SigningKey::generate(algorithm),
        };
        Self::with_key(host, key.expect("a key"))
    }

    pub(crate) fn with_key(host: &str, key: SigningKey) -> Self {
        let did: DidWeb = format!("did:web:{host}").parse().expect("a DID");
        let key_id = format!("{did}#key-1").parse().expect("a key's name");
        Self { did, key, key_id }
    }

    pub(crate) fn document(&self) -> Value {
        let mut document = Document::new(self.did.clone());
        document.publish("key-1", self.key.public().clone(), Standing::Current, None).expect("one key");
        document.to_json()
    }

    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { key: &self.key, key_id: &self.key_id }
    }

    /// The header of what it signs; `kind` is `vc` or `vp`.
    pub(crate) fn header(&self, kind: &str) -> Value {
        json!({
            "alg": self.key.algorithm().name(),
            "typ": format!("{kind}+jwt"),
            "cty": kind,
            "iss": self.did.as_str(),
            "kid": self.key_id.as_str(),
        })
    }

    /// Signs whatever it is given, without looking at it.
    pub(crate) fn sign_raw(&self, header: &str, payload: &[u8]) -> String {
        let input = format!("{}.{}", base64(header), base64(payload));
        let signature = self.key.sign(input.as_bytes()).expect("a signature");
        format!("{input}.{}", base64(signature))
    }

    /// Signs a document under a header of its own kind.
    pub(crate) fn sign(&self, kind: &str, document: &Value) -> String {
        self.sign_raw(&self.header(kind).to_string(), document.to_string().as_bytes())
    }
}

/// Publishes the documents of parties.
pub(crate) fn published<'a>(parties: impl IntoIterator<Item = &'a Party>) -> AtHand {
    let mut documents = AtHand::default();
    for party in parties {
        documents.add(party.did.document_url(), party.document().to_string());
    }
    documents
}

/// A verifier of what was published.
pub(crate) fn verifier(documents: AtHand) -> Verifier<AtHand> {
    Verifier::new(documents, Settings::default())
}

/// A credential that its issuer would sign.
pub(crate) fn credential(issuer: &str) -> Value {
    json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://w3id.org/gaia-x/development#",
            {"gx": "https://w3id.org/gaia-x/development#", "schema": "https://schema.org/"},
        ],
        "id": "https://issuer.example/credentials/1",
        "type": ["VerifiableCredential", "gx:LegalPerson"],
        "issuer": issuer,
        "validFrom": "2026-11-01T00:00:00Z",
        "validUntil": "2027-11-01T00:00:00Z",
        "credentialSubject": {
            "id": "https://issuer.example/credentials/1#cs",
            "type": "gx:LegalPerson",
            "schema:name": "Example Cloud B.V.",
        },
    })
}
