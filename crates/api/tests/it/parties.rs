//! Parties outside of any exchange: with a DID, a key, and documents on a web server of their own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use hansa_testkit::World;
use hansa_trust::credential::{Credential, Settings, Signer, Verified, Verifier, presentation_of};
use hansa_trust::did::{DidUrl, DidWeb, Document, Standing};
use hansa_trust::fetch::AtHand;
use hansa_trust::jose::{Algorithm, SigningKey};
use reqwest::StatusCode as Status;
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Documents = Arc<Mutex<BTreeMap<String, String>>>;

/// A party that publishes and signs.
pub(crate) struct Party {
    pub(crate) did: DidWeb,
    pub(crate) host: String,
    key: SigningKey,
    key_id: DidUrl,
    documents: Documents,
}

async fn document(State(documents): State<Documents>, Path(path): Path<String>) -> (StatusCode, String) {
    let found = documents.lock().unwrap().get(&path).cloned();
    found.map_or((StatusCode::NOT_FOUND, String::new()), |text| (StatusCode::OK, text))
}

impl Party {
    /// A party on a free port of this machine.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let did: DidWeb = format!("did:web:{}", host.replace(':', "%3A")).parse().unwrap();
        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let mut own = Document::new(did.clone());
        own.publish("key-1", key.public().clone(), Standing::Current, None).unwrap();
        let documents: Documents = Arc::default();
        documents.lock().unwrap().insert(".well-known/did.json".to_owned(), own.to_json().to_string());
        let routes = axum::Router::new().route("/{*path}", get(document)).with_state(Arc::clone(&documents));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        let key_id = format!("{did}#key-1").parse().unwrap();
        Self { did, host, key, key_id, documents }
    }

    /// Publishes a document; answers with its address.
    pub(crate) fn publish(&self, path: &str, text: &str) -> String {
        self.documents.lock().unwrap().insert(path.to_owned(), text.to_owned());
        format!("https://{}/{path}", self.host)
    }

    fn signer(&self) -> Signer<'_> {
        Signer { key: &self.key, key_id: &self.key_id }
    }

    /// Signs a credential in the party's own name, to count from before the world's now.
    pub(crate) fn sign(&self, world: &World, mut credential: Value) -> String {
        let now = world.exchange.now();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        credential["issuer"] = self.did.as_str().into();
        credential["validFrom"] = json!(now.minus(day));
        credential["validUntil"] = json!(now.plus(30 * day));
        self.signer().credential(&credential).unwrap()
    }

    /// Presents credentials.
    pub(crate) fn present(&self, credentials: &[&str]) -> String {
        self.signer().presentation(&presentation_of(self.did.as_str(), credentials.iter().copied())).unwrap()
    }
}

/// What a credential that the world's exchange signed says, once it has been verified by nothing but what the exchange
/// publishes.
pub(crate) async fn verified(world: &World, compact: &str) -> Result<Verified, String> {
    let stranger = world.stranger();
    let own = stranger.get("/.well-known/did.json").await.is(Status::OK);
    let did: DidWeb = own.json()["id"].as_str().unwrap().parse().unwrap();
    let mut documents = AtHand::default();
    documents.add(did.document_url(), own.body);
    let payload = compact.split('.').nth(1).unwrap();
    let payload = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap();
    let stated = Credential::read(serde_json::from_slice(&payload).unwrap()).unwrap();
    for entry in &stated.status {
        let path = entry.list.splitn(4, '/').nth(3).unwrap();
        let list = stranger.get(&format!("/{path}")).await.is(Status::OK);
        documents.add(entry.list.clone(), list.body);
    }
    let verifier = Verifier::new(documents, Settings::default());
    verifier.verify_credential(compact, world.exchange.now()).await.map_err(|refusal| refusal.code().to_owned())
}
