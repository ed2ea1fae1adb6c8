//! New ways in for people who lost every proof, or whose proofs somebody else has: another member makes a code, with
//! which the person sets new ones.

use hansa_model::event::Audience;
use hansa_model::id::{AccountId, MemberId};
use hansa_model::participant::{Invitation, Role};
use hansa_model::sign_in::{Proof, ResetAccount};
use hansa_store::account::{self, Proofs};
use hansa_store::invitation::{self, Invited};
use hansa_store::{member, session};
use serde_json::json;

use super::passwords::{self, Hashed};
use super::{Begun, Visitor, accounts, guesses, passkeys, sessions};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, identity, members, secret};

/// Makes the code of a new way in to a member's account, and ends the account's sessions. Earlier codes stop working;
/// what the person signs in with works until the code is used.
///
/// # Errors
/// [`Error::NotFound`] for members of others, [`Error::Forbidden`] for members with roles that the caller does not have
/// and for accounts that act for others as well, unless an operator asks, [`Error::Conflict`] when the member has no
/// account, [`Error::Unproven`] when the caller's proof is too old.
pub async fn make(work: &mut Work, caller: &Principal, of: MemberId) -> Result<Invitation> {
    let found = members::under(work, caller, of).await?;
    identity::whole(caller)?;
    caller.proven_lately(work.exchange().now())?;
    let Some(account) = member::account(work, found.id).await? else {
        let detail = format!("`{}` has no account: it acts by tokens only", found.name);
        return Err(Error::conflict("no-account", detail, "it gets one with the link that `hansa console` gives"));
    };
    if !caller.is(Role::Operator) && account::memberships(work, account).await?.len() > 1 {
        return Err(Error::Forbidden {
            detail: format!("the account of `{}` acts for others as well", found.name),
            hint: Some("ask an operator of the exchange to do this".to_owned()),
        });
    }
    invitation::withdraw_resets(work, account).await?;
    let ended = session::end_all(work, account).await?;
    let invited =
        Invited { participant: found.participant, roles: found.roles, member: Some(found.id), resets: Some(account) };
    let made = identity::keep_invitation(work, invited, identity::URGENT).await?;
    let detail = json!({"account": account, "sessionsEnded": ended, "expiresAt": made.expires_at});
    work.audit(&caller.actor(), "account.reset", &found.id.to_string(), detail);
    let audience = Audience { tenant: None, provider: Some(found.participant) };
    work.event("account.reset", &found.id.to_string(), None, audience, json!({"by": caller.member}));
    Ok(made)
}

/// What a code leads to, when it is a new way in to an account.
async fn target(work: &mut Work, code: &str) -> Result<Proofs> {
    let id: AccountId = accounts::invitation(work, code).await?.resets.ok_or_else(accounts::unusable)?;
    account::proofs(work, id).await?.ok_or_else(accounts::unusable)
}

async fn chosen(exchange: &Exchange, proofs: &Proofs, password: String) -> Result<Hashed> {
    match &proofs.login {
        Some(login) => passwords::hash(exchange, "password", password, login).await,
        None => Err(passwords::no_login()),
    }
}

/// Sets new proofs by the code of a reset, in place of all but identity providers, and signs the person in.
///
/// # Errors
/// [`Error::Unauthenticated`] when the code does not work, [`Error::Invalid`] when the password is too weak or there is
/// neither password nor passkey, [`Error::Impossible`] for the password of an account that signs in as nothing.
pub async fn redeem(exchange: &Exchange, new: ResetAccount, visitor: &Visitor) -> Result<Begun> {
    let mut work = exchange.begin().await?;
    let proofs = target(&mut work, &new.code).await?;
    drop(work);
    let hashed = match new.password {
        Some(password) => Some(chosen(exchange, &proofs, password).await?),
        None if new.passkey.is_none() => return Err(Error::field("password", "choose a password, or make a passkey")),
        None => None,
    };
    let mut work = exchange.begin().await?;
    let id = proofs.account;
    let taken = invitation::take(&mut work, &secret::hash(&new.code), exchange.now()).await?;
    let member = taken.and_then(|taken| taken.member).ok_or_else(accounts::unusable)?;
    let passkey = match &new.passkey {
        Some(passkey) => Some(passkeys::anew(&mut work, id, passkey).await?),
        None => None,
    };
    account::forget_proofs(&mut work, id).await?;
    if let Some(hashed) = &hashed {
        account::set_password(&mut work, id, &hashed.0).await?;
    }
    if let Some(row) = &passkey {
        passkeys::keep(&mut work, &member.to_string(), row).await?;
    }
    guesses::right(&mut work, &passwords::target(&proofs)).await?;
    session::end_all(&mut work, id).await?;
    let detail = json!({"password": hashed.is_some(), "passkey": passkey.is_some()});
    work.audit(&member.to_string(), "account.recover", &id.to_string(), detail);
    let proof = if passkey.is_some() { Proof::Passkey } else { Proof::Password };
    let begun = sessions::begin(&mut work, id, Some(member), proof, visitor).await?;
    work.commit().await?;
    Ok(begun)
}
