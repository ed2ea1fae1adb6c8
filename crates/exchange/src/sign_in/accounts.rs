//! How people come in: by an invitation, which makes a member, or gives one an account who acted by tokens so far.

use hansa_model::id::{AccountId, MemberId};
use hansa_model::participant::{Invitation, InvitationPreview, Member};
use hansa_model::sign_in::{Account, JoinParticipant, Membership, Proof, SignUp};
use hansa_store::invitation::{self, Invited};
use hansa_store::{Tx, account, member, participant};
use serde_json::json;

use super::{Begun, Visitor, passkeys, passwords, sessions};
use crate::check::Faults;
use crate::identity;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, secret};

pub(super) fn unusable() -> Error {
    let detail = "the invitation does not work: it is unknown, was used, or came too late; ask for a new one";
    Error::Unauthenticated(detail.to_owned())
}

/// What an invitation leads to that works.
pub(super) async fn invitation(work: &mut Work, code: &str) -> Result<Invited> {
    let now = work.exchange().now();
    invitation::find(work, &secret::hash(code), now).await?.ok_or_else(unusable)
}

/// Looks at an invitation without using it.
///
/// # Errors
/// [`Error::Unauthenticated`] when it does not work.
pub async fn preview(tx: &mut Tx, exchange: &Exchange, code: &str) -> Result<InvitationPreview> {
    let invited = invitation::find(tx, &secret::hash(code), exchange.now()).await?.ok_or_else(unusable)?;
    let participant = participant::find(tx, invited.participant).await?.ok_or_else(unusable)?;
    let member = match invited.member {
        Some(id) => member::find(tx, id).await?.map(|member| member.name),
        None => None,
    };
    let resets = match invited.resets {
        Some(id) => account::proofs(tx, id).await?.map(|proofs| proofs.login.unwrap_or(proofs.name)),
        None => None,
    };
    Ok(InvitationPreview {
        participant: participant.name,
        legal_name: participant.legal_name,
        roles: invited.roles,
        member,
        resets,
    })
}

/// What somebody signs in as, if it will do.
pub(super) fn checked_login(login: &str, name: &str) -> Result<String> {
    let login = passwords::login(login);
    let mut faults = Faults::default();
    faults.label("name", name, 64);
    let plain = login.chars().all(|character| !character.is_whitespace() && !character.is_control());
    let fits = (3..=64).contains(&login.chars().count()) || (login.contains('@') && login.len() <= 254);
    faults.unless(plain && fits, "login", "use an e-mail address, or 3 to 64 characters without blanks");
    faults.finish()?;
    Ok(login)
}

/// Makes an account for the holder of an invitation, who is signed in from then on.
///
/// # Errors
/// [`Error::Unauthenticated`] when the invitation does not work, [`Error::Invalid`], [`Error::Conflict`] when a name
/// is taken; then the invitation still works.
pub async fn sign_up(exchange: &Exchange, new: SignUp, visitor: &Visitor) -> Result<Begun> {
    let login = checked_login(&new.login, &new.name)?;
    let mut work = exchange.begin().await?;
    // Strangers without an invitation are not worth the hash of a password.
    invitation(&mut work, &new.code).await?;
    drop(work);
    let hashed = match new.password {
        Some(password) => Some(passwords::hash(exchange, "password", password, &login).await?),
        None if new.passkey.is_none() => return Err(Error::field("password", "choose a password, or make a passkey")),
        None => None,
    };
    let mut work = exchange.begin().await?;
    let (id, passkey) = match &new.passkey {
        Some(passkey) => passkeys::first(&mut work, passkey).await.map(|(id, row)| (id, Some(row)))?,
        None => (AccountId::new(), None),
    };
    let hash = hashed.as_ref().map(|hashed| hashed.0.as_str());
    if !account::insert(&mut work, id, Some(&login), &new.name, hash, exchange.now()).await? {
        let detail = "somebody signs in as that already";
        return Err(Error::conflict("login-taken", detail, "choose another; the invitation still works"));
    }
    let member = enter(&mut work, id, &new.code, &new.name).await?;
    if let Some(row) = &passkey {
        passkeys::keep(&mut work, &member.to_string(), row).await?;
    }
    let proof = if passkey.is_some() { Proof::Passkey } else { Proof::Password };
    let begun = sessions::begin(&mut work, id, Some(member), proof, visitor).await?;
    work.commit().await?;
    Ok(begun)
}

