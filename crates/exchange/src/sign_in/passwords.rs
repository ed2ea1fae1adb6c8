//! Signing in with a password, and with a code beside it where the account asks for one.

use hansa_model::id::AccountId;
use hansa_model::sign_in::{CodeSignIn, NewPassword, PasswordSignIn, Proof};
use hansa_signin::password;
use hansa_store::account::{self, Proofs};
use hansa_store::session;
use serde_json::json;

use super::attempts::{self, Kind};
use super::guesses::{self, Target};
use super::{Begun, Visitor, one_time, sessions};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work};

/// What became of a password.
#[derive(Debug)]
pub enum Outcome {
    /// A session began.
    Begun(Box<Begun>),
    /// A code is needed as well; it is sent with this.
    CodeNeeded(String),
}

/// The hash of a password that somebody chose.
#[derive(Debug, Clone)]
pub struct Hashed(pub(super) String);

/// What people sign in as, however they write it.
pub(super) fn login(typed: &str) -> String {
    typed.chars().filter(|character| !character.is_control()).collect::<String>().trim().to_lowercase()
}

/// The same answer to every wrong name and every wrong password.
fn wrong() -> Error {
    Error::Unauthenticated("the name or the password is wrong".to_owned())
}

fn wrong_code() -> Error {
    Error::Unauthenticated("the code is wrong, or was used before; wait for the next one".to_owned())
}

async fn matches(exchange: &Exchange, password: String, kept: Option<String>) -> Result<bool> {
    exchange.hashing().run(move || password::verify(&password, kept.as_deref())).await
}

/// Signs in with a password.
///
/// # Errors
/// [`Error::Unauthenticated`] when the name or the password is wrong, [`Error::TooMany`] after too many that were.
pub async fn sign_in(exchange: &Exchange, given: PasswordSignIn, visitor: &Visitor) -> Result<Outcome> {
    let login = login(&given.login);
    let mut tx = exchange.read().await?;
    let known = account::by_login(&mut tx, &login).await?;
    let target = Target::new(&login, known.as_ref().map(|known| known.account));
    guesses::check(&mut tx, &target, exchange.now()).await?;
    drop(tx);
    let kept = known.as_ref().and_then(|known| known.password.clone());
    let right = matches(exchange, given.password, kept).await?;
    let Some(known) = known.filter(|_| right) else {
        guesses::wrong(exchange, &target).await?;
        return Err(wrong());
    };
    let mut work = exchange.begin().await?;
    let outcome = if known.one_time_since.is_some() {
        // Guesses are forgotten only with the code: whoever knows the password must not guess codes for ever.
        Outcome::CodeNeeded(attempts::begin(&mut work, Kind::Code, Some(known.account), &login).await?)
    } else {
        guesses::right(&mut work, &target).await?;
        let begun = sessions::begin(&mut work, known.account, None, Proof::Password, visitor).await?;
        Outcome::Begun(Box::new(begun))
    };
    work.commit().await?;
    Ok(outcome)
}

/// Goes on with a code after the password.
///
/// # Errors
/// [`Error::Unauthenticated`] when the code is wrong or the password was too long ago, [`Error::TooMany`] after too
/// many wrong ones.
pub async fn sign_in_with_code(exchange: &Exchange, given: CodeSignIn, visitor: &Visitor) -> Result<Begun> {
    let mut tx = exchange.read().await?;
    let (account, login): (_, String) = attempts::find(&mut tx, Kind::Code, &given.attempt, exchange.now()).await?;
    let account = account.ok_or_else(wrong)?;
    let proofs = account::proofs(&mut tx, account).await?.ok_or_else(wrong)?;
    let target = Target::new(&login, Some(account));
    guesses::check(&mut tx, &target, exchange.now()).await?;
    drop(tx);
    let mut work = exchange.begin().await?;
    let Some(proof) = one_time::take(&mut work, &proofs, &given.code).await? else {
        drop(work);
        guesses::wrong(exchange, &target).await?;
        return Err(wrong_code());
    };
    let _: (_, String) = attempts::take(&mut work, Kind::Code, &given.attempt).await?;
    guesses::right(&mut work, &target).await?;
    let begun = sessions::begin(&mut work, account, None, proof, visitor).await?;
    work.commit().await?;
    Ok(begun)
}

