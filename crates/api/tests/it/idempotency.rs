//! Requests that are repeated.

use std::time::Duration;

use hansa_model::participant::Role;
use hansa_store::args;
use hansa_testkit::{Actor, Answer, Engine, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

hansa_testkit::on_both! {
    a_hundred_at_once_have_one_effect
    another_body_under_the_same_key_is_refused
    answers_outlive_a_restart_and_the_secrets_in_them_are_sealed
    failures_are_not_kept
}

async fn keyed(actor: &Actor, key: &str, path: &str, body: &Value) -> Answer {
    actor.send(actor.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}

async fn a_hundred_at_once_have_one_effect(engine: Engine) {
    let world = World::start(engine).await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let body = json!({"name": "once"});
    let requests = (0..100).map(|_| {
        let (buyer, body) = (buyer.clone(), body.clone());
        tokio::spawn(async move { keyed(&buyer, "same", "/v1/projects", &body).await })
    });
    let mut answers = Vec::new();
    for request in requests.collect::<Vec<_>>() {
        answers.push(request.await.unwrap());
    }
    let first = &answers[0];
    assert!(answers.iter().all(|answer| answer.status == StatusCode::CREATED && answer.body == first.body));
    assert!(answers.iter().all(|answer| answer.header("location") == first.header("location")));
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == Some("true")).count();
    assert_eq!(replayed, 99);
    let projects = buyer.get("/v1/projects").await.is(StatusCode::OK).json();
    assert_eq!(projects["items"].as_array().unwrap().len(), 2, "{projects}");
}

async fn another_body_under_the_same_key_is_refused(engine: Engine) {
    let world = World::start(engine).await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let _ = keyed(&buyer, "k", "/v1/projects", &json!({"name": "one"})).await.is(StatusCode::CREATED);
    let other = keyed(&buyer, "k", "/v1/projects", &json!({"name": "two"})).await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-mismatch"));
    let elsewhere = keyed(&buyer, "k", "/v1/tokens", &json!({"name": "one", "scopes": ["read"]})).await;
    assert_eq!(elsewhere.code(), "idempotency-mismatch");
    let somebody_else = world.participant("other", &[Role::Buyer]).await;
    let _ = keyed(&somebody_else, "k", "/v1/projects", &json!({"name": "two"})).await.is(StatusCode::CREATED);
}

async fn answers_outlive_a_restart_and_the_secrets_in_them_are_sealed(engine: Engine) {
    let mut world = World::start(engine).await;
    let body = json!({"name": "ci", "scopes": ["read"]});
    let first = keyed(&world.operator, "k", "/v1/tokens", &body).await.is(StatusCode::CREATED);
    let secret = first.json()["secret"].as_str().unwrap().to_owned();
    let mut tx = world.exchange.read().await.unwrap();
    let kept = tx.all("select answer, key_hash, request_hash from idempotency", args![]).await.unwrap();
    assert_eq!(kept.len(), 1);
    for column in ["answer", "key_hash", "request_hash"] {
        assert!(!kept[0].text(column).unwrap().contains(&secret[12..]));
    }
    drop(tx);
    world.restart().await;
    let again = keyed(&world.operator, "k", "/v1/tokens", &body).await;
    assert_eq!((again.status, &again.body), (StatusCode::CREATED, &first.body));
    let settings = world.exchange.settings();
    world.clock.advance(settings.idempotency_lifetime + Duration::from_secs(1));
    let forgotten = keyed(&world.operator, "k", "/v1/tokens", &body).await.is(StatusCode::CREATED);
    assert_ne!(forgotten.body, first.body);
}

async fn failures_are_not_kept(engine: Engine) {
    let world = World::start(engine).await;
    let provider = world.participant("provider", &[Role::Provider]).await;
    let offer = crate::market::offer("later", "vm");
    let _ = keyed(&provider, "k", "/v1/offers", &offer).await.is(StatusCode::BAD_REQUEST);
    let _ = provider.post("/v1/sites", &crate::market::site("later")).await.is(StatusCode::CREATED);
    let _ = keyed(&provider, "k", "/v1/offers", &offer).await.is(StatusCode::CREATED);
    let again = keyed(&provider, "k", "/v1/offers", &offer).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, Some("true")));
}

#[tokio::test]
async fn an_invitation_is_accepted_once_however_often_it_is_sent() {
    let world = World::start(Engine::Sqlite).await;
    let admitted = json!({"name": "buyer", "legalName": "Buyer", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &admitted).await.is(StatusCode::CREATED).json();
    let body = json!({"code": admitted["invitation"]["code"], "name": "anna"});
    let stranger = world.stranger();
    let first = keyed(&stranger, "1", "/v1/invitations/accept", &body).await.is(StatusCode::CREATED);
    let again = keyed(&stranger, "1", "/v1/invitations/accept", &body).await.is(StatusCode::CREATED);
    assert_eq!(first.body, again.body);
    // Strangers share no keys: another's code under the same key is another request.
    let other = json!({"code": "hansa-invite_x", "name": "anna"});
    assert_eq!(keyed(&stranger, "1", "/v1/invitations/accept", &other).await.status, StatusCode::UNAUTHORIZED);
    let bare = stranger.post("/v1/invitations/accept", &body).await;
    assert_eq!(bare.status, StatusCode::UNAUTHORIZED);
    let member = world.bearer(first.json()["secret"].as_str().unwrap());
    let members = member.get("/v1/members").await.is(StatusCode::OK).json();
    assert_eq!(members["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn keys_are_checked() {
    let world = World::start(Engine::Sqlite).await;
    let body = json!({"name": "x", "scopes": ["read"]});
    for key in [String::new(), " ".to_owned(), "a".repeat(256), "ü".to_owned()] {
        let request = world.operator.request(Method::POST, "/v1/tokens").json(&body);
        let request = request.header("idempotency-key", key.as_bytes());
        let answer = world.operator.send(request).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::BAD_REQUEST, "invalid-input"), "{key}");
    }
}
