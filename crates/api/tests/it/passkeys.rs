//! Passkeys, made and used by an authenticator of somebody else's making.

use hansa_exchange::settings::Settings;
use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Authenticator, Engine, PASSWORD, World, WorldOptions};
use reqwest::StatusCode;
use serde_json::{Value, json};

hansa_testkit::on_both! { somebody_signs_up_and_in_without_a_password }

const ORIGIN: &str = "http://localhost:7443";

async fn world(engine: Engine) -> World {
    let settings = Settings { issuer: ORIGIN.to_owned(), ..Settings::default() };
    World::with(WorldOptions { settings, ..WorldOptions::on(engine) }).await
}

async fn challenge(actor: &Actor, path: &str, body: &Value) -> (String, Value) {
    let answer = actor.post(path, body).await.is(StatusCode::CREATED).json();
    (answer["attempt"].as_str().unwrap().to_owned(), answer["options"].clone())
}

/// Signs in with the passkey, or with what `spoil` makes of its answer.
async fn sign_in(world: &World, key: &mut Authenticator, spoil: impl FnOnce(&mut Value)) -> Answer {
    let (attempt, options) = challenge(&world.stranger(), "/v1/sign-in/passkey/challenge", &json!({})).await;
    let mut credential = key.get(&options).await;
    spoil(&mut credential);
    let body = json!({"attempt": attempt, "credential": credential});
    world.stranger().post("/v1/sign-in/passkey", &body).await
}

/// Adds a passkey to an account.
async fn add(anna: &Actor, key: &mut Authenticator, name: &str) -> Answer {
    let (attempt, options) = challenge(anna, "/v1/account/passkeys/challenge", &json!({})).await;
    let credential = key.create(&options).await;
    let body = json!({"attempt": attempt, "name": name, "credential": credential});
    anna.post("/v1/account/passkeys", &body).await
}

