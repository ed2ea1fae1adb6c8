//! An assessment body on this machine: it has a DID, signs certificates, and can revoke them. It is simulated in what
//! it attests, nobody was audited; its signatures, its DID document and its status list are real.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use hansa_model::evidence::CertificateClaim;
use hansa_model::time::{Clock, Timestamp};
use hansa_trust::credential::Signer;
use hansa_trust::did::{DidUrl, DidWeb, Document, Standing};
use hansa_trust::jose::{Algorithm, SigningKey};
use hansa_trust::reading::Statement;
use hansa_trust::status::{Bitstring, StatusEntry, StatusList, StatusPurpose};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The least bits that a status list has.
const BITS: usize = 131_072;
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const FRAGMENT: &str = "key-1";

/// A credential that it signed.
#[derive(Debug)]
pub(crate) struct Certified {
    /// Its number in the books.
    pub(crate) number: usize,
    pub(crate) credential: String,
}

/// An assessment body that is there until it is dropped.
#[derive(Debug)]
pub(crate) struct Assessor {
    pub(crate) did: String,
    /// Its host and port.
    pub(crate) host: String,
    books: Arc<Books>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Books {
    key: SigningKey,
    key_id: DidUrl,
    document: Value,
    /// Where its status list is.
    list: String,
    /// Which of the certificates that it signed it has revoked, in the order of their signing.
    revoked: Mutex<Vec<bool>>,
}

impl Assessor {
    /// Opens its books on a free port of this machine.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("the assessment body finds no free port")?;
        let port = listener.local_addr()?.port();
        let did: DidWeb = format!("did:web:127.0.0.1%3A{port}").parse()?;
        let key = SigningKey::generate(Algorithm::Es256)?;
        let mut document = Document::new(did.clone());
        document.publish(FRAGMENT, key.public().clone(), Standing::Current, None)?;
        let books = Arc::new(Books {
            key,
            key_id: format!("{did}#{FRAGMENT}").parse()?,
            document: document.to_json(),
            list: format!("https://127.0.0.1:{port}/status/1"),
            revoked: Mutex::default(),
        });
        let routes = axum::Router::new()
            .route("/.well-known/did.json", get(async |State(books): State<Arc<Books>>| books.document.to_string()))
            .route("/status/1", get(async |State(books): State<Arc<Books>>| books.status()))
            .with_state(Arc::clone(&books));
        let serving = tokio::spawn(async move {
            // It is dropped with the assessor; until then it has nothing to fail with.
            _ = axum::serve(listener, routes).await;
        });
        Ok(Self { did: did.to_string(), host: format!("127.0.0.1:{port}"), books, serving })
    }

    /// Signs a certificate for whoever has this DID.
    pub(crate) fn certify(&self, holder: &str, scheme: &str) -> anyhow::Result<Certified> {
        let certificate = CertificateClaim {
            scheme: scheme.to_owned(),
            version: None,
            level: None,
            clauses: Vec::new(),
            kinds: Vec::new(),
            sites: Vec::new(),
            body: "Assessment body of the demo (simulated)".to_owned(),
            jurisdiction: None,
            document: None,
            valid_until: None,
        };
        self.sign(Statement::Certificate(certificate).credential(holder))
    }

    /// Signs for the VAT number of whoever has this DID, as a notary does.
    pub(crate) fn notarise(&self, holder: &str, country: &str, number: &str) -> anyhow::Result<Certified> {
        self.sign(json!({
            "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/gaia-x/development#"],
            "type": ["VerifiableCredential", "gx:VatID"],
            "credentialSubject": {
                "id": format!("{holder}#vat-id"), "type": "gx:VatID", "gx:vatID": number, "gx:countryCode": country,
            },
        }))
    }

    fn sign(&self, mut document: Value) -> anyhow::Result<Certified> {
        let number = {
            let mut revoked = self.books.revoked.lock().unwrap_or_else(PoisonError::into_inner);
            revoked.push(false);
            revoked.len() - 1
        };
        let now = Clock::System.now();
        let list = self.books.list.clone();
        let status = StatusEntry { purpose: StatusPurpose::Revocation, list, index: number };
        document["id"] = json!(format!("{}#{number}", self.books.list.replace("/status/1", "/credentials")));
        document["issuer"] = json!(self.did);
        document["validFrom"] = json!(now);
        document["validUntil"] = json!(now.plus(YEAR));
        document["credentialStatus"] = status.to_json();
        Ok(Certified { number, credential: self.books.pen().credential(&document)? })
    }

    /// Revokes what it signed under this number.
    pub(crate) fn revoke(&self, number: usize) {
        let mut revoked = self.books.revoked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = revoked.get_mut(number) {
            *place = true;
        }
    }
}

impl Drop for Assessor {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Books {
    const fn pen(&self) -> Signer<'_> {
        Signer { key: &self.key, key_id: &self.key_id }
    }

    /// Its status list as it is now, signed.
    fn status(&self) -> Result<String, StatusCode> {
        let revoked = self.revoked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut bits = Bitstring::new(BITS);
        for (index, revoked) in revoked.into_iter().enumerate() {
            bits.set(index, revoked).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        }
        let list = StatusList { purposes: vec![StatusPurpose::Revocation], ttl: Some(Duration::from_secs(1)), bits };
        let issuer = self.key_id.did().as_str();
        let until: Timestamp = Clock::System.now().plus(YEAR);
        let credential = list.to_credential(&self.list, issuer, Clock::System.now(), Some(until));
        self.pen().credential(&credential).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    }
}
