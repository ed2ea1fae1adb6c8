//! The stream of events.

use std::time::Duration;

use futures_util::StreamExt as _;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Engine, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

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
    assert!(!read.contains("data:"), "{read}");
}

/// What the messages of a stream say, up to the one with this text.
async fn told(response: reqwest::Response, text: &str) -> Vec<Value> {
    let read = until(response, text).await;
    read.lines().filter_map(|line| Some(serde_json::from_str(line.strip_prefix("data: ")?).unwrap())).collect()
}

#[tokio::test]
async fn every_stream_tells_what_its_pages_do() {
    let world = World::start(Engine::Sqlite).await;
    let sellers = [
        world.participant("one", &[Role::Provider]).await,
        world.participant("two", &[Role::Provider]).await,
        world.participant("three", &[Role::Provider, Role::Buyer]).await,
    ];
    let everybody = || sellers.iter().chain([&world.operator]);
    let mut streams = Vec::new();
    for actor in everybody() {
        for (last, kinds) in [(None, "site."), (Some("0"), "site."), (Some("3"), "site.created,token.")] {
            let mut request = actor.request(Method::GET, &format!("/v1/events?kind={kinds}"));
            request = request.header("accept", "text/event-stream");
            if let Some(last) = last {
                request = request.header("last-event-id", last);
            }
            streams.push((actor, last, kinds, request.send().await.unwrap()));
        }
    }
    let before = world.operator.get("/v1/events?limit=500").await.is(StatusCode::OK).json();
    let before = before["next"].as_str().unwrap().to_owned();
    for round in 0..7 {
        for (which, seller) in sellers.iter().enumerate() {
            let site = market::site(&format!("site-{which}-{round}"));
            let _ = seller.post("/v1/sites", &site).await.is(StatusCode::CREATED);
        }
        world.settle().await;
    }
    for seller in &sellers {
        let _ = seller.post("/v1/sites", &market::site("the-last")).await.is(StatusCode::CREATED);
    }
    world.settle().await;
    for (actor, last, kinds, stream) in streams {
        let begin = last.unwrap_or(&before);
        let page = actor.get(&format!("/v1/events?limit=500&kind={kinds}&cursor={begin}")).await.is(StatusCode::OK);
        let expected = page.json()["items"].as_array().unwrap().clone();
        assert!(expected.len() >= 8, "{expected:?}");
        let newest = expected.last().unwrap()["id"].as_str().unwrap();
        assert_eq!(told(stream, newest).await, expected, "{last:?} {kinds}");
    }
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
