//! Documents come in time and size, over TLS, and not more often than needed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use hansa_resolver::{CacheOptions, Options};
use hansa_trust::fetch::{Fetch as _, FetchError};

use crate::server::{Say, Server, resolver};

#[tokio::test]
async fn a_document_comes_over_tls() {
    let server = Server::tls(&["issuer.example"], |path| Say::ok(path)).await;
    let resolver = server.resolver(&["issuer.example", "127.0.0.1"]);
    for host in ["issuer.example", "127.0.0.1"] {
        let fetched = resolver.fetch(&server.url(host, "/a/did.json?x=1#here"), 100).await.expect("a document");
        assert_eq!(fetched.body, b"/a/did.json?x=1");
        assert_eq!(fetched.media_type.as_deref(), Some("application/did+json"));
    }
}

#[tokio::test]
async fn servers_that_nobody_vouches_for_are_not_listened_to() {
    let server = Server::tls(&["issuer.example"], |_| Say::ok("x")).await;
    let other = Server::tls(&["issuer.example"], |_| Say::ok("x")).await;
    let with_roots_of_other = Options { roots: other.options(&[]).roots, ..server.options(&["issuer.example"]) };
    let outcome = resolver(with_roots_of_other).fetch(&server.url("issuer.example", "/"), 100).await;
    assert!(matches!(outcome, Err(FetchError::Unreachable { .. })), "{outcome:?}");
    let wrong_name = server.resolver(&["other.example"]).fetch(&server.url("other.example", "/"), 100).await;
    assert!(matches!(wrong_name, Err(FetchError::Unreachable { .. })), "{wrong_name:?}");
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn other_answers_than_200_are_failures() {
    let server = Server::tls(&["a.example"], |path| Say::status(path[1..].parse().expect("a status"))).await;
    let resolver = server.resolver(&["a.example"]);
    for status in [201, 204, 206, 400, 403, 404, 410, 500, 503] {
        let url = server.url("a.example", &format!("/{status}"));
        assert_eq!(resolver.fetch(&url, 100).await, Err(FetchError::Status { url, status }));
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let server = Server::tls(&["a.example"], |path| match path {
        "/announced" => Say::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n".to_vec()),
        "/endless" => Say::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
        "/chunks" => Say::Stall(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n".iter().copied().chain([b'x'; 257]).collect(),
        ),
        _ => Say::ok([b'x'; 100]),
    })
    .await;
    let resolver = server.resolver(&["a.example"]);
    for path in ["/announced", "/endless", "/chunks", "/just"] {
        let url = server.url("a.example", path);
        assert_eq!(resolver.fetch(&url, 99).await, Err(FetchError::TooLarge { url, limit: 99 }));
    }
    let fetched = resolver.fetch(&server.url("a.example", "/fits"), 100).await.expect("a document");
    assert_eq!(fetched.body.len(), 100);
}

#[tokio::test]
async fn what_takes_too_long_is_given_up() {
    let server = Server::tls(&["a.example"], |path| match path {
        "/headers" => Say::Stall(b"HTTP/1.1 200 OK\r\n".to_vec()),
        "/body" => Say::Stall(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx".to_vec()),
        _ => Say::Stall(Vec::new()),
    })
    .await;
    let options = Options { answer_within: Duration::from_millis(300), ..server.options(&["a.example"]) };
    let resolver = resolver(options);
    let urls = ["/", "/headers", "/body"].map(|path| server.url("a.example", path));
    let outcomes = join_all(urls.iter().map(|url| resolver.fetch(url, 100))).await;
    assert_eq!(outcomes, urls.map(|url| Err(FetchError::TimedOut(url))));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be() {
    let server = Server::tls(&["a.example"], |_| Say::ok("x")).await;
    let (url, resolver) = (server.url("a.example", "/"), server.resolver(&["a.example"]));
    let address = server.address;
    drop(server);
    // The port is free again once nothing can bind it anew.
    while tokio::net::TcpListener::bind(address).await.is_err() {
        tokio::task::yield_now().await;
    }
    let outcome = resolver.fetch(&url, 100).await;
    assert!(matches!(outcome, Err(FetchError::Unreachable { .. })), "{outcome:?}");
}

#[tokio::test]
async fn equal_requests_at_the_same_time_are_one() {
    let server = Server::tls(&["a.example"], |_| Say::ok("x")).await;
    let resolver = server.resolver(&["a.example"]);
    let url = server.url("a.example", "/");
    let outcomes = join_all((0..50).map(|_| resolver.fetch(&url, 100))).await;
    assert!(outcomes.iter().all(Result::is_ok));
    resolver.clone().fetch(&url, 100).await.expect("a document");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn failures_are_kept_too_but_nothing_for_ever() {
    let asked = AtomicUsize::new(0);
    let server = Server::tls(&["a.example"], move |path| match (path, asked.fetch_add(1, Ordering::SeqCst)) {
        ("/flaky", 0) => Say::status(500),
        _ => Say::ok("x"),
    })
    .await;
    let keeping = server.resolver(&["a.example"]);
    let flaky = server.url("a.example", "/flaky");
    for _ in 0..3 {
        assert!(keeping.fetch(&flaky, 100).await.is_err());
    }
    assert_eq!(server.requests(), 1);
    let nothing_kept =
        CacheOptions { documents_for: Duration::ZERO, failures_for: Duration::ZERO, ..CacheOptions::default() };
    let forgetting = resolver(Options { cache: nothing_kept, ..server.options(&["a.example"]) });
    for _ in 0..3 {
        assert!(forgetting.fetch(&flaky, 100).await.is_ok());
    }
    assert_eq!(server.requests(), 4);
}

#[tokio::test]
async fn chosen_hosts_are_asked_without_tls() {
    let server = Server::plain(|path| Say::ok(path)).await;
    let address = server.address.to_string();
    let options = Options { plain_http: [address.clone()].into(), ..server.options(&["127.0.0.1"]) };
    let resolver = resolver(options);
    for url in [format!("https://{address}/x"), format!("http://{address}/x")] {
        assert_eq!(resolver.fetch(&url, 100).await.expect("a document").body, b"/x");
    }
    assert_eq!(server.requests(), 1, "they are one address");
    let other = format!("http://localhost:{}/x", server.address.port());
    assert!(matches!(resolver.fetch(&other, 100).await, Err(FetchError::Refused { .. })));
}
