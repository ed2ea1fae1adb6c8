//! An assessment body with a DID of its own, reached over real HTTP: it signs certificates and revokes them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use hansa_model::evidence::{CertificateClaim, Claim};
use hansa_model::time::{Clock, Timestamp};
use hansa_trust::credential::Signer;
use hansa_trust::did::{DidUrl, Document, Standing};
use hansa_trust::jose::{Algorithm, SigningKey};
use hansa_trust::reading::Statement;
use hansa_trust::status::{Bitstring, StatusEntry, StatusList, StatusPurpose};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const LENGTH: usize = 131_072;

pub(crate) struct Assessor {
    pub(crate) did: String,
    /// The host and port that it is asked at.
    pub(crate) host: String,
    books: Arc<Books>,
}

struct Books {
    key: SigningKey,
    key_id: DidUrl,
    document: Value,
    clock: Clock,
    list: String,
    revoked: Mutex<BTreeSet<usize>>,
}

impl Assessor {
    pub(crate) async fn open(clock: Clock) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let did = format!("did:web:{}", host.replace(':', "%3A"));
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let mut document = Document::new(did.parse().unwrap());
        document.publish("key", key.public().clone(), Standing::Current, None).unwrap();
        let books = Arc::new(Books {
            key,
            key_id: format!("{did}#key").parse().unwrap(),
            document: document.to_json(),
            clock,
            list: format!("https://{host}/status"),
            revoked: Mutex::default(),
        });
        let routes = axum::Router::new()
            .route("/.well-known/did.json", get(async |State(books): State<Arc<Books>>| books.document.to_string()))
            .route("/status", get(async |State(books): State<Arc<Books>>| books.status()))
            .with_state(Arc::clone(&books));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { did, host, books }
    }

    /// A certificate for whoever has the DID, with place `index` in the status list.
    pub(crate) fn certify(&self, holder: &str, index: usize, certificate: &CertificateClaim) -> String {
        let mut document = Statement::Certificate(certificate.clone()).credential(holder);
        let now = self.books.clock.now();
        let status = StatusEntry { purpose: StatusPurpose::Revocation, list: self.books.list.clone(), index };
        document["id"] = json!(format!("https://{}/certificates/{index}", self.host));
        document["issuer"] = json!(self.did);
        document["validFrom"] = json!(now);
        document["validUntil"] =
            json!(certificate.valid_until.unwrap_or_else(|| now.plus(Duration::from_secs(31_536_000))));
        document["credentialStatus"] = status.to_json();
        self.books.sign(&document)
    }

    pub(crate) fn revoke(&self, index: usize) {
        self.books.revoked.lock().unwrap().insert(index);
    }
}

impl Books {
    fn sign(&self, document: &Value) -> String {
        Signer { key: &self.key, key_id: &self.key_id }.credential(document).unwrap()
    }

    fn status(&self) -> String {
        let mut bits = Bitstring::new(LENGTH);
        for index in self.revoked.lock().unwrap().iter() {
            bits.set(*index, true).unwrap();
        }
        let list = StatusList { purposes: vec![StatusPurpose::Revocation], ttl: None, bits };
        let end: Timestamp = self.clock.now().plus(Duration::from_secs(86_400));
        self.sign(&list.to_credential(&self.list, self.key_id.did().as_str(), self.clock.now(), Some(end)))
    }
}

/// A certificate of a scheme as its body words it.
pub(crate) fn certificate(scheme: &str) -> CertificateClaim {
    let claim = json!({"claim": "certificate", "scheme": scheme, "body": "An assessment body"});
    match serde_json::from_value(claim).unwrap() {
        Claim::Certificate(certificate) => certificate,
        other => panic!("{other:?}"),
    }
}
