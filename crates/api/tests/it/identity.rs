//! Getting in, and being kept out again.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_exchange::identity;
use hansa_model::participant::{NewParticipant, Role};
use hansa_testkit::{Engine, World};
use jsonwebtoken::Algorithm;
use reqwest::StatusCode;
use serde_json::json;

use crate::market;

#[tokio::test]
async fn a_revoked_token_stops_at_once() {
    let world = World::start(Engine::Sqlite).await;
    let issued = world.operator.post("/v1/tokens", &json!({"name": "x", "scopes": ["read", "admin"]})).await;
    let issued = issued.is(StatusCode::CREATED).json();
    let actor = world.bearer(issued["secret"].as_str().unwrap());
    let _ = actor.get("/v1/whoami").await.is(StatusCode::OK);
    let path = format!("/v1/tokens/{}", issued["token"]["id"].as_str().unwrap());
    let _ = world.operator.delete(&path).await.is(StatusCode::NO_CONTENT);
    let refused = actor.get("/v1/whoami").await.is(StatusCode::UNAUTHORIZED);
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    let _ = world.operator.delete(&path).await.is(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_token_never_exceeds_its_maker() {
    let world = World::start(Engine::Sqlite).await;
    let end = world.exchange.now().plus(Duration::from_secs(60));
    let narrow = json!({"name": "narrow", "scopes": ["read", "admin"], "expiresAt": end});
    let issued = world.operator.post("/v1/tokens", &narrow).await.is(StatusCode::CREATED).json();
    let actor = world.bearer(issued["secret"].as_str().unwrap());
    let wider = json!({"name": "x", "scopes": ["read", "order"], "expiresAt": end});
    let answer = actor.post("/v1/tokens", &wider).await.is(StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("order"), "{}", answer.body);
    let _ = actor.post("/v1/tokens", &json!({"name": "x", "scopes": ["read"]})).await.is(StatusCode::BAD_REQUEST);
    let _ = actor
        .post("/v1/tokens", &json!({"name": "x", "scopes": ["read"], "expiresAt": end}))
        .await
        .is(StatusCode::CREATED);
    let me = issued["token"]["member"].as_str().unwrap();
    let participant = world.operator.participant.unwrap();
    let invited =
        actor.post(&format!("/v1/participants/{participant}/invitations"), &json!({"roles": ["operator"]})).await;
    assert_eq!(invited.status, StatusCode::FORBIDDEN, "{me} has not every scope");
    world.clock.advance(Duration::from_secs(60));
    let _ = actor.get("/v1/whoami").await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn members_pass_on_only_roles_that_they_have() {
    let world = World::start(Engine::Sqlite).await;
    let owner = world.participant("both", &[Role::Buyer, Role::Provider]).await;
    let path = format!("/v1/participants/{}/invitations", owner.participant.unwrap());
    let invitation = owner.post(&path, &json!({"roles": ["buyer"]})).await.is(StatusCode::CREATED).json();
    let buyer = world.join(invitation["code"].as_str().unwrap(), owner.participant.unwrap()).await;
    let _ = buyer.post(&path, &json!({"roles": ["provider"]})).await.is(StatusCode::BAD_REQUEST);
    let _ = buyer.post(&path, &json!({"roles": []})).await.is(StatusCode::BAD_REQUEST);
    let _ = owner.post(&path, &json!({"roles": ["operator"]})).await.is(StatusCode::BAD_REQUEST);
    let _ = buyer.post(&path, &json!({"roles": ["buyer"]})).await.is(StatusCode::CREATED);
    let late = owner.post(&path, &json!({"roles": ["buyer"]})).await.is(StatusCode::CREATED).json();
    world.clock.advance(world.exchange.settings().invitation_lifetime);
    let accept = json!({"code": late["code"], "name": "late"});
    let _ = world.stranger().post("/v1/invitations/accept", &accept).await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn there_is_one_way_in_for_the_first_operator() {
    let world = World::start(Engine::Sqlite).await;
    let operator = NewParticipant {
        name: "second".parse().unwrap(),
        legal_name: "Second".to_owned(),
        country: "BE".parse().unwrap(),
        roles: BTreeSet::new(),
        assurance: hansa_model::evidence::Assurance::default(),
    };
    let mut work = world.exchange.begin().await.unwrap();
    assert_eq!(identity::bootstrap(&mut work, operator).await.unwrap(), None);
}

#[tokio::test]
async fn an_agents_proof_is_checked_in_every_part() {
    let world = World::start(Engine::Sqlite).await;
    let (provider, agent) = market::provider(&world, "seller").await;
    let poll = "/v1/agent/assignments?cursor=0&wait=0";
    let status = async |proof: String| world.bearer(&proof).get(poll).await.status;
    // Proofs live for two minutes at most, by clocks that may be ten minutes wrong.
    for seconds in [60, 120, 720, 0, -599] {
        assert_eq!(status(agent.proof(&world, seconds)).await, StatusCode::OK, "{seconds}");
    }
    for seconds in [721, -600, -10_000, 100_000] {
        assert_eq!(status(agent.proof(&world, seconds)).await, StatusCode::UNAUTHORIZED, "{seconds}");
    }
    assert_eq!(status(agent.sign(&world, 60, "other", Algorithm::EdDSA)).await, StatusCode::UNAUTHORIZED);
    // A public key is no secret, so a signature by it as a shared secret proves nothing.
    assert_eq!(status(agent.sign(&world, 60, "hansa", Algorithm::HS256)).await, StatusCode::UNAUTHORIZED);
    let other = market::enrol(&world, &provider, "other").await;
    let stolen = market::AgentKey { id: agent.id.clone(), key: other.key.clone() };
    assert_eq!(status(stolen.proof(&world, 60)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status("garbage".to_owned()).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(provider.secret.clone()).await, StatusCode::UNAUTHORIZED);
    let _ = world.bearer(&agent.proof(&world, 60)).get("/v1/whoami").await.is(StatusCode::UNAUTHORIZED);
    let _ = provider.delete(&format!("/v1/agents/{}", agent.id)).await.is(StatusCode::NO_CONTENT);
    assert_eq!(status(agent.proof(&world, 60)).await, StatusCode::UNAUTHORIZED);
    let offer = world.stranger().get("/v1/offers").await.is(StatusCode::OK).json();
    assert_eq!(offer["items"][0]["state"], "stale");
}

#[tokio::test]
async fn an_enrolment_token_works_once_and_for_an_hour() {
    let world = World::start(Engine::Sqlite).await;
    let provider = world.participant("seller", &[Role::Provider]).await;
    let weak = json!({"token": "x", "publicKey": "A".repeat(43)});
    let _ = world.stranger().post("/v1/agents/enrol", &weak).await.is(StatusCode::BAD_REQUEST);
    let agent = market::enrol(&world, &provider, "agent").await;
    let public =
        base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, agent.key.verifying_key().as_bytes());
    let enrolment = provider.post("/v1/agents/enrolments", &json!({"name": "late"})).await.is(StatusCode::CREATED);
    let token = enrolment.json()["token"].clone();
    let same_key = json!({"token": token, "publicKey": public});
    let taken = world.stranger().post("/v1/agents/enrol", &same_key).await;
    assert_eq!((taken.status, taken.code().as_str()), (StatusCode::CONFLICT, "key-taken"));
    world.clock.advance(Duration::from_secs(3600));
    let _ = world.stranger().post("/v1/agents/enrol", &same_key).await.is(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_change_to_what_was_not_seen_is_refused() {
    let world = World::start(Engine::Sqlite).await;
    let buyer = world.participant("buyer", &[Role::Buyer]).await;
    let path = format!("/v1/projects/{}", market::project(&buyer).await);
    let seen = buyer.get(&path).await.is(StatusCode::OK);
    let tag = seen.header("etag").unwrap().to_owned();
    let fresh = buyer.send(buyer.request(reqwest::Method::GET, &path).header("if-none-match", &tag)).await;
    assert_eq!((fresh.status, fresh.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    let limit = async |amount: &str| {
        let request = buyer.request(reqwest::Method::PATCH, &path).header("if-match", &tag);
        buyer.send(request.json(&json!({"budget": amount}))).await
    };
    let changed = limit("100 EUR").await.is(StatusCode::OK);
    assert_eq!(changed.header("etag"), buyer.get(&path).await.header("etag"));
    let stale = limit("200 EUR").await;
    assert_eq!((stale.status, stale.code().as_str()), (StatusCode::PRECONDITION_FAILED, "changed"));
}
