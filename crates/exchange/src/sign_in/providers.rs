//! Signing in on the word of an identity provider, and what its word about roles gives.

use std::collections::BTreeSet;

use hansa_model::id::{AccountId, IdentityId, MemberId};
use hansa_model::participant::{Member, Role};
use hansa_model::sign_in::{Departure, Proof, ProviderSignIn};
use hansa_signin::oidc::{Join, Journey, OidcError, Person, Provider};
use hansa_store::{account, invitation, member, participant};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::attempts::{self, Kind};
use super::{Begun, Visitor, accounts, sessions};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, secret};

/// Where providers send people back to, below the exchange's address.
pub const CALLBACK: &str = "/v1/sign-in/callback";
/// Where people go on who do not say.
const HOME: &str = "/";
/// The longest path to go on at.
const LONGEST_PATH: usize = 2000;
/// How many names are tried for a member whose name is taken.
const NAMES: u32 = 100;

/// Somebody who is sent to a provider.
#[derive(Debug)]
pub struct Departed {
    /// Where to.
    pub departure: Departure,
    /// What the browser keeps until the return, so that nobody else can return in its place.
    pub secret: String,
}

/// What a provider sends somebody back with.
#[derive(Debug, Clone, Default)]
pub struct Return {
    /// What the journey is recognised by.
    pub state: String,
    /// The code to ask with who it is.
    pub code: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// Which provider says so.
    pub issuer: Option<String>,
}

/// Somebody who came back.
#[derive(Debug)]
pub struct Arrived {
    /// The path to go on at.
    pub go_to: String,
    /// The session that began; none when a provider was linked to one that was there.
    pub begun: Option<Begun>,
}

/// What is remembered of a journey.
#[derive(Serialize, Deserialize)]
struct Traveller {
    provider: String,
    journey: Journey,
    return_to: String,
    /// The hash of an invitation's code.
    invitation: Option<String>,
}

fn provider<'a>(exchange: &'a Exchange, id: &str) -> Result<&'a Provider> {
    let found = exchange.settings().identity_providers.iter().find(|provider| provider.config().id.as_str() == id);
    found.ok_or_else(|| Error::not_found("identity provider", id))
}

fn callback(exchange: &Exchange) -> String {
    format!("{}{CALLBACK}", exchange.settings().issuer.trim_end_matches('/'))
}

fn failure(error: OidcError) -> Error {
    match error {
        OidcError::Provider(_) | OidcError::Config { .. } => {
            tracing::warn!(%error, "an identity provider can't be used");
            Error::Unreachable("the identity provider does not answer as it should".to_owned())
        }
        OidcError::Refused(_) | OidcError::Token(_) => {
            tracing::warn!(%error, "somebody was not let in on a provider's word");
            Error::Unauthenticated("the identity provider's word could not be taken; sign in again".to_owned())
        }
    }
}

/// A path of the exchange's own: nothing that a browser would take for another address.
fn is_own_path(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    path.len() <= LONGEST_PATH && plain && path.starts_with('/') && !path.starts_with("//")
}

/// Sends somebody to a provider.
///
/// # Errors
/// [`Error::NotFound`] for providers that there are not, [`Error::Invalid`], [`Error::Unreachable`] when the provider
/// does not answer, [`Error::Forbidden`] when an account shall be linked and none is signed in.
pub async fn depart(exchange: &Exchange, caller: Option<&Principal>, wanted: ProviderSignIn) -> Result<Departed> {
    let provider = provider(exchange, &wanted.provider)?;
    let return_to = wanted.return_to.unwrap_or_else(|| HOME.to_owned());
    if !is_own_path(&return_to) {
        return Err(Error::field("returnTo", "use a path of the console that begins with one `/`"));
    }
    let link = match (wanted.link, caller) {
        (false, _) => None,
        (true, Some(caller)) => {
            let (_, account) = caller.session()?;
            caller.proven_lately(exchange.now())?;
            Some(account)
        }
        (true, None) => return Err(Error::Unauthenticated("sign in first to link an identity provider".to_owned())),
    };
    let departure = provider.depart(&callback(exchange), exchange.now()).await.map_err(failure)?;
    let traveller = Traveller {
        provider: wanted.provider,
        journey: departure.journey,
        return_to,
        invitation: wanted.invitation.map(|code| secret::hash(&code)),
    };
    let mut work = exchange.begin().await?;
    let secret = attempts::begin(&mut work, Kind::Journey, link, &traveller).await?;
    work.commit().await?;
    Ok(Departed { departure: Departure { url: departure.url.to_string() }, secret })
}

