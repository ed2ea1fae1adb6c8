//! Sessions: somebody signed in, in one browser, acting for one of those for whom they can act.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::id::{AccountId, MemberId, SessionId};
use hansa_model::page::Page;
use hansa_model::participant::{Role, Scope};
use hansa_model::sign_in::{Membership, Proof, ProveAgain, Session, SignedIn, SwitchSession};
use hansa_store::page::PageRequest;
use hansa_store::session::Holder;
use hansa_store::{Tx, account, session};
use serde_json::json;

use super::{Begun, Visitor, factors, passkeys, passwords};
use crate::check::Faults;
use crate::principal::{Credential, Principal};
use crate::{Error, Exchange, Result, Work, secret};

/// What the secrets of sessions begin with.
pub const SESSION_PREFIX: &str = "hansa-session_";
/// A use is noted when the last one that was is as old as this, so that reading does not always write.
const NOTED_EVERY: Duration = Duration::from_secs(5 * 60);

/// Begins a session for somebody who proved who they are.
pub(super) async fn begin(
    work: &mut Work,
    account: AccountId,
    member: Option<MemberId>,
    proof: Proof,
    visitor: &Visitor,
) -> Result<Begun> {
    let exchange = work.exchange();
    let (now, settings) = (exchange.now(), exchange.settings());
    let memberships = account::memberships(work, account).await?;
    let acting = match member {
        Some(member) => memberships.iter().find(|membership| membership.member.id == member),
        // Whoever has lost every role somewhere is better off elsewhere.
        None => memberships.iter().find(|membership| !standing(membership).is_empty()).or(memberships.first()),
    };
    let acting = acting.ok_or_else(|| Error::Unauthenticated("this account acts for nobody any more".to_owned()))?;
    let secret = secret::make(SESSION_PREFIX);
    let ends_at = now.plus(settings.session_lifetime);
    let begun = Session {
        id: SessionId::new(),
        member: acting.member.id,
        roles: None,
        tenant: None,
        proof,
        proven_at: now,
        browser: visitor.browser.clone(),
        address: visitor.address.clone(),
        created_at: now,
        seen_at: now,
        idle_at: now.plus(settings.session_idle).min(ends_at),
        ends_at,
        current: true,
    };
    session::insert(work, &begun, account, &secret::hash(&secret)).await?;
    let detail = json!({"account": account, "proof": proof, "address": visitor.address});
    work.audit(&begun.member.to_string(), "session.begin", &begun.id.to_string(), detail);
    tell(work, acting, "session.begun", &begun);
    let roles = standing(acting);
    let second_factor_needed = factors::is_missing(&exchange, proof, &roles);
    let person = owner(work, account).await?;
    let signed_in = SignedIn { session: begun, account: person, memberships, second_factor_needed };
    Ok(Begun { secret, signed_in })
}

/// The roles that a member can act in: those that its participant has as well.
fn standing(membership: &Membership) -> BTreeSet<Role> {
    membership.member.roles.intersection(&membership.participant.roles).copied().collect()
}

fn tell(work: &mut Work, acting: &Membership, kind: &str, session: &Session) {
    let audience = Audience { tenant: None, provider: Some(acting.participant.id) };
    let data = json!({"member": session.member, "proof": session.proof});
    work.event(kind, &session.id.to_string(), None, audience, data);
}

async fn owner(tx: &mut Tx, id: AccountId) -> Result<hansa_model::sign_in::Account> {
    account::find(tx, id).await?.ok_or_else(|| Error::not_found("account", id))
}

async fn holder(exchange: &Exchange, secret: &str) -> Result<Option<Holder>> {
    if !secret.starts_with(SESSION_PREFIX) {
        return Ok(None);
    }
    let mut tx = exchange.read().await?;
    Ok(session::by_hash(&mut tx, &secret::hash(secret), exchange.now()).await?)
}

/// Whom the secret of a session belongs to; `None` when the session has ended. Being used makes it end later.
///
/// # Errors
/// [`Error::Store`].
pub async fn authenticate(exchange: &Exchange, secret: &str) -> Result<Option<Principal>> {
    let Some(holder) = holder(exchange, secret).await? else { return Ok(None) };
    let (now, session) = (exchange.now(), &holder.session);
    if session.seen_at.plus(NOTED_EVERY) <= now {
        let mut work = exchange.begin().await?;
        let idle_at = now.plus(exchange.settings().session_idle).min(session.ends_at);
        session::touch(&mut work, session.id, now, idle_at).await?;
        work.commit().await?;
    }
    Ok(Some(principal(holder)))
}

/// The same for what goes on without anybody doing something, like a stream of events: the session ends no later.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session has ended; [`Error::Store`].
pub async fn still(exchange: &Exchange, secret: &str) -> Result<Principal> {
    let ended = || Error::Unauthenticated("the session has ended; sign in again".to_owned());
    holder(exchange, secret).await?.map(principal).ok_or_else(ended)
}

