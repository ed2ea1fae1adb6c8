//! No request goes where it may not.

use std::net::IpAddr;

use hansa_resolver::{Options, Resolver};
use hansa_trust::fetch::{Fetch as _, FetchError};

use crate::server::{Say, Server, answering, resolver};

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn is_refused(outcome: &Result<hansa_trust::fetch::Fetched, FetchError>) -> bool {
    matches!(outcome, Err(FetchError::Refused { .. }))
}

#[tokio::test]
async fn this_machine_is_not_asked_however_it_is_written() {
    let server = Server::tls(&["localhost"], |_| Say::ok("secret")).await;
    let resolver = server.resolver(&[]);
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "0",
        "[::]",
        "１２７.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "224.0.0.1",
        "255.255.255.255",
        "localhost",
        "LOCALHOST",
        "issuer.example",
    ] {
        let outcome = resolver.fetch(&format!("https://{host}:{port}/"), 100).await;
        assert!(is_refused(&outcome), "{host}: {outcome:?}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn the_machines_own_names_are_checked_too() {
    let server = Server::tls(&["localhost"], |_| Say::ok("secret")).await;
    let resolver = Resolver::new(server.options(&[])).expect("a resolver");
    let outcome = resolver.fetch(&server.url("localhost", "/"), 100).await;
    assert!(is_refused(&outcome), "{outcome:?}");
    assert_eq!(server.connections(), 0);
    let resolver = Resolver::new(server.options(&["localhost"])).expect("a resolver");
    assert!(resolver.fetch(&server.url("localhost", "/"), 100).await.is_ok());
}

#[tokio::test]
async fn one_forbidden_address_forbids_the_name() {
    let server = Server::tls(&["a.example"], |_| Say::ok("secret")).await;
    for other in ["93.184.216.34", "2606:2800:220:1::1"] {
        for addresses in [[address(other), address("127.0.0.1")], [address("127.0.0.1"), address(other)]] {
            let resolver =
                Resolver::with_lookup(server.options(&[]), answering(vec![addresses.to_vec()])).expect("a resolver");
            let outcome = resolver.fetch(&server.url("a.example", "/"), 100).await;
            assert!(is_refused(&outcome), "{outcome:?}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn what_was_checked_is_what_is_connected_to() {
    // The name is looked up once; that a second answer would differ changes nothing.
    let server = Server::tls(&["a.example"], |_| Say::ok("x")).await;
    let answers = vec![vec![address("127.0.0.1")], vec![address("127.0.0.2")]];
    let resolver = Resolver::with_lookup(server.options(&["a.example"]), answering(answers)).expect("a resolver");
    assert!(resolver.fetch(&server.url("a.example", "/"), 100).await.is_ok());
    // A name that turns to a private address between two requests gets no second connection.
    let turning = vec![vec![address("127.0.0.1")]];
    let resolver = Resolver::with_lookup(server.options(&[]), answering(turning)).expect("a resolver");
    assert!(is_refused(&resolver.fetch(&server.url("a.example", "/"), 100).await));
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn private_networks_are_open_where_the_operator_says_so_but_not_to_everything() {
    let server = Server::tls(&["a.example"], |_| Say::ok("x")).await;
    let resolver = resolver(Options { allow_private: true, ..server.options(&[]) });
    assert!(resolver.fetch(&server.url("a.example", "/"), 100).await.is_ok());
    for host in ["0.0.0.0", "224.0.0.1", "255.255.255.255", "[::]", "[ff02::1]"] {
        assert!(is_refused(&resolver.fetch(&server.url(host, "/"), 100).await), "{host}");
    }
}

#[tokio::test]
async fn only_https_is_asked() {
    let server = Server::plain(|_| Say::ok("x")).await;
    let resolver = resolver(Options { allow_private: true, ..server.options(&[]) });
    let port = server.address.port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("HTTP://127.0.0.1:{port}/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}/"),
        format!("https://user@127.0.0.1:{port}/"),
        format!("https://user:password@127.0.0.1:{port}/"),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,x".to_owned(),
        "javascript:1".to_owned(),
        "//127.0.0.1/".to_owned(),
        "/etc/passwd".to_owned(),
        "https://".to_owned(),
        "https:///x".to_owned(),
        String::new(),
        "did:web:127.0.0.1".to_owned(),
    ] {
        let outcome = resolver.fetch(&url, 100).await;
        assert!(outcome.is_err(), "{url}");
        if url != "https:///x" {
            assert!(is_refused(&outcome), "{url}: {outcome:?}");
        }
    }
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn redirects_are_followed_a_little() {
    let server = Server::tls(&["a.example"], |path| match path[1..].parse::<u32>() {
        Ok(0) => Say::ok("arrived"),
        Ok(left) => Say::redirect(&format!("/{}", left - 1)),
        Err(_) => Say::redirect("/loop"),
    })
    .await;
    let resolver = server.resolver(&["a.example"]);
    for hops in [0, 1, 3] {
        let fetched = resolver.fetch(&server.url("a.example", &format!("/{hops}")), 100).await.expect("a document");
        assert_eq!(fetched.body, b"arrived");
    }
    for path in ["/4", "/loop"] {
        assert!(is_refused(&resolver.fetch(&server.url("a.example", path), 100).await), "{path}");
    }
}

#[tokio::test]
async fn redirects_lead_nowhere_that_could_not_be_asked_at_once() {
    let inside = Server::tls(&["inside.example"], |_| Say::ok("secret")).await;
    let open = Server::plain(|_| Say::ok("secret")).await;
    let (inside_port, open_port) = (inside.address.port(), open.address.port());
    let server = Server::tls(&["a.example"], move |path| match path {
        "/name" => Say::redirect(&format!("https://inside.example:{inside_port}/")),
        "/address" => Say::redirect(&format!("https://127.0.0.1:{inside_port}/")),
        "/mapped" => Say::redirect(&format!("https://[::ffff:127.0.0.1]:{inside_port}/")),
        "/metadata" => Say::redirect("https://169.254.169.254/latest/meta-data/"),
        "/plain" => Say::redirect(&format!("http://a.example:{open_port}/")),
        "/chosen" => Say::redirect(&format!("http://127.0.0.1:{open_port}/")),
        "/file" => Say::redirect("file:///etc/passwd"),
        "/user" => Say::redirect(&format!("https://user@a.example:{inside_port}/")),
        "/no-host" => Say::redirect("https://"),
        _ => Say::Bytes(b"HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n".to_vec()),
    })
    .await;
    let mut options = server.options(&["a.example"]);
    options.roots.extend(inside.options(&[]).roots);
    options.plain_http = [open.address.to_string()].into();
    let resolver = resolver(options);
    for path in
        ["/name", "/address", "/mapped", "/metadata", "/plain", "/chosen", "/file", "/user", "/no-host", "/none"]
    {
        let outcome = resolver.fetch(&server.url("a.example", path), 100).await;
        assert!(is_refused(&outcome), "{path}: {outcome:?}");
    }
    assert_eq!(inside.connections() + open.connections(), 0);
    assert_eq!(server.requests(), 10);
}