/// Checks the password, and the code where one is asked for, of somebody who is signed in.
pub(super) async fn prove(
    exchange: &Exchange,
    account: AccountId,
    password: Option<String>,
    code: Option<String>,
) -> Result<Proof> {
    let Some(password) = password else {
        return Err(Error::field("password", "send the password, or the answer of a passkey"));
    };
    let mut tx = exchange.read().await?;
    let proofs = account::proofs(&mut tx, account).await?.ok_or_else(wrong)?;
    let target = target(&proofs);
    guesses::check(&mut tx, &target, exchange.now()).await?;
    drop(tx);
    if !matches(exchange, password, proofs.password.clone()).await? {
        guesses::wrong(exchange, &target).await?;
        return Err(wrong());
    }
    let mut work = exchange.begin().await?;
    let proof = match (proofs.one_time_since, code) {
        (None, _) => Proof::Password,
        (Some(_), None) => return Err(Error::field("code", "send a code of the app as well, or a recovery code")),
        (Some(_), Some(code)) => {
            let Some(proof) = one_time::take(&mut work, &proofs, &code).await? else {
                drop(work);
                guesses::wrong(exchange, &target).await?;
                return Err(wrong_code());
            };
            proof
        }
    };
    guesses::right(&mut work, &target).await?;
    work.commit().await?;
    Ok(proof)
}

pub(super) fn target(proofs: &Proofs) -> Target {
    let name = proofs.login.clone().unwrap_or_else(|| proofs.account.to_string());
    Target::new(&name, Some(proofs.account))
}

/// Hashes a password that somebody chose who signs in as `login`.
///
/// # Errors
/// [`Error::Invalid`] when it is too weak.
pub(super) async fn hash(exchange: &Exchange, field: &str, chosen: String, login: &str) -> Result<Hashed> {
    if let Some(fault) = password::fault(&chosen, login) {
        return Err(Error::field(field, fault));
    }
    let hashed = exchange.hashing().run(move || password::hash(&chosen)).await?;
    hashed.map(Hashed).map_err(|error| Error::Internal(error.to_string()))
}

/// Whoever signs in as nothing can have no password.
pub(super) fn no_login() -> Error {
    let detail = "this account comes from an identity provider only, so it has no name to sign in as";
    Error::impossible("no-login", detail, "sign in through the identity provider, or make a passkey")
}

/// Prepares another password for the caller's account.
///
/// # Errors
/// [`Error::Unproven`] when the caller's proof is too old, [`Error::Invalid`] when the password is too weak,
/// [`Error::Impossible`] when the account signs in as nothing.
pub async fn prepare(exchange: &Exchange, caller: &Principal, new: &NewPassword) -> Result<Hashed> {
    let (_, account) = caller.session()?;
    caller.proven_lately(exchange.now())?;
    let mut tx = exchange.read().await?;
    let proofs = account::proofs(&mut tx, account).await?.ok_or_else(|| Error::not_found("account", account))?;
    drop(tx);
    let login = proofs.login.ok_or_else(no_login)?;
    hash(exchange, "password", new.password.clone(), &login).await
}

/// Gives the caller's account another password, and ends its other sessions.
///
/// # Errors
/// [`Error::Store`].
pub async fn set(work: &mut Work, caller: &Principal, hashed: &Hashed) -> Result<()> {
    let (own, account) = caller.session()?;
    account::set_password(work, account, &hashed.0).await?;
    let ended = session::end_others(work, account, own).await?;
    work.audit(&caller.actor(), "account.password", &account.to_string(), json!({"sessionsEnded": ended}));
    Ok(())
}
