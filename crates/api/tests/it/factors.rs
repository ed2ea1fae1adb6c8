//! Where the exchange demands a second factor.

use hansa_exchange::settings::{SecondFactor, Settings};
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Engine, PASSWORD, World, WorldOptions};
use reqwest::{Method, StatusCode};
use serde_json::json;

async fn world(engine: Engine, second_factor: SecondFactor) -> World {
    let settings = Settings { second_factor, ..Settings::default() };
    World::with(WorldOptions { settings, ..WorldOptions::on(engine) }).await
}

hansa_testkit::on_both! { a_password_alone_opens_the_own_account_only }

async fn a_password_alone_opens_the_own_account_only(engine: Engine) {
    let world = world(engine, SecondFactor::Everybody).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let session = anna.get("/v1/session").await.is(StatusCode::OK).json();
    assert_eq!(session["secondFactorNeeded"], true);
    for path in ["/v1/whoami", "/v1/orders", "/v1/events"] {
        let refused = anna.get(path).await;
        assert_eq!((refused.status, refused.code().as_str()), (StatusCode::FORBIDDEN, "second-factor-needed"));
        assert!(refused.json()["hint"].is_string(), "{}", refused.body);
    }
    // A token that she is not let have must not come by way of a device either.
    let device = world.stranger().post("/v1/device/codes", &json!({"name": "laptop"})).await.json();
    let path = format!("/v1/device/requests/{}", device["userCode"].as_str().unwrap());
    let _ = anna.get(&path).await.is(StatusCode::OK);
    assert_eq!(anna.post(&format!("{path}/approve"), &json!({})).await.code(), "second-factor-needed");
    assert_eq!(anna.post("/v1/tokens", &json!({"name": "x", "scopes": ["read"]})).await.code(), "second-factor-needed");
    // What everybody may see she sees as everybody does.
    let _ = anna.get("/v1/offers").await.is(StatusCode::OK);
    let offered = anna.post("/v1/account/one-time-codes", &json!({})).await.is(StatusCode::CREATED).json();
    let secret = offered["secret"].as_str().unwrap();
    let code = json!({"code": crate::sign_in::app(&world, secret)});
    let _ = anna.post("/v1/account/one-time-codes/activate", &code).await.is(StatusCode::OK);
    assert_eq!(anna.get("/v1/session").await.json()["secondFactorNeeded"], false);
    let _ = anna.get("/v1/whoami").await.is(StatusCode::OK);
    // Without the codes she is where she was, as soon as she shows her password alone.
    let _ = anna.delete("/v1/account/one-time-codes").await.is(StatusCode::NO_CONTENT);
    let _ = anna.post("/v1/session/proof", &json!({"password": PASSWORD})).await.is(StatusCode::OK);
    let _ = anna.get("/v1/whoami").await.is(StatusCode::FORBIDDEN);
    // Tokens have no factors.
    let _ = world.operator.get("/v1/whoami").await.is(StatusCode::OK);
}

#[tokio::test]
async fn operators_alone_can_be_made_to_prove_more() {
    let world = world(Engine::Sqlite, SecondFactor::Operators).await;
    let buyer = world.person("acme", &[Role::Buyer]).await;
    let _ = buyer.get("/v1/whoami").await.is(StatusCode::OK);
    let both = world.person("house", &[Role::Operator, Role::Buyer]).await;
    assert_eq!(both.get("/v1/audit").await.code(), "second-factor-needed");
    // In another role a password will do.
    let switch = async |actor: &Actor, roles: &[&str]| {
        let member = actor.get("/v1/session").await.json()["session"]["member"].clone();
        let to = json!({"member": member, "roles": roles});
        actor.send(actor.request(Method::PATCH, "/v1/session").json(&to)).await.is(StatusCode::OK).json()
    };
    assert_eq!(switch(&both, &["buyer"]).await["secondFactorNeeded"], false);
    let _ = both.get("/v1/whoami").await.is(StatusCode::OK);
    let _ = both.get("/v1/audit").await.is(StatusCode::FORBIDDEN);
    assert_eq!(switch(&both, &["operator"]).await["secondFactorNeeded"], true);
}
