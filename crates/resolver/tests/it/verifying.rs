//! A credential is verified with what servers publish.

use hansa_model::time::Timestamp;
use hansa_trust::credential::{Settings, Signer, Verifier};
use hansa_trust::did::{DidUrl, DidWeb, Document, Standing};
use hansa_trust::jose::{Algorithm, SigningKey};
use hansa_trust::status::{Bitstring, StatusEntry, StatusList, StatusPurpose};
use serde_json::json;

use crate::server::{Say, Server};

#[tokio::test]
async fn keys_and_status_lists_come_from_their_issuer() {
    let at: Timestamp = "2026-11-22T12:00:00Z".parse().expect("an instant");
    let key = SigningKey::generate(Algorithm::Es256).expect("a key");
    let issuer = std::sync::Arc::new(std::sync::OnceLock::<(String, String)>::new());
    let published = issuer.clone();
    let server = Server::tls(&[], move |path| match (path, published.get()) {
        ("/issuers/one/did.json", Some((document, _))) => Say::ok(document),
        ("/status/1", Some((_, list))) => Say::ok(list),
        _ => Say::status(404),
    })
    .await;

    let did: DidWeb = format!("did:web:127.0.0.1%3A{}:issuers:one", server.address.port()).parse().expect("a DID");
    let key_id: DidUrl = format!("{did}#key-1").parse().expect("a key's name");
    let signer = Signer { key: &key, key_id: &key_id };
    let mut document = Document::new(did.clone());
    document.publish("key-1", key.public().clone(), Standing::Current, None).expect("a key");
    let list_url = server.url("127.0.0.1", "/status/1");
    let mut bits = Bitstring::new(0);
    bits.set(3, true).expect("a bit");
    let list = StatusList { purposes: vec![StatusPurpose::Revocation], ttl: None, bits };
    let list = signer.credential(&list.to_credential(&list_url, did.as_str(), at, None)).expect("a list");
    issuer.set((document.to_json().to_string(), list)).expect("the first time");

    let verifier = Verifier::new(server.resolver(&["127.0.0.1"]), Settings::default());
    for (index, expected) in [(2, None), (3, Some("revoked"))] {
        let status = StatusEntry { purpose: StatusPurpose::Revocation, index, list: list_url.clone() };
        let credential = json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": ["VerifiableCredential", "hansa:Receipt"],
            "issuer": did.as_str(),
            "credentialSubject": {"id": did.as_str()},
            "credentialStatus": status.to_json(),
        });
        let compact = signer.credential(&credential).expect("a credential");
        let outcome = verifier.verify_credential(&compact, at).await;
        assert_eq!(outcome.as_ref().err().map(|refusal| refusal.code()), expected, "{outcome:?}");
    }
    assert_eq!(server.requests(), 2, "one document and one list");
}