fn principal(holder: Holder) -> Principal {
    let (session, standing) = (holder.session, holder.standing);
    let chosen = |tenant| session.tenant.is_none_or(|chosen| chosen == tenant);
    Principal {
        participant: standing.participant,
        member: session.member,
        credential: Credential::Session {
            id: session.id,
            account: holder.account,
            proof: session.proof,
            proven_at: session.proven_at,
        },
        roles: match &session.roles {
            Some(roles) => standing.roles.intersection(roles).copied().collect(),
            None => standing.roles,
        },
        scopes: Scope::ALL.into_iter().collect(),
        projects: standing.projects.iter().filter(|(_, tenant)| chosen(*tenant)).map(|(project, _)| *project).collect(),
        tenants: standing.tenants.into_iter().filter(|tenant| chosen(*tenant)).collect(),
    }
}

/// The caller's session, account and everybody for whom it can act.
///
/// # Errors
/// [`Error::Forbidden`] without a session; [`Error::NotFound`] when it ended meanwhile.
pub async fn current(tx: &mut Tx, exchange: &Exchange, caller: &Principal) -> Result<SignedIn> {
    let (id, account) = caller.session()?;
    let found = session::find(tx, account, id, exchange.now()).await?;
    let session = found.ok_or_else(|| Error::not_found("session", id))?;
    let memberships = account::memberships(tx, account).await?;
    let acting = memberships.iter().find(|membership| membership.member.id == session.member);
    let mut roles = acting.map(standing).unwrap_or_default();
    roles.retain(|role| session.roles.as_ref().is_none_or(|chosen| chosen.contains(role)));
    Ok(SignedIn {
        second_factor_needed: factors::is_missing(exchange, session.proof, &roles),
        session: Session { current: true, ..session },
        account: owner(tx, account).await?,
        memberships,
    })
}

/// Lets the caller's session act for another of its members, in fewer roles, or for one tenant.
///
/// # Errors
/// [`Error::NotFound`] for members and tenants that are not the account's own, [`Error::Invalid`] for roles that the
/// member does not have.
pub async fn switch(work: &mut Work, caller: &Principal, to: SwitchSession) -> Result<SignedIn> {
    let (id, account) = caller.session()?;
    let memberships = account::memberships(work, account).await?;
    let found = memberships.iter().find(|membership| membership.member.id == to.member);
    let acting = found.ok_or_else(|| Error::not_found("member", to.member))?;
    if let Some(tenant) = to.tenant
        && !acting.tenants.iter().any(|own| own.id == tenant)
    {
        return Err(Error::not_found("tenant", tenant));
    }
    if let Some(roles) = &to.roles {
        let mut faults = Faults::default();
        faults.unless(!roles.is_empty(), "roles", "name at least one role, or leave this out for all");
        for role in roles.difference(&acting.member.roles) {
            faults.add("roles", format!("`{}` is not in the role `{role}`", acting.member.name));
        }
        faults.finish()?;
    }
    session::switch(work, id, to.member, to.roles.as_ref(), to.tenant).await?;
    let detail = json!({"from": caller.member, "to": to.member, "roles": to.roles, "tenant": to.tenant});
    work.audit(&to.member.to_string(), "session.switch", &id.to_string(), detail);
    let exchange = work.exchange();
    current(work, &exchange, caller).await
}

/// One page of the sessions of the caller's account, the newest first.
///
/// # Errors
/// [`Error::Forbidden`] without a session; [`Error::Invalid`] for a cursor of another list.
pub async fn list(tx: &mut Tx, exchange: &Exchange, caller: &Principal, page: &PageRequest) -> Result<Page<Session>> {
    let (own, account) = caller.session()?;
    let mut page = session::page(tx, account, exchange.now(), page).await?;
    for session in &mut page.items {
        session.current = session.id == own;
    }
    Ok(page)
}

/// Ends a session of the caller's account, its own as well.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn end(work: &mut Work, caller: &Principal, id: SessionId) -> Result<()> {
    let (own, account) = caller.session()?;
    if session::end(work, account, id).await? {
        let action = if id == own { "session.sign-out" } else { "session.revoke" };
        work.audit(&caller.actor(), action, &id.to_string(), json!({"account": account}));
        let audience = Audience { tenant: None, provider: Some(caller.participant) };
        work.event("session.ended", &id.to_string(), None, audience, json!({"member": caller.member}));
        return Ok(());
    }
    Err(Error::not_found("session", id))
}

/// Ends every session of the caller's account but the one that asks.
///
/// # Errors
/// [`Error::Forbidden`] without a session.
pub async fn end_others(work: &mut Work, caller: &Principal) -> Result<()> {
    let (own, account) = caller.session()?;
    let ended = session::end_others(work, account, own).await?;
    if ended > 0 {
        work.audit(&caller.actor(), "session.revoke-others", &account.to_string(), json!({"sessions": ended}));
    }
    Ok(())
}

/// Takes a proof again, so that something weighty can be done with the session.
///
/// # Errors
/// [`Error::Unauthenticated`] when it is not right, [`Error::TooMany`] after too many that were not.
pub async fn prove_again(exchange: &Exchange, caller: &Principal, given: ProveAgain) -> Result<SignedIn> {
    let (id, account) = caller.session()?;
    let proof = match given.passkey {
        Some(answer) => passkeys::prove(exchange, account, answer).await?,
        None => passwords::prove(exchange, account, given.password, given.code).await?,
    };
    let mut work = exchange.begin().await?;
    session::prove(&mut work, id, proof, exchange.now()).await?;
    work.audit(&caller.actor(), "session.prove", &id.to_string(), json!({"proof": proof}));
    let now = current(&mut work, exchange, caller).await?;
    work.commit().await?;
    Ok(now)
}
