//! A small market to try things on: a provider with an agent, and a buyer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey as _;
use hansa_exchange::identity::AgentClaims;
use hansa_model::agent::{Agent, Enrolment};
use hansa_model::participant::Role;
use hansa_testkit::{Actor, World};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// The key of an agent.
pub(crate) struct AgentKey {
    pub(crate) id: String,
    pub(crate) key: SigningKey,
}

impl AgentKey {
    /// A proof that ends so many seconds from the world's now.
    pub(crate) fn proof(&self, world: &World, seconds: i64) -> String {
        self.sign(world, seconds, "hansa", Algorithm::EdDSA)
    }

    pub(crate) fn sign(&self, world: &World, seconds: i64, audience: &str, algorithm: Algorithm) -> String {
        let mut header = Header::new(algorithm);
        header.kid = Some(self.id.clone());
        let exp = world.exchange.now().micros() / 1_000_000 + seconds;
        let claims = AgentClaims { aud: audience.to_owned(), exp };
        let key = match algorithm {
            Algorithm::HS256 => EncodingKey::from_secret(self.key.verifying_key().as_bytes()),
            _ => EncodingKey::from_ed_der(self.key.to_pkcs8_der().unwrap().as_bytes()),
        };
        jsonwebtoken::encode(&header, &claims, &key).unwrap()
    }
}

pub(crate) fn site(name: &str) -> Value {
    json!({"name": name, "country": "NL", "city": "Utrecht", "coordinates": {"latitude": 52.09, "longitude": 5.12}})
}

pub(crate) fn offer(site: &str, sku: &str) -> Value {
    json!({"site": site, "sku": sku, "kind": "compute.instance",
        "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB", "image": "debian-12"},
        "price": {"currency": "EUR", "components": [
            {"name": "base", "type": "fixed", "amount": "4.00 EUR", "per": "month"},
            {"name": "memory", "type": "per-unit", "property": "memory", "amount": "1.00 EUR", "per": "month"}]}})
}

pub(crate) fn application() -> Value {
    json!({"apiVersion": "hansa/v1", "kind": "Application", "metadata": {"name": "small"},
        "spec": {"components": {"web": {"kind": "compute.instance", "cpu": 2, "memory": "2 GiB"}}}})
}

/// Enrols an agent of a provider.
pub(crate) async fn enrol(world: &World, provider: &Actor, name: &str) -> AgentKey {
    let enrolment: Enrolment =
        provider.post("/v1/agents/enrolments", &json!({"name": name})).await.is(StatusCode::CREATED).read();
    let key = SigningKey::from_bytes(&rand::random());
    let public = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
    let request = json!({"token": enrolment.token, "publicKey": public});
    let agent: Agent = world.stranger().post("/v1/agents/enrol", &request).await.is(StatusCode::CREATED).read();
    AgentKey { id: agent.id.to_string(), key }
}

/// A provider with a site, an offer and an agent that has room for some instances.
pub(crate) async fn provider(world: &World, name: &str) -> (Actor, AgentKey) {
    let provider = world.participant(name, &[Role::Provider]).await;
    let place = format!("{name}-1");
    let _ = provider.post("/v1/sites", &site(&place)).await.is(StatusCode::CREATED);
    let _ = provider.post("/v1/offers", &offer(&place, "vm")).await.is(StatusCode::CREATED);
    let agent = enrol(world, &provider, "agent").await;
    let report = json!({
        "number": 1, "version": "test", "at": world.exchange.now(),
        "capabilities": [{"driver": "simulated", "site": place, "kind": "compute.instance", "simulated": true,
            "actions": ["resize", "stop", "start"], "images": {"debian-12": "00"},
            "capacity": {"cpu": 64_000, "memory": 1_i64 << 40, "storage": 1_i64 << 42, "instances": 10}}],
    });
    let speaker = world.bearer(&agent.proof(world, 60));
    let _ = speaker.post("/v1/agent/reports", &report).await.is(StatusCode::OK);
    (provider, agent)
}

/// The first project of an actor.
pub(crate) async fn project(of: &Actor) -> String {
    of.get("/v1/whoami").await.is(StatusCode::OK).json()["projects"][0]["id"].as_str().unwrap().to_owned()
}