/// Takes somebody in who comes back from a provider.
///
/// # Errors
/// [`Error::Unauthenticated`] when the return does not belong to the browser's journey or the provider's word can't be
/// taken, [`Error::Forbidden`] for people who are not members of anybody here, [`Error::Unreachable`],
/// [`Error::Conflict`].
pub async fn arrive(exchange: &Exchange, secret: &str, back: Return, visitor: &Visitor) -> Result<Arrived> {
    let mut work = exchange.begin().await?;
    let (link, traveller): (_, Traveller) = attempts::take(&mut work, Kind::Journey, secret).await?;
    work.commit().await?;
    if traveller.journey.state != back.state {
        return Err(Error::Unauthenticated("this is the return from another journey; sign in again".to_owned()));
    }
    let Some(code) = back.code else {
        let why = back.error.unwrap_or_else(|| "it does not say why".to_owned());
        return Err(failure(OidcError::Refused(why)));
    };
    let provider = provider(exchange, &traveller.provider)?;
    let (journey, redirect) = (&traveller.journey, callback(exchange));
    let arrived = provider.arrive(journey, &code, back.issuer.as_deref(), &redirect, exchange.now()).await;
    let person = arrived.map_err(failure)?;
    let mut work = exchange.begin().await?;
    let begun = match link {
        Some(account) => link_person(&mut work, account, &person).await.map(|()| None)?,
        None => {
            let (account, member) = enter(&mut work, provider, &person, traveller.invitation.as_deref()).await?;
            Some(sessions::begin(&mut work, account, member, Proof::Provider, visitor).await?)
        }
    };
    work.commit().await?;
    Ok(Arrived { go_to: traveller.return_to, begun })
}

async fn link_person(work: &mut Work, account: AccountId, person: &Person) -> Result<()> {
    let now = work.exchange().now();
    if !account::link_identity(work, account, &person.issuer, &person.subject, now).await?
        && account::by_identity(work, &person.issuer, &person.subject).await? != Some(account)
    {
        let detail = "the identity provider's account is linked to another one here";
        return Err(Error::conflict("identity-linked", detail, "sign in with that one"));
    }
    let detail = json!({"issuer": person.issuer, "subject": person.subject});
    work.audit(&account.to_string(), "account.link", &account.to_string(), detail);
    Ok(())
}

/// Unlinks the caller's account from whom an identity provider knows, unless nothing would be left to sign in with or
/// the provider's word is what makes the person a member.
///
/// # Errors
/// [`Error::Unproven`] when the caller's proof is too old, [`Error::NotFound`], [`Error::Conflict`].
pub async fn unlink(work: &mut Work, caller: &Principal, identity: IdentityId) -> Result<()> {
    let (_, id) = caller.session()?;
    let found = account::find(work, id).await?.ok_or_else(|| Error::not_found("account", id))?;
    let linked = found.identities.into_iter().find(|linked| linked.id == identity);
    let linked = linked.ok_or_else(|| Error::not_found("identity", identity))?;
    caller.proven_lately(work.exchange().now())?;
    for own in account::memberships(work, id).await? {
        if member::manager(work, own.member.id).await?.as_ref() == Some(&linked.issuer) {
            let detail = format!("you are a member of `{}` on this provider's word", own.participant.name);
            return Err(Error::conflict("managed", detail, "have that member removed first"));
        }
    }
    account::unlink_identity(work, id, identity).await?;
    if account::is_locked_out(work, id).await? {
        let detail = "without this identity provider there would be no way to sign in";
        return Err(Error::conflict("last-way-in", detail, "set a password or add a passkey first"));
    }
    let detail = json!({"issuer": linked.issuer, "subject": linked.subject});
    work.audit(&caller.actor(), "account.unlink", &id.to_string(), detail);
    Ok(())
}

