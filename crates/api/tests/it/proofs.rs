//! Labels, receipts and audit packs.

use hansa_model::participant::Role;
use hansa_testkit::{Actor, Engine, World};
use hansa_trust::pack::{self, PackReport};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::market;
use crate::parties::verified;

/// A buyer with an order at a provider.
async fn order(world: &World) -> (Actor, Actor, String) {
    let (provider, _) = market::provider(world, "seller").await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let new = json!({"project": market::project(&buyer).await, "application": market::application()});
    let quote = buyer.post("/v1/quotes", &new).await.is(StatusCode::CREATED).json()["id"].clone();
    let order = buyer.post("/v1/orders", &json!({"kind": "create", "quote": quote})).await;
    let order = order.is(StatusCode::CREATED).json()["id"].as_str().unwrap().to_owned();
    world.settle().await;
    (buyer, provider, order)
}

async fn pack(actor: &Actor, path: &str) -> Vec<u8> {
    let response = actor.request(reqwest::Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.starts_with("attachment; filename=\"") && name.ends_with(".tar.gz\""), "{name}");
    response.bytes().await.unwrap().to_vec()
}

async fn report(archive: &[u8]) -> PackReport {
    let report = pack::verify(archive, None).await.unwrap();
    assert!(report.is_good(), "{:#?}", report.differences);
    report
}

fn fact(name: &str) -> Value {
    json!({"claims": [{"claim": "fact", "name": name, "value": true}]})
}

