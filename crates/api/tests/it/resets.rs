//! New ways in for those who lost every proof.

use std::time::Duration;

use hansa_exchange::settings::Settings;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Authenticator, Engine, PASSWORD, World, WorldOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};

hansa_testkit::on_both! { a_reset_replaces_every_proof_once }

const ANOTHER: &str = "drei Segel am Horizont";
const ORIGIN: &str = "http://localhost:7443";

async fn sign_in(world: &World, password: &str) -> Answer {
    let body = json!({"login": "acme@hansa.example", "password": password});
    world.stranger().post("/v1/sign-in/password", &body).await
}

async fn own_member(actor: &Actor) -> String {
    actor.get("/v1/whoami").await.is(StatusCode::OK).json()["member"]["id"].as_str().unwrap().to_owned()
}

async fn reset(actor: &Actor, member: &str) -> Answer {
    actor.post(&format!("/v1/members/{member}/resets"), &json!({})).await
}

async fn redeem(world: &World, code: &Value, password: &str) -> Answer {
    world.stranger().post("/v1/sign-up/reset", &json!({"code": code, "password": password})).await
}

async fn a_reset_replaces_every_proof_once(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let member = own_member(&anna).await;
    let offered = anna.post("/v1/account/one-time-codes", &json!({})).await.is(StatusCode::CREATED).json();
    let code = crate::sign_in::app(&world, offered["secret"].as_str().unwrap());
    let _ = anna.post("/v1/account/one-time-codes/activate", &json!({"code": code})).await.is(StatusCode::OK);
    let superseded = reset(&world.operator, &member).await.is(StatusCode::CREATED).json()["code"].clone();
    let made = reset(&world.operator, &member).await.is(StatusCode::CREATED).json();
    let code = &made["code"];
    let _ = anna.get("/v1/session").await.is(StatusCode::UNAUTHORIZED);
    // Until the code is used, what she has still works.
    assert_eq!(sign_in(&world, PASSWORD).await.json()["state"], "code-needed");
    let seen = world.stranger().post("/v1/invitations/preview", &json!({"code": code})).await.is(StatusCode::OK);
    assert_eq!((&seen.json()["resets"], &seen.json()["member"]), (&json!("acme@hansa.example"), &json!("acme")));
    // It makes neither another account nor a member with a token.
    let new = json!({"code": code, "login": "somebody", "name": "Somebody", "password": PASSWORD});
    let _ = world.stranger().post("/v1/sign-up", &new).await.is(StatusCode::CONFLICT);
    let accept = json!({"code": code, "name": "x"});
    let _ = world.stranger().post("/v1/invitations/accept", &accept).await.is(StatusCode::UNAUTHORIZED);
    let _ = redeem(&world, &superseded, ANOTHER).await.is(StatusCode::UNAUTHORIZED);
    let _ = redeem(&world, code, "too short").await.is(StatusCode::BAD_REQUEST);
    let answer = redeem(&world, code, ANOTHER).await.is(StatusCode::CREATED);
    let signed_in = answer.json();
    assert_eq!((&signed_in["session"]["member"], &signed_in["session"]["proof"]), (&json!(member), &json!("password")));
    assert!(signed_in["account"].get("oneTimeCodesSince").is_none(), "{signed_in}");
    let _ = world.browser(&answer).get("/v1/whoami").await.is(StatusCode::OK);
    let _ = redeem(&world, code, ANOTHER).await.is(StatusCode::UNAUTHORIZED);
    let _ = sign_in(&world, PASSWORD).await.is(StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&world, ANOTHER).await.json()["state"], "signed-in");
    let late = reset(&world.operator, &member).await.is(StatusCode::CREATED).json()["code"].clone();
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    let _ = redeem(&world, &late, PASSWORD).await.is(StatusCode::UNAUTHORIZED);
    world.settle().await;
    let audit = world.operator.get("/v1/audit?limit=500").await.is(StatusCode::OK).body;
    assert!(audit.contains("account.reset") && audit.contains("account.recover"), "{audit}");
    assert!(!audit.contains(code.as_str().unwrap()));
}

#[tokio::test]
async fn a_reset_is_for_those_who_could_do_the_same_anyway() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer, Role::Provider]).await;
    let annas = own_member(&anna).await;
    let participant = anna.participant.unwrap();
    let path = format!("/v1/participants/{participant}/invitations");
    let invited = anna.post(&path, &json!({"roles": ["buyer"]})).await.is(StatusCode::CREATED).json();
    let new = json!({"code": invited["code"], "login": "bert", "name": "Bert", "password": PASSWORD});
    let bert = world.browser(&world.stranger().post("/v1/sign-up", &new).await.is(StatusCode::CREATED));
    let berts = own_member(&bert).await;
    let _ = reset(&bert, &annas).await.is(StatusCode::FORBIDDEN);
    let _ = reset(&world.person("other", &[Role::Buyer]).await, &berts).await.is(StatusCode::NOT_FOUND);
    let robot = own_member(&world.operator).await;
    assert_eq!(reset(&world.operator, &robot).await.code(), "no-account");
    let _ = reset(&anna, &berts).await.is(StatusCode::CREATED);
    // Whoever acts for others as well would be theirs too.
    let sign_in = json!({"login": "bert", "password": PASSWORD});
    let bert = world.browser(&world.stranger().post("/v1/sign-in/password", &sign_in).await.is(StatusCode::OK));
    let new = json!({"name": "second", "legalName": "second", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let code = json!({"code": admitted["invitation"]["code"]});
    let _ = bert.post("/v1/account/memberships", &code).await.is(StatusCode::CREATED);
    let _ = reset(&anna, &berts).await.is(StatusCode::FORBIDDEN);
    let _ = reset(&world.operator, &berts).await.is(StatusCode::CREATED);
}

#[tokio::test]
async fn a_passkey_can_be_the_new_way_in() {
    let settings = Settings { issuer: ORIGIN.to_owned(), ..Settings::default() };
    let world = World::with(WorldOptions { settings, ..WorldOptions::on(Engine::Sqlite) }).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let (member, account) = (own_member(&anna).await, anna.get("/v1/account").await.json()["id"].clone());
    let made = reset(&world.operator, &member).await.is(StatusCode::CREATED).json();
    let stranger = world.stranger();
    let begin = json!({"code": made["code"], "login": "", "name": ""});
    let begun = stranger.post("/v1/sign-up/passkey/challenge", &begin).await.is(StatusCode::CREATED).json();
    assert_eq!(begun["options"]["user"]["name"], "acme@hansa.example", "{begun}");
    let credential = Authenticator::new(ORIGIN).create(&begun["options"]).await;
    let passkey = json!({"attempt": begun["attempt"], "name": "phone", "credential": credential});
    // The challenge is for this account alone.
    let new = json!({"name": "other", "legalName": "other", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let elsewhere =
        json!({"code": admitted["invitation"]["code"], "login": "other", "name": "Other", "passkey": passkey});
    let _ = stranger.post("/v1/sign-up", &elsewhere).await.is(StatusCode::UNAUTHORIZED);
    let body = json!({"code": made["code"], "passkey": passkey});
    let answer = stranger.post("/v1/sign-up/reset", &body).await.is(StatusCode::CREATED).json();
    assert_eq!((&answer["account"]["id"], &answer["account"]["hasPassword"]), (&account, &json!(false)));
    let _ = sign_in(&world, PASSWORD).await.is(StatusCode::UNAUTHORIZED);
}
