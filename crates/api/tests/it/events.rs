//! The stream of events.

use std::time::Duration;

use futures_util::StreamExt as _;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Engine, World};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::market;

hansa_testkit::on_both! { a_stream_goes_on_where_it_was_left }

/// Reads a stream until it holds the text or ends; answers everything read.
async fn until(response: reqwest::Response, text: &str) -> String {
    let mut stream = response.bytes_stream();
    let mut read = String::new();
    while !read.contains(text) {
        match tokio::time::timeout(Duration::from_secs(20), stream.next()).await {
            Ok(Some(Ok(bytes))) => read.push_str(&String::from_utf8_lossy(&bytes)),
            Ok(_) => break,
            Err(_) => panic!("nothing came any more after {read}"),
        }
    }
    read
}

async fn open(actor: &Actor, last: Option<&str>) -> reqwest::Response {
    let request = actor.request(Method::GET, "/v1/events").header("accept", "text/event-stream");
    let request = match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    };
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response
}

async fn a_stream_goes_on_where_it_was_left(engine: Engine) {
    let world = World::start(engine).await;
    let provider = world.participant("seller", &[Role::Provider]).await;
    let other = world.participant("other", &[Role::Provider]).await;
    let stream = open(&provider, Some("0")).await;
    let _ = other.post("/v1/sites", &market::site("elsewhere")).await.is(StatusCode::CREATED);
    let _ = provider.post("/v1/sites", &market::site("first")).await.is(StatusCode::CREATED);
    world.settle().await;
    let read = until(stream, "\"first\"").await;
    assert!(!read.contains("elsewhere"), "{read}");
    let last = read.lines().rev().find_map(|line| line.strip_prefix("id: ")).unwrap();
    let _ = provider.post("/v1/sites", &market::site("second")).await.is(StatusCode::CREATED);
    world.settle().await;
    let read = until(open(&provider, Some(last)).await, "\"second\"").await;
    assert!(!read.contains("\"first\""), "{read}");
    let page = provider.get("/v1/events?limit=1&kind=site.").await.is(StatusCode::OK).json();
    assert_eq!((page["items"][0]["data"]["name"].as_str(), page["next"].is_string()), (Some("first"), true));
    let next = format!("/v1/events?kind=site.created&cursor={}", page["next"].as_str().unwrap());
    let page = provider.get(&next).await.is(StatusCode::OK).json();
    assert_eq!(page["items"][0]["data"]["name"], "second");
    let all = world.operator.get("/v1/events?kind=site.created").await.is(StatusCode::OK).json();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_revoked_token_ends_its_streams() {
    let world = World::start(Engine::Sqlite).await;
    let issued = world.operator.post("/v1/tokens", &json!({"name": "x", "scopes": ["read"]})).await;
    let issued = issued.is(StatusCode::CREATED).json();
    let stream = open(&world.bearer(issued["secret"].as_str().unwrap()), None).await;
    let path = format!("/v1/tokens/{}", issued["token"]["id"].as_str().unwrap());
    let _ = world.operator.delete(&path).await.is(StatusCode::NO_CONTENT);
    let read = until(stream, "this never comes").await;
    assert!(!read.contains("id:"), "{read}");
}

#[tokio::test]
async fn a_browser_hears_too_until_it_signs_out() {
    let world = World::start(Engine::Sqlite).await;
    let seller = world.person("seller", &[Role::Provider]).await;
    let stream = open(&seller, Some("0")).await;
    let _ = seller.post("/v1/sites", &market::site("first")).await.is(StatusCode::CREATED);
    world.settle().await;
    assert!(until(stream, "\"first\"").await.contains("site.created"));
    let stream = open(&seller, None).await;
    let _ = seller.delete("/v1/session").await.is(StatusCode::NO_CONTENT);
    let read = until(stream, "this never comes").await;
    assert!(!read.contains("site."), "{read}");
}

#[tokio::test]
async fn what_is_no_place_in_the_stream_is_refused() {
    let world = World::start(Engine::Sqlite).await;
    for cursor in ["x", "-1", "1.5", "99999999999999999999", "%20"] {
        let answer = world.operator.get(&format!("/v1/events?cursor={cursor}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{cursor}");
    }
}