async fn somebody_signs_up_and_in_without_a_password(engine: Engine) {
    let world = world(engine).await;
    assert_eq!(world.stranger().get("/v1/sign-in").await.json()["passkeys"], true);
    let new = json!({"name": "acme", "legalName": "acme", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let person = json!({"code": admitted["invitation"]["code"], "login": "anna", "name": "Anna"});
    let (attempt, options) = challenge(&world.stranger(), "/v1/sign-up/passkey/challenge", &person).await;
    let mut key = Authenticator::new(ORIGIN);
    let credential = key.create(&options).await;
    let mut sign_up = person.clone();
    sign_up["passkey"] = json!({"attempt": attempt, "name": "phone", "credential": credential});
    let answer = world.stranger().post("/v1/sign-up", &sign_up).await.is(StatusCode::CREATED);
    assert_eq!(answer.json()["account"]["hasPassword"], false);
    for _ in 0..2 {
        let answer = sign_in(&world, &mut key, |_| {}).await.is(StatusCode::OK);
        assert_eq!(answer.json()["session"]["proof"], "passkey");
        let _ = world.browser(&answer).get("/v1/whoami").await.is(StatusCode::OK);
    }
    // It is the only way in, so it stays.
    let anna = world.browser(&answer);
    let account = anna.get("/v1/account").await.is(StatusCode::OK).json();
    assert!(account["passkeys"][0]["usedAt"].is_string(), "{account}");
    let path = format!("/v1/account/passkeys/{}", account["passkeys"][0]["id"].as_str().unwrap());
    let renamed = anna.patch(&path, &json!({"name": "old phone"})).await.is(StatusCode::OK).json();
    assert_eq!(renamed["name"], "old phone");
    assert_eq!(anna.get("/v1/account").await.json()["passkeys"][0], renamed);
    let _ = anna.patch(&path, &json!({"name": "two\nlines"})).await.is(StatusCode::BAD_REQUEST);
    let _ = world
        .person("else", &[Role::Buyer])
        .await
        .patch(&path, &json!({"name": "mine"}))
        .await
        .is(StatusCode::NOT_FOUND);
    assert_eq!(anna.delete(&path).await.code(), "last-way-in");
    let _ = anna.post("/v1/account/password", &json!({"password": PASSWORD})).await.is(StatusCode::NO_CONTENT);
    let _ = anna.delete(&path).await.is(StatusCode::NO_CONTENT);
    let _ = sign_in(&world, &mut key, |_| {}).await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn answers_are_good_for_one_challenge_of_this_exchange() {
    let world = world(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let mut key = Authenticator::new(ORIGIN);
    let _ = add(&anna, &mut key, "phone").await.is(StatusCode::CREATED);
    let stranger = world.stranger();
    let (attempt, options) = challenge(&stranger, "/v1/sign-in/passkey/challenge", &json!({})).await;
    let (other, _) = challenge(&stranger, "/v1/sign-in/passkey/challenge", &json!({})).await;
    let credential = key.get(&options).await;
    let send = async |attempt: &str| {
        stranger.post("/v1/sign-in/passkey", &json!({"attempt": attempt, "credential": credential})).await
    };
    let wrong = send(&other).await.is(StatusCode::UNAUTHORIZED);
    assert!(wrong.body.contains("not for this challenge"), "{}", wrong.body);
    let _ = send(&attempt).await.is(StatusCode::OK);
    let _ = send(&attempt).await.is(StatusCode::UNAUTHORIZED);
    let elsewhere = sign_in(&world, &mut key.on("http://localhost:9999"), |_| {}).await;
    assert!(elsewhere.body.contains("not for this address"), "{}", elsewhere.body);
    let other = world.person("other", &[Role::Buyer]).await;
    let their_handle = other.get("/v1/account").await.json()["id"].clone();
    let stolen = sign_in(&world, &mut key, |credential| {
        use base64::Engine as _;
        let handle = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(their_handle.as_str().unwrap());
        credential["response"]["userHandle"] = json!(handle);
    });
    let _ = stolen.await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_copy_of_a_passkey_is_noticed() {
    let world = world(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let mut key = Authenticator::new(ORIGIN);
    let _ = add(&anna, &mut key, "phone").await.is(StatusCode::CREATED);
    let mut thief = key.copy();
    let _ = sign_in(&world, &mut key, |_| {}).await.is(StatusCode::OK);
    let refused = sign_in(&world, &mut thief, |_| {}).await.is(StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("copied"), "{}", refused.body);
    world.settle().await;
    assert!(world.operator.get("/v1/audit?limit=500").await.body.contains("passkey.copied"));
}

#[tokio::test]
async fn a_passkey_proves_again_who_one_is() {
    let world = world(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let (mut key, mut other_key) = (Authenticator::new(ORIGIN), Authenticator::new(ORIGIN));
    let made = add(&anna, &mut key, "phone").await.is(StatusCode::CREATED).json();
    let other = world.person("other", &[Role::Buyer]).await;
    let _ = add(&other, &mut other_key, "phone").await.is(StatusCode::CREATED);
    let path = format!("/v1/account/passkeys/{}", made["id"].as_str().unwrap());
    let _ = other.delete(&path).await.is(StatusCode::NOT_FOUND);
    world.clock.advance(std::time::Duration::from_secs(15 * 60));
    assert_eq!(anna.delete(&path).await.code(), "proof-needed");
    for (key, status) in [(&mut other_key, StatusCode::UNAUTHORIZED), (&mut key, StatusCode::OK)] {
        let (attempt, options) = challenge(&anna, "/v1/sign-in/passkey/challenge", &json!({})).await;
        let passkey = json!({"attempt": attempt, "credential": key.get(&options).await});
        let _ = anna.post("/v1/session/proof", &json!({"passkey": passkey})).await.is(status);
    }
    let _ = anna.delete(&path).await.is(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn an_address_without_a_name_has_no_passkeys() {
    let world = World::start(Engine::Sqlite).await;
    assert_eq!(world.stranger().get("/v1/sign-in").await.json()["passkeys"], false);
    let refused = world.stranger().post("/v1/sign-in/passkey/challenge", &json!({})).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "no-passkeys"));
}
