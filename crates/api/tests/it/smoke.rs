//! The first steps of everybody.

use hansa_model::participant::Role;
use hansa_testkit::{Engine, World};
use reqwest::StatusCode;
use serde_json::json;

async fn everybody_gets_in(engine: Engine) {
    let world = World::start(engine).await;
    let provider = world.participant("utrecht", &[Role::Provider]).await;
    let site = json!({"name": "utrecht-1", "country": "NL", "city": "Utrecht",
        "coordinates": {"latitude": 52.09, "longitude": 5.12}});
    let site = provider.post("/v1/sites", &site).await.is(StatusCode::CREATED);
    let place = site.header("location").unwrap().to_owned();
    assert_eq!(provider.get(&place).await.is(StatusCode::OK).json(), site.json());
    let offer = json!({"site": "utrecht-1", "sku": "small", "kind": "compute.instance",
        "properties": {"cpu": 1, "memory": "1 GiB"},
        "price": {"currency": "EUR", "components": [
            {"name": "base", "type": "fixed", "amount": "4.00 EUR", "per": "month"}]}});
    let published = provider.post("/v1/offers", &offer).await.is(StatusCode::CREATED);
    assert_eq!(provider.post("/v1/offers", &offer).await.is(StatusCode::OK).json()["version"], 1);
    let listed = world.stranger().get("/v1/offers?facets=true&sort=-price").await.is(StatusCode::OK).json();
    assert_eq!(listed["items"][0]["id"], published.json()["id"]);
    assert_eq!(listed["facets"]["provider"]["utrecht"], 1);
    world.settle().await;
    let verified = world.operator.get("/v1/audit/verify").await.is(StatusCode::OK).json();
    assert!(verified["rows"].as_u64().unwrap() >= 5, "{verified}");
    assert!(verified["brokenAt"].is_null());
    let events = provider.get("/v1/events").await.is(StatusCode::OK).json();
    assert_eq!(events["items"].as_array().unwrap().len(), 3, "{events}");
    let metrics = world.stranger().get("/metrics").await.is(StatusCode::OK).body;
    assert!(metrics.contains("hansa_offers{state=\"listed\"} 1"), "{metrics}");
}

#[tokio::test]
async fn everybody_gets_in_on_sqlite() {
    everybody_gets_in(Engine::Sqlite).await;
}

#[tokio::test]
async fn everybody_gets_in_on_postgresql() {
    everybody_gets_in(Engine::Postgres).await;
}