/// Uses an invitation up for an account; answers the member.
async fn enter(work: &mut Work, account: AccountId, code: &str, name: &str) -> Result<MemberId> {
    enter_by_hash(work, account, &secret::hash(code), name).await
}

/// The same by the hash of the code.
pub(super) async fn enter_by_hash(work: &mut Work, account: AccountId, hash: &str, name: &str) -> Result<MemberId> {
    let now = work.exchange().now();
    let invited = invitation::take(work, hash, now).await?.ok_or_else(unusable)?;
    if invited.resets.is_some() {
        let detail = "the code is a new way in to an account that is there";
        return Err(Error::conflict("account-already", detail, "choose a new password or passkey for that account"));
    }
    if account::memberships(work, account).await?.iter().any(|own| own.participant.id == invited.participant) {
        let detail = "you are a member of that participant already";
        return Err(Error::conflict("member-already", detail, "the invitation is for somebody else"));
    }
    let member = match invited.member {
        Some(member) => member,
        None => add_member(work, &invited, name).await?,
    };
    if !account::adopt(work, account, member).await? {
        let detail = "that member has an account already";
        return Err(Error::conflict("account-already", detail, "sign in with it"));
    }
    let detail = json!({"participant": invited.participant, "account": account, "roles": invited.roles});
    work.audit(&member.to_string(), "account.join", &member.to_string(), detail);
    Ok(member)
}

async fn add_member(work: &mut Work, invited: &Invited, name: &str) -> Result<MemberId> {
    let joined = Member {
        id: MemberId::new(),
        participant: invited.participant,
        name: name.to_owned(),
        roles: invited.roles.clone(),
        created_at: work.exchange().now(),
    };
    if !member::insert(work, &joined).await? {
        let detail = format!("there is a member called `{name}` already");
        return Err(Error::conflict("name-taken", detail, "choose another name; the invitation still works"));
    }
    Ok(joined.id)
}

/// Lets the caller's account act for another participant as well, by an invitation.
///
/// # Errors
/// [`Error::Unauthenticated`] when the invitation does not work, [`Error::Conflict`] when the name is taken or the
/// account acts for that participant already.
pub async fn join(work: &mut Work, caller: &Principal, new: JoinParticipant) -> Result<Membership> {
    let (_, id) = caller.session()?;
    let proofs = account::proofs(work, id).await?.ok_or_else(|| Error::not_found("account", id))?;
    let name = new.name.unwrap_or(proofs.name);
    let mut faults = Faults::default();
    faults.label("name", &name, 64);
    faults.finish()?;
    let member = enter(work, id, &new.code, &name).await?;
    let joined = account::memberships(work, id).await?.into_iter().find(|own| own.member.id == member);
    joined.ok_or_else(|| Error::not_found("member", member))
}

/// Makes an invitation by which the caller, who acts by tokens so far, gets an account.
///
/// # Errors
/// [`Error::Forbidden`] when the token has not every scope (an account has), [`Error::Conflict`] when the
/// caller has an account.
pub async fn invite_self(work: &mut Work, caller: &Principal) -> Result<Invitation> {
    if caller.session().is_ok() || member::account(work, caller.member).await?.is_some() {
        let detail = "you have an account for the console";
        return Err(Error::conflict("account-already", detail, "sign in with it at `/sign-in`"));
    }
    identity::whole(caller)?;
    let me = member::find(work, caller.member).await?.ok_or_else(|| Error::not_found("member", caller.member))?;
    let lifetime = work.exchange().settings().invitation_lifetime;
    let invited = Invited { participant: me.participant, roles: me.roles, member: Some(me.id), resets: None };
    let made = identity::keep_invitation(work, invited, lifetime).await?;
    work.audit(&caller.actor(), "member.invite-self", &me.id.to_string(), json!({"expiresAt": made.expires_at}));
    Ok(made)
}

/// The caller's account.
///
/// # Errors
/// [`Error::Forbidden`] without a session.
pub async fn get(tx: &mut Tx, caller: &Principal) -> Result<Account> {
    let (_, id) = caller.session()?;
    account::find(tx, id).await?.ok_or_else(|| Error::not_found("account", id))
}