/// The account of a person whom a provider knows: the one that is linked, or a new one for those who are invited or
/// whom the provider's word makes a member. Answers which member to act for, where that is certain.
async fn enter(
    work: &mut Work,
    provider: &Provider,
    person: &Person,
    invitation: Option<&str>,
) -> Result<(AccountId, Option<MemberId>)> {
    let (config, now) = (provider.config(), work.exchange().now());
    let roles = config.roles(&person.values);
    let linked = account::by_identity(work, &person.issuer, &person.subject).await?;
    let account = match linked {
        Some(account) => account,
        None => {
            let usable = match invitation {
                Some(hash) => invitation::find(work, hash, now).await?.is_some(),
                None => false,
            };
            if !usable && roles.is_empty() {
                return Err(Error::Forbidden {
                    detail: "the identity provider knows you, but you act for nobody here".to_owned(),
                    hint: Some("ask for an invitation, and begin with it".to_owned()),
                });
            }
            let account = AccountId::new();
            account::insert(work, account, None, &person.name, None, now).await?;
            link_person(work, account, person).await?;
            account
        }
    };
    if let Some(join) = &config.join {
        follow(work, account, join, roles, person).await?;
    }
    let Some(hash) = invitation else { return Ok((account, None)) };
    match free_name_and_enter(work, account, hash, &person.name).await {
        Ok(member) => Ok((account, Some(member))),
        // Whoever follows the same link again is in already.
        Err(Error::Unauthenticated(_)) if linked.is_some() => Ok((account, None)),
        Err(error) => Err(error),
    }
}

/// Gives the person the roles that the provider tells, no more and no fewer.
async fn follow(
    work: &mut Work,
    account: AccountId,
    join: &Join,
    roles: BTreeSet<Role>,
    person: &Person,
) -> Result<()> {
    let Some(found) = participant::by_name(work, join.participant.as_str()).await? else {
        tracing::warn!(participant = %join.participant, "an identity provider's participant is not there");
        return Ok(());
    };
    let memberships = account::memberships(work, account).await?;
    let own = memberships.into_iter().find(|membership| membership.participant.id == found.id);
    let Some(own) = own else {
        if roles.is_empty() {
            return Ok(());
        }
        let name = free_name(work, found.id, &person.name).await?;
        let now = work.exchange().now();
        let joined = Member { id: MemberId::new(), participant: found.id, name, roles, created_at: now };
        member::insert(work, &joined).await?;
        account::adopt(work, account, joined.id).await?;
        member::manage(work, joined.id, &person.issuer).await?;
        let detail = json!({"participant": found.id, "name": joined.name, "roles": joined.roles,
            "issuer": person.issuer});
        work.audit(&joined.id.to_string(), "member.join", &joined.id.to_string(), detail);
        return Ok(());
    };
    // Roles that an invitation gave are not the provider's to take away.
    let managed = member::manager(work, own.member.id).await?.is_some_and(|issuer| issuer == person.issuer);
    if managed && own.member.roles != roles {
        member::set_roles(work, own.member.id, &roles).await?;
        let detail = json!({"from": own.member.roles, "to": roles, "issuer": person.issuer});
        work.audit("exchange", "member.roles", &own.member.id.to_string(), detail);
    }
    Ok(())
}

async fn free_name_and_enter(work: &mut Work, account: AccountId, hash: &str, name: &str) -> Result<MemberId> {
    let now = work.exchange().now();
    let name = match invitation::find(work, hash, now).await? {
        Some(invited) => free_name(work, invited.participant, name).await?,
        None => name.to_owned(),
    };
    accounts::enter_by_hash(work, account, hash, &name).await
}

/// The name, with a number behind it where the participant has a member of that name.
async fn free_name(work: &mut Work, of: hansa_model::id::ParticipantId, name: &str) -> Result<String> {
    if !member::is_taken(work, of, name).await? {
        return Ok(name.to_owned());
    }
    let short: String = name.chars().take(60).collect();
    for number in 2..NAMES {
        let candidate = format!("{} {number}", short.trim_end());
        if !member::is_taken(work, of, &candidate).await? {
            return Ok(candidate);
        }
    }
    Err(Error::conflict("name-taken", format!("there are too many members called `{name}`"), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_console_are_gone_on_at() {
        for path in ["/", "/orders?state=open", "/a/b#c"] {
            assert!(is_own_path(path), "{path}");
        }
        for path in ["", "orders", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/a\n", "/ä"] {
            assert!(!is_own_path(path), "{path}");
        }
        assert!(!is_own_path(&format!("/{}", "x".repeat(LONGEST_PATH))));
    }
}
