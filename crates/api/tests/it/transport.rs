//! Slow, large, broken and too many requests.

use std::time::Duration;

use hansa_api::{ApiOptions, Rate};
use hansa_testkit::{Engine, World, WorldOptions};
use reqwest::{Method, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn impatient() -> World {
    let mut options = WorldOptions::on(Engine::Sqlite);
    options.api = ApiOptions {
        head_timeout: Duration::from_millis(300),
        body_timeout: Duration::from_millis(300),
        ..options.api
    };
    World::with(options).await
}

/// Writes and then reads until the other side closes.
async fn speak(world: &World, text: &[u8]) -> String {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream.write_all(text).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection stays open after {}", String::from_utf8_lossy(&answer));
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn slow_clients_are_let_go() {
    let world = impatient().await;
    let head = speak(&world, b"GET /healthz HTTP/1.1\r\nhost: x\r\n").await;
    assert!(!head.contains("200 OK"), "{head}");
    let request = format!(
        "POST /v1/tokens HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{\"name\":",
        world.operator.secret
    );
    let body = speak(&world, request.as_bytes()).await;
    assert!(body.starts_with("HTTP/1.1 408") && body.contains("slow-request"), "{body}");
    let idle = speak(&world, b"").await;
    assert_eq!(idle, "");
    let _ = world.stranger().get("/healthz").await.is(StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let world = impatient().await;
    let long = format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(500));
    let cases: [&[u8]; 8] = [
        b"\x16\x03\x01\x00\x00",
        b"GET\r\n\r\n",
        b"GET /healthz HTTP/9.9\r\n\r\n",
        b"POST /v1/tokens HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/tokens HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"GET /healthz HTTP/1.1\r\nb\xc3\xa4d: x\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ];
    for case in cases {
        let mut stream = TcpStream::connect(world.address).await.unwrap();
        // The other side may close before everything is written.
        let _ = stream.write_all(case).await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        let shown = String::from_utf8_lossy(&case[..case.len().min(60)]).into_owned();
        assert!(read.is_ok(), "{shown}");
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.starts_with("HTTP/1.1 5") && !answer.starts_with("HTTP/1.1 2"), "{shown}: {answer}");
    }
    let _ = world.stranger().get("/healthz").await.is(StatusCode::OK);
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let world = World::start(Engine::Sqlite).await;
    let send = async |path: &str, size: usize| {
        let request = world.operator.request(Method::POST, path).header("content-type", "application/json");
        world.operator.send(request.body("x".repeat(size))).await
    };
    let large = send("/v1/tokens", (1 << 20) + 1).await;
    assert_eq!((large.status, large.code().as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
    assert_eq!(send("/v1/tokens", 1 << 20).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(send("/v1/offers/import?format=csv", (1 << 20) + 1).await.status, StatusCode::OK);
    assert_eq!(send("/v1/offers/import?format=csv", (8 << 20) + 1).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn too_many_requests_have_to_wait() {
    let mut options = WorldOptions::on(Engine::Sqlite);
    options.api.token_rate = Rate::new(1, 5);
    options.api.address_rate = Rate::new(1, 5);
    let world = World::with(options).await;
    let mut refused = 0;
    for _ in 0..20 {
        let answer = world.operator.get("/v1/whoami").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert_eq!((answer.code().as_str(), answer.header("retry-after").is_some()), ("rate-limit", true));
            refused += 1;
        }
    }
    assert!(refused > 0);
    let mut statuses = Vec::new();
    for guess in 0..20 {
        statuses.push(world.bearer(&format!("hansa_guess{guess}")).get("/v1/whoami").await.status);
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
    let _ = world.stranger().get("/healthz").await.is(StatusCode::OK);
}

#[tokio::test]
async fn odd_headers_change_nothing() {
    let world = World::start(Engine::Sqlite).await;
    let names = [
        "x-forwarded-for",
        "forwarded",
        "x-real-ip",
        "host",
        "accept",
        "accept-encoding",
        "accept-language",
        "if-none-match",
        "if-match",
        "last-event-id",
        "content-type",
        "range",
        "cookie",
        "origin",
        "referer",
        "x-http-method-override",
        "user-agent",
        "traceparent",
    ];
    let values: [&[u8]; 9] =
        [b"", b"localhost", b"a,b,c", b"::1", b"\xff\xfe", b"' or 1=1", b"*", b"\"\"", &[b'x'; 4096]];
    for name in names {
        for value in values {
            for path in ["/v1/offers", "/v1/whoami", "/v1/events"] {
                let request = world.operator.request(Method::GET, path).timeout(Duration::from_secs(30));
                let answer = world.operator.send(request.header(name, value)).await;
                assert!(answer.status.as_u16() < 500, "{name}: {}", answer.body);
            }
        }
    }
    world.settle().await;
    let log = world.operator.get("/v1/audit?limit=500").await.is(StatusCode::OK).body;
    assert!(!log.contains("localhost") && !log.contains("1=1"));
}

#[tokio::test]
async fn metrics_may_ask_for_a_token_of_their_own() {
    let mut options = WorldOptions::on(Engine::Sqlite);
    options.api.metrics_token = Some("watch".to_owned());
    let world = World::with(options).await;
    let _ = world.stranger().get("/metrics").await.is(StatusCode::UNAUTHORIZED);
    let _ = world.bearer("wrong").get("/metrics").await.is(StatusCode::UNAUTHORIZED);
    let text = world.bearer("watch").get("/metrics").await.is(StatusCode::OK).body;
    assert!(
        text.contains("hansa_http_requests_total{route=\"/v1/invitations/accept\",method=\"POST\",status=\"201\"} 1")
    );
}

#[tokio::test]
async fn answers_are_pressed_for_those_who_can_read_them() {
    let world = World::start(Engine::Sqlite).await;
    let request = world.stranger().request(Method::GET, "/openapi.json").header("accept-encoding", "gzip");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-encoding"], "gzip");
}
