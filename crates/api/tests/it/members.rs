//! Taking members away.

use hansa_model::participant::Role;
use hansa_testkit::{Actor, Answer, Engine, PASSWORD, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

hansa_testkit::on_both! {
    a_member_that_is_removed_acts_no_more
    nobody_is_removed_by_somebody_with_less
}

/// Somebody with an account who is invited to the inviter's participant; answers the browser and the member.
async fn colleague(world: &World, inviter: &Actor, login: &str, roles: &[Role]) -> (Actor, String) {
    let participant = inviter.participant.unwrap();
    let path = format!("/v1/participants/{participant}/invitations");
    let invited = inviter.post(&path, &json!({"roles": roles})).await.is(StatusCode::CREATED).json();
    let new = json!({"code": invited["code"], "login": login, "name": login, "password": PASSWORD});
    let answer = world.stranger().post("/v1/sign-up", &new).await.is(StatusCode::CREATED);
    let member = answer.json()["session"]["member"].as_str().unwrap().to_owned();
    (world.browser(&answer), member)
}

async fn remove(actor: &Actor, member: &str) -> Answer {
    actor.delete(&format!("/v1/members/{member}")).await
}

async fn own_member(actor: &Actor) -> String {
    actor.get("/v1/whoami").await.is(StatusCode::OK).json()["member"]["id"].as_str().unwrap().to_owned()
}

async fn names(actor: &Actor) -> Vec<Value> {
    let listed = actor.get("/v1/members").await.is(StatusCode::OK).json();
    listed["items"].as_array().unwrap().iter().map(|member| member["name"].clone()).collect()
}

async fn a_member_that_is_removed_acts_no_more(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let (bert, member) = colleague(&world, &anna, "bert", &[Role::Buyer]).await;
    let issued = bert.post("/v1/tokens", &json!({"name": "ci", "scopes": ["read"]})).await.is(StatusCode::CREATED);
    let robot = world.bearer(issued.json()["secret"].as_str().unwrap());
    // A device that was let in and has not asked since.
    let device = world.stranger().post("/v1/device/codes", &json!({"name": "laptop"})).await.json();
    let path = format!("/v1/device/requests/{}/approve", device["userCode"].as_str().unwrap());
    let _ = bert.post(&path, &json!({})).await.is(StatusCode::OK);
    for actor in [&bert, &robot] {
        let _ = actor.get("/v1/whoami").await.is(StatusCode::OK);
    }
    let stranger = world.person("other", &[Role::Buyer]).await;
    let _ = remove(&stranger, &member).await.is(StatusCode::NOT_FOUND);
    let _ = remove(&anna, &member).await.is(StatusCode::NO_CONTENT);
    for actor in [&bert, &robot] {
        let _ = actor.get("/v1/whoami").await.is(StatusCode::UNAUTHORIZED);
    }
    let question = json!({"deviceCode": device["deviceCode"]});
    assert_eq!(world.stranger().post("/v1/device/tokens", &question).await.code(), "expired-token");
    let sign_in = json!({"login": "bert", "password": PASSWORD});
    let _ = world.stranger().post("/v1/sign-in/password", &sign_in).await.is(StatusCode::UNAUTHORIZED);
    assert_eq!(names(&anna).await, ["acme"]);
    let _ = remove(&anna, &member).await.is(StatusCode::NOT_FOUND);
    // Both names are free again.
    let (again, _) = colleague(&world, &anna, "bert", &[Role::Buyer]).await;
    let _ = again.get("/v1/whoami").await.is(StatusCode::OK);
    assert_eq!(names(&anna).await, ["acme", "bert"]);
    world.settle().await;
    assert!(anna.get("/v1/events").await.is(StatusCode::OK).body.contains("member.removed"));
    assert!(world.operator.get("/v1/audit?limit=500").await.body.contains("member.remove"));
}

async fn nobody_is_removed_by_somebody_with_less(engine: Engine) {
    let world = World::start(engine).await;
    let anna = world.person("acme", &[Role::Buyer, Role::Provider]).await;
    let (bert, berts) = colleague(&world, &anna, "bert", &[Role::Buyer]).await;
    let annas = own_member(&anna).await;
    let beyond = remove(&bert, &annas).await.is(StatusCode::FORBIDDEN);
    assert!(beyond.json()["hint"].is_string(), "{}", beyond.body);
    // Nobody else is a provider, so not even an operator takes anna away, nor she herself.
    for actor in [&anna, &world.operator] {
        let last = remove(actor, &annas).await;
        assert_eq!((last.status, last.code().as_str()), (StatusCode::CONFLICT, "last-member"));
    }
    // Who leaves one participant keeps the account for another.
    let (carla, carlas) = colleague(&world, &anna, "carla", &[Role::Buyer, Role::Provider]).await;
    let new = json!({"name": "second", "legalName": "second", "country": "NL", "roles": ["buyer"]});
    let admitted = world.operator.post("/v1/participants", &new).await.is(StatusCode::CREATED).json();
    let code = json!({"code": admitted["invitation"]["code"]});
    let _ = carla.post("/v1/account/memberships", &code).await.is(StatusCode::CREATED);
    let _ = remove(&carla, &carlas).await.is(StatusCode::NO_CONTENT);
    let _ = carla.get("/v1/whoami").await.is(StatusCode::UNAUTHORIZED);
    let sign_in = json!({"login": "carla", "password": PASSWORD});
    let back = world.stranger().post("/v1/sign-in/password", &sign_in).await.is(StatusCode::OK);
    let whoami = world.browser(&back).get("/v1/whoami").await.is(StatusCode::OK).json();
    assert_eq!(whoami["participant"]["name"], "second");
    let _ = remove(&world.operator, &berts).await.is(StatusCode::NO_CONTENT);
    // The last operator of the exchange stays.
    let first = own_member(&world.operator).await;
    assert_eq!(remove(&world.operator, &first).await.code(), "last-member");
}

#[tokio::test]
async fn removing_somebody_wants_a_fresh_proof() {
    let world = World::start(Engine::Sqlite).await;
    let anna = world.person("acme", &[Role::Buyer]).await;
    let (_, member) = colleague(&world, &anna, "bert", &[Role::Buyer]).await;
    world.clock.advance(std::time::Duration::from_secs(15 * 60));
    assert_eq!(remove(&anna, &member).await.code(), "proof-needed");
    assert_eq!(anna.post(&format!("/v1/members/{member}/resets"), &json!({})).await.code(), "proof-needed");
}
