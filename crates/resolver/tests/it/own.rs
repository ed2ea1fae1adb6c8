//! Own documents are answered without a network.

use std::sync::Arc;

use hansa_resolver::{Options, Own, Resolver, SetupError};
use hansa_trust::fetch::{Fetch as _, FetchError, Fetched};

fn resolver(address: &str) -> Result<Resolver, SetupError> {
    let own: Own = Arc::new(|path| {
        Box::pin(async move {
            let body = format!("own {path}").into_bytes();
            (!path.contains("missing")).then_some(Fetched { body, media_type: None })
        })
    });
    Resolver::new(Options::default()).and_then(|resolver| resolver.answering_for(address, own))
}

#[tokio::test]
async fn everything_under_the_own_address_is_answered_by_itself() {
    for (address, url) in [
        ("https://exchange.example", "https://exchange.example/.well-known/did.json"),
        ("https://exchange.example/", "https://Exchange.example:443/.well-known/did.json"),
        // Even where the exchange itself runs without encryption on this machine.
        ("http://127.0.0.1:8080", "https://127.0.0.1:8080/.well-known/did.json"),
    ] {
        let outcome = resolver(address).expect("a resolver").fetch(url, 100).await;
        assert_eq!(outcome.expect("an own document").body, b"own /.well-known/did.json");
    }
}

#[tokio::test]
async fn limits_and_gaps_hold_for_own_documents() {
    let resolver = resolver("https://exchange.example").expect("a resolver");
    let missing = "https://exchange.example/missing".to_owned();
    assert_eq!(resolver.fetch(&missing, 100).await, Err(FetchError::Status { url: missing, status: 404 }));
    let url = "https://exchange.example/a?b".to_owned();
    assert_eq!(resolver.fetch(&url, 7).await, Err(FetchError::TooLarge { url: url.clone(), limit: 7 }));
    assert_eq!(resolver.fetch(&url, 8).await.expect("a document").body, b"own /a?b");
}

#[tokio::test]
async fn other_hosts_and_ports_are_not_own() {
    let resolver = resolver("http://127.0.0.1:8080").expect("a resolver");
    for url in ["https://127.0.0.1:8081/", "https://127.0.0.1/", "https://127.0.0.2:8080/"] {
        let outcome = resolver.fetch(url, 100).await;
        assert!(matches!(outcome, Err(FetchError::Refused { .. })), "{url}: {outcome:?}");
    }
}

#[test]
fn an_own_address_must_be_one() {
    for address in ["", "exchange", "mailto:a@b", "/x"] {
        assert!(matches!(resolver(address), Err(SetupError::OwnAddress(_))), "{address}");
    }
}
