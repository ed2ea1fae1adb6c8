//! Devices that are let in by a code.

use std::time::Duration;

use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Engine, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

hansa_testkit::on_both! { a_device_is_let_in_once }

async fn begin(world: &World) -> Value {
    let new = json!({"name": "anna's laptop", "scopes": ["read", "order"]});
    world.stranger().post("/v1/device/codes", &new).await.is(StatusCode::CREATED).json()
}

async fn poll(world: &World, device: &Value) -> Answer {
    // As its owner would, who waits.
    world.clock.advance(Duration::from_secs(5));
    world.stranger().post("/v1/device/tokens", &json!({"deviceCode": device["deviceCode"]})).await
}

async fn answer(actor: &Actor, device: &Value, act: &str) -> Answer {
    let path = format!("/v1/device/requests/{}/{act}", device["userCode"].as_str().unwrap());
    actor.post(&path, &json!({})).await
}

async fn a_device_is_let_in_once(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let device = begin(&world).await;
    let code = device["userCode"].as_str().unwrap();
    let page = device["verificationUriComplete"].as_str().unwrap();
    assert_eq!(page, format!("http://127.0.0.1:7443/device?code={code}"));
    let waiting = poll(&world, &device).await;
    assert_eq!((waiting.status, waiting.code().as_str()), (StatusCode::CONFLICT, "authorization-pending"));
    let typed = code.to_lowercase().replace('-', "%20");
    let seen = anna.get(&format!("/v1/device/requests/{typed}")).await.is(StatusCode::OK).json();
    assert_eq!((&seen["name"], &seen["scopes"]), (&json!("anna's laptop"), &json!(["read", "order"])));
    let _ = answer(&world.operator, &device, "approve").await.is(StatusCode::FORBIDDEN);
    let _ = answer(&world.stranger(), &device, "approve").await.is(StatusCode::UNAUTHORIZED);
    let approved = answer(&anna, &device, "approve").await.is(StatusCode::OK).json();
    assert_eq!(approved["state"], "approved");
    assert_eq!(answer(&anna, &device, "deny").await.code(), "answered");
    let issued = poll(&world, &device).await.is(StatusCode::CREATED).json();
    let laptop = world.bearer(issued["secret"].as_str().unwrap());
    let (by_device, in_browser) = (laptop.get("/v1/whoami").await, anna.get("/v1/whoami").await);
    assert_eq!(by_device.json()["member"], in_browser.json()["member"]);
    assert_eq!(by_device.json()["token"]["scopes"], json!(["read", "order"]));
    let used = poll(&world, &device).await;
    assert_eq!((used.status, used.code().as_str()), (StatusCode::CONFLICT, "expired-token"));
    world.settle().await;
    let audit = world.operator.get("/v1/audit?limit=500").await.is(StatusCode::OK).body;
    assert!(audit.contains("device.approve") && audit.contains("device.token"), "{audit}");
    assert!(!audit.contains(device["deviceCode"].as_str().unwrap()));
}

#[tokio::test]
async fn a_device_that_is_turned_away_or_late_stays_out() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let device = begin(&world).await;
    let _ = answer(&anna, &device, "deny").await.is(StatusCode::OK);
    assert_eq!(poll(&world, &device).await.code(), "access-denied");
    let late = begin(&world).await;
    world.clock.advance(Duration::from_secs(10 * 60));
    let _ = answer(&anna, &late, "approve").await.is(StatusCode::NOT_FOUND);
    assert_eq!(poll(&world, &late).await.code(), "expired-token");
    assert_eq!(poll(&world, &json!({"deviceCode": "hansa-device_guess"})).await.code(), "expired-token");
    world.settle().await;
}

#[tokio::test]
async fn a_device_that_asks_too_often_must_slow_down() {
    let world = World::start(Engine::Sqlite).await;
    let device = begin(&world).await;
    let ask = async || world.stranger().post("/v1/device/tokens", &json!({"deviceCode": device["deviceCode"]})).await;
    assert_eq!(poll(&world, &device).await.code(), "authorization-pending");
    assert_eq!(ask().await.code(), "slow-down");
    // Now five seconds are not enough any more.
    assert_eq!(poll(&world, &device).await.code(), "slow-down");
    world.clock.advance(Duration::from_secs(15));
    assert_eq!(ask().await.code(), "authorization-pending");
}

#[tokio::test]
async fn letting_a_device_in_wants_a_fresh_proof() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    world.clock.advance(Duration::from_secs(15 * 60));
    let device = begin(&world).await;
    assert_eq!(answer(&anna, &device, "approve").await.code(), "proof-needed");
    let _ = answer(&anna, &device, "deny").await.is(StatusCode::OK);
}
