//! Agents: who they are. They enrol once with a one-time token, then prove themselves with their own key.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::VerifyingKey;
use hansa_model::agent::{Agent, EnrolRequest, Enrolment, NewEnrolment};
use hansa_model::event::Audience;
use hansa_model::id::{AgentId, ParticipantId};
use hansa_model::page::Page;
use hansa_model::participant::Role;
use hansa_store::page::PageRequest;
use hansa_store::{Tx, agent};
use serde_json::json;

use crate::principal::Principal;
use crate::{Error, Result, Work, secret};

/// What enrolment tokens begin with.
pub const ENROLMENT_PREFIX: &str = "hansa-enrol_";
/// How long an enrolment token works.
pub const ENROLMENT_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// Makes a one-time token that lets one agent of the caller's participant enrol. For the name of an agent that is
/// there already, the token gives that agent another key.
///
/// # Errors
/// [`Error::Store`].
pub async fn create_enrolment(work: &mut Work, caller: &Principal, new: NewEnrolment) -> Result<Enrolment> {
    let token = secret::make(ENROLMENT_PREFIX);
    let expires_at = work.exchange().now().plus(ENROLMENT_LIFETIME);
    agent::insert_enrolment(work, &secret::hash(&token), caller.participant, &new.name, expires_at).await?;
    let detail = json!({"name": new.name, "expiresAt": expires_at});
    work.audit(&caller.actor(), "agent.invite", &caller.participant.to_string(), detail);
    Ok(Enrolment { token, name: new.name, expires_at })
}

/// Lets the holder of an enrolment token speak as an agent, with the key that it brings.
///
/// # Errors
/// [`Error::Invalid`] for what is no usable key, [`Error::Unauthenticated`] when the token does not work,
/// [`Error::Conflict`] when another agent has the key.
pub async fn enrol(work: &mut Work, request: EnrolRequest) -> Result<Agent> {
    let public_key = canonical_key(&request.public_key)?;
    let now = work.exchange().now();
    let Some((provider, name)) = agent::take_enrolment(work, &secret::hash(&request.token), now).await? else {
        let detail = "the enrolment token does not work: it is unknown, was used, or came too late; ask for a new one";
        return Err(Error::Unauthenticated(detail.to_owned()));
    };
    let Some(id) = agent::enrol(work, provider, &name, &public_key, now).await? else {
        return Err(Error::conflict("key-taken", "another agent has this key", "make a key of its own for each agent"));
    };
    work.audit(&id.to_string(), "agent.enrol", &id.to_string(), json!({"name": name, "provider": provider}));
    notify(work, "agent.enrolled", id, provider);
    agent::find(work, id).await?.ok_or_else(|| Error::not_found("agent", id))
}

/// The key in its one canonical form; keys that some signature fits without anybody signing are refused.
fn canonical_key(text: &str) -> Result<String> {
    let refusal =
        || Error::field("publicKey", "this is no Ed25519 public key of 32 bytes in base64url without padding");
    let bytes: [u8; 32] =
        URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or_else(refusal)?;
    match VerifyingKey::from_bytes(&bytes) {
        Ok(key) if !key.is_weak() => Ok(URL_SAFE_NO_PAD.encode(bytes)),
        _ => Err(refusal()),
    }
}

fn notify(work: &mut Work, kind: &str, id: AgentId, provider: ParticipantId) {
    let audience = Audience { tenant: None, provider: Some(provider) };
    work.event(kind, &id.to_string(), None, audience, json!({}));
}

/// One page of agents: the caller's own; all for operators and auditors.
///
/// # Errors
/// [`Error::Invalid`] for a cursor of another list; [`Error::Store`].
pub async fn list(tx: &mut Tx, caller: &Principal, page: &PageRequest) -> Result<Page<Agent>> {
    let of = (!caller.sees_all()).then_some(caller.participant);
    Ok(agent::page(tx, of, page).await?)
}

/// An agent.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(tx: &mut Tx, caller: &Principal, id: AgentId) -> Result<Agent> {
    agent::find(tx, id)
        .await?
        .filter(|found| caller.sees_all() || found.provider == caller.participant)
        .ok_or_else(|| Error::not_found("agent", id))
}

/// Takes an agent's right to speak away at once; what runs is left alone. Operators may do so with any agent.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke(work: &mut Work, caller: &Principal, id: AgentId) -> Result<()> {
    let found = agent::find(work, id)
        .await?
        .filter(|found| caller.is(Role::Operator) || found.provider == caller.participant)
        .ok_or_else(|| Error::not_found("agent", id))?;
    if found.revoked_at.is_none() {
        let now = work.exchange().now();
        agent::revoke(work, id, now).await?;
        work.audit(&caller.actor(), "agent.revoke", &id.to_string(), json!({"name": found.name}));
        notify(work, "agent.revoked", id, found.provider);
    }
    Ok(())
}