#[tokio::test]
async fn a_receipt_is_given_once_and_verifies() {
    let world = World::start(Engine::Sqlite).await;
    let (buyer, provider, order) = order(&world).await;
    let path = format!("/v1/orders/{order}/receipt");
    let whole = buyer.get(&path).await.is(StatusCode::OK);
    assert_eq!(whole.header("content-type"), Some("application/vc+jwt"));
    let credential = verified(&world, &whole.body).await.unwrap().credential;
    let subject = &credential.document["credentialSubject"];
    assert_eq!(credential.types, ["hansa:Receipt"]);
    assert_eq!(
        (&subject["order"], &subject["monthly"]),
        (&json!(order), &json!({"amount": "6.00", "currency": "EUR"}))
    );
    assert_eq!(subject["parts"][0]["offerName"], "seller/seller-1/vm");
    assert_eq!(subject["quote"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(buyer.get(&path).await.is(StatusCode::OK).body, whole.body);
    let part = provider.get(&path).await.is(StatusCode::OK).body;
    let part = verified(&world, &part).await.unwrap().credential;
    assert_eq!(part.document["credentialSubject"]["for"]["legalName"], "seller");
    assert!(part.document["credentialSubject"]["package"].is_null());
    let other = world.participant("other", &[Role::Provider, Role::Buyer]).await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_label_is_the_same_until_the_result_changes_and_is_revoked_then() {
    let world = World::start(Engine::Sqlite).await;
    let provider = world.participant("nordhafen", &[Role::Provider]).await;
    let path = "/v1/participants/nordhafen/label-credential?ruleSet=data-act";
    assert_eq!(world.stranger().get(path).await.status, StatusCode::NOT_FOUND);
    let made =
        provider.post("/v1/evidence/declarations", &fact("gx.legally-binding-act")).await.is(StatusCode::CREATED);
    let label = world.stranger().get("/v1/participants/nordhafen/label-credential").await.is(StatusCode::OK).body;
    let credential = verified(&world, &label).await.unwrap().credential;
    let subject = &credential.document["credentialSubject"];
    assert_eq!((&subject["ruleSet"], &subject["level"]), (&json!("gaia-x"), &Value::Null));
    assert!(subject["evidence"].as_array().unwrap().contains(&made.json()["id"]), "{subject}");
    let again = world.stranger().get("/v1/participants/nordhafen/label-credential").await.is(StatusCode::OK).body;
    assert_eq!(again, label);
    let _ = provider.post("/v1/evidence/declarations", &fact("gx.measure")).await.is(StatusCode::CREATED);
    let other = world.stranger().get("/v1/participants/nordhafen/label-credential").await.is(StatusCode::OK).body;
    assert_ne!(other, label);
    let nothing = world.stranger().get("/v1/participants/nordhafen/label-credential?ruleSet=other").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pack_of_a_participant_verifies_elsewhere() {
    let world = World::start(Engine::Sqlite).await;
    let provider = world.participant("nordhafen", &[Role::Provider]).await;
    let _ = provider.post("/v1/evidence/declarations", &fact("gx.legal-person")).await.is(StatusCode::CREATED);
    let gone = provider.post("/v1/evidence/declarations", &fact("gx.measure")).await.is(StatusCode::CREATED).json();
    let revoke = format!("/v1/evidence/{}/revoke", gone["id"].as_str().unwrap());
    let _ = world.operator.post(&revoke, &json!({})).await.is(StatusCode::OK);
    let _ = world.stranger().get("/v1/participants/nordhafen/label-credential").await.is(StatusCode::OK);
    world.settle().await;
    let archive = pack(&provider, "/v1/participants/nordhafen/audit-pack").await;
    let found = report(&archive).await;
    assert_eq!((found.counting, found.not_counting.len()), (1, 1), "{found:#?}");
    assert!(found.not_counting[0].ends_with("revoked"));
    let files = pack::unpack(&archive).unwrap();
    let decisions: Value = serde_json::from_slice(&files["decisions.json"]).unwrap();
    assert!(decisions["rows"].as_array().unwrap().iter().any(|row| row["action"] == "participant.admit"));
    assert!(files.contains_key("labels/0001.jwt") && files.contains_key("ownership/nordhafen.svg"));
    let own = world.stranger().get("/.well-known/did.json").await.body;
    assert!(pack::verify(&archive, Some(own.as_bytes())).await.unwrap().pinned);

    let evaluations: Value = serde_json::from_slice(&files["evaluations.json"]).unwrap();
    let shown = world.stranger().get("/v1/participants/nordhafen/trust").await.json();
    assert_eq!(evaluations[0]["assurance"], shown["assurance"]);
    let auditor = world.participant("auditor", &[Role::Auditor]).await;
    report(&pack(&auditor, "/v1/participants/nordhafen/audit-pack").await).await;
    let other = world.participant("other", &[Role::Provider]).await;
    assert_eq!(other.get("/v1/participants/nordhafen/audit-pack").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pack_of_an_order_holds_all_its_providers_and_receipts_on_sqlite() {
    the_pack_of_an_order_holds_all_its_providers_and_receipts(Engine::Sqlite).await;
}

#[tokio::test]
async fn the_pack_of_an_order_holds_all_its_providers_and_receipts_on_postgresql() {
    the_pack_of_an_order_holds_all_its_providers_and_receipts(Engine::Postgres).await;
}

async fn the_pack_of_an_order_holds_all_its_providers_and_receipts(engine: Engine) {
    let world = World::start(engine).await;
    let (buyer, provider, order) = order(&world).await;
    let _ = provider.post("/v1/evidence/declarations", &fact("gx.legal-person")).await.is(StatusCode::CREATED);
    let _ = buyer.get(&format!("/v1/orders/{order}/receipt")).await.is(StatusCode::OK);
    world.settle().await;
    let path = format!("/v1/orders/{order}/audit-pack");
    let archive = pack(&buyer, &path).await;
    let found = report(&archive).await;
    assert_eq!(found.about, order);
    assert_eq!(found.levels.keys().collect::<Vec<_>>(), ["seller", "seller/seller-1/vm"]);
    assert!(pack::unpack(&archive).unwrap().contains_key("receipts/0001.jwt"));
    assert_eq!(provider.get(&path).await.status, StatusCode::NOT_FOUND);
}
