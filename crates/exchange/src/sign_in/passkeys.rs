//! Signing in with a passkey, and the passkeys of an account.

use hansa_model::id::{AccountId, PasskeyId};
use hansa_model::sign_in::{NewPasskey, Passkey, PasskeyAnswer, PasskeyChallenge, Proof, SignUpChallenge};
use hansa_signin::passkey::{Assertion, Attestation, Challenge, Kept, Owner, PasskeyError};
use hansa_store::account::{self, PasskeyRow};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::attempts::{self, Kind};
use super::{Begun, Visitor, accounts, party, sessions};
use crate::check::Faults;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work};

/// What is remembered of a passkey that is being made: for whom.
#[derive(Serialize, Deserialize)]
struct Making {
    challenge: Challenge,
    account: AccountId,
}

fn refusal(error: &PasskeyError) -> Error {
    Error::Unauthenticated(format!("the passkey does not work: {error}"))
}

fn unknown() -> Error {
    Error::Unauthenticated("the passkey does not work: nobody here has it (any more)".to_owned())
}

/// Begins to sign in with a passkey: any that was made for this exchange.
///
/// # Errors
/// [`Error::Impossible`] where passkeys can't be used.
pub async fn challenge(work: &mut Work) -> Result<PasskeyChallenge> {
    let party = party(&work.exchange())?;
    let challenge = Challenge::make();
    let attempt = attempts::begin(work, Kind::Passkey, None, &challenge).await?;
    Ok(PasskeyChallenge { attempt, options: party.request(&challenge, &[]) })
}

fn kept(row: &PasskeyRow) -> Result<Kept> {
    let key = serde_json::from_str(&row.public_key)
        .map_err(|error| Error::Internal(format!("the key of a passkey can't be read: {error}")))?;
    Ok(Kept { credential: row.credential.clone(), key, counter: row.counter })
}

/// Whose passkey answered. The challenge is used up whatever comes of it.
async fn owner(exchange: &Exchange, given: PasskeyAnswer) -> Result<AccountId> {
    let party = party(exchange)?;
    let mut work = exchange.begin().await?;
    let (_, challenge): (_, Challenge) = attempts::take(&mut work, Kind::Passkey, &given.attempt).await?;
    work.commit().await?;
    let answer = Assertion::read(&given.credential).map_err(|error| Error::field("credential", error.to_string()))?;
    let mut work = exchange.begin().await?;
    let row = account::passkey(&mut work, &answer.credential()).await?.ok_or_else(unknown)?;
    if answer.handle().is_some_and(|handle| handle != row.account.to_string()) {
        return Err(unknown());
    }
    let counter = match party.authenticate(&challenge, &kept(&row)?, &answer) {
        Ok(counter) => counter,
        Err(error) => {
            if error == PasskeyError::Copied {
                let (passkey, detail) = (row.passkey.id.to_string(), json!({"account": row.account}));
                work.audit("exchange", "passkey.copied", &passkey, detail);
                work.commit().await?;
            }
            return Err(refusal(&error));
        }
    };
    if !account::use_passkey(&mut work, &row, counter, exchange.now()).await? {
        return Err(refusal(&PasskeyError::Copied));
    }
    work.commit().await?;
    Ok(row.account)
}

/// Signs in with a passkey.
///
/// # Errors
/// [`Error::Unauthenticated`] when its answer is not right.
pub async fn sign_in(exchange: &Exchange, given: PasskeyAnswer, visitor: &Visitor) -> Result<Begun> {
    let account = owner(exchange, given).await?;
    let mut work = exchange.begin().await?;
    let begun = sessions::begin(&mut work, account, None, Proof::Passkey, visitor).await?;
    work.commit().await?;
    Ok(begun)
}

/// Checks the passkey of somebody who is signed in.
pub(super) async fn prove(exchange: &Exchange, account: AccountId, given: PasskeyAnswer) -> Result<Proof> {
    if owner(exchange, given).await? == account { Ok(Proof::Passkey) } else { Err(unknown()) }
}

/// Begins to make the passkey of somebody who signs up, or who gets a new way in to an account.
///
/// # Errors
/// [`Error::Unauthenticated`] when the invitation does not work, [`Error::Invalid`], [`Error::Impossible`] where
/// passkeys can't be used.
pub async fn first_challenge(work: &mut Work, new: SignUpChallenge) -> Result<PasskeyChallenge> {
    let party = party(&work.exchange())?;
    let (kind, account, login, name) = match accounts::invitation(work, &new.code).await?.resets {
        Some(account) => {
            let proofs = account::proofs(work, account).await?.ok_or_else(accounts::unusable)?;
            (Kind::ResetPasskey, account, proofs.login.unwrap_or_else(|| proofs.name.clone()), proofs.name)
        }
        None => (Kind::FirstPasskey, AccountId::new(), accounts::checked_login(&new.login, &new.name)?, new.name),
    };
    let making = Making { challenge: Challenge::make(), account };
    let attempt = attempts::begin(work, kind, None, &making).await?;
    let handle = making.account.to_string();
    let owner = Owner { handle: &handle, login: &login, name: &name };
    Ok(PasskeyChallenge { attempt, options: party.creation(&making.challenge, owner, &[]) })
}

/// The passkey of somebody who gets a new way in to an account.
pub(super) async fn anew(work: &mut Work, account: AccountId, new: &NewPasskey) -> Result<PasskeyRow> {
    let (_, making): (_, Making) = attempts::take(work, Kind::ResetPasskey, &new.attempt).await?;
    if making.account == account {
        return made(&work.exchange(), &making, &new.name, &new.credential);
    }
    Err(Error::field("passkey.attempt", "this challenge is another account's; begin again"))
}

/// The passkey of somebody who signs up, and the account that it was made for.
pub(super) async fn first(work: &mut Work, new: &NewPasskey) -> Result<(AccountId, PasskeyRow)> {
    let (_, making): (_, Making) = attempts::take(work, Kind::FirstPasskey, &new.attempt).await?;
    let row = made(&work.exchange(), &making, &new.name, &new.credential)?;
    Ok((making.account, row))
}

fn made(exchange: &Exchange, making: &Making, name: &str, credential: &Value) -> Result<PasskeyRow> {
    check_name(name)?;
    let wrong = |error: PasskeyError| Error::field("credential", error.to_string());
    let kept =
        party(exchange)?.register(&making.challenge, &Attestation::read(credential).map_err(wrong)?).map_err(wrong)?;
    let public_key = serde_json::to_string(&kept.key).map_err(|error| Error::Internal(error.to_string()))?;
    let passkey = Passkey { id: PasskeyId::new(), name: name.to_owned(), created_at: exchange.now(), used_at: None };
    Ok(PasskeyRow { passkey, account: making.account, credential: kept.credential, public_key, counter: kept.counter })
}

fn check_name(name: &str) -> Result<()> {
    let mut faults = Faults::default();
    faults.label("name", name, 64);
    faults.finish()
}

/// Keeps a passkey that was made.
pub(super) async fn keep(work: &mut Work, actor: &str, row: &PasskeyRow) -> Result<()> {
    if !account::insert_passkey(work, row).await? {
        return Err(Error::conflict("passkey-known", "this passkey is known already", "make another one"));
    }
    let detail = json!({"account": row.account, "name": row.passkey.name});
    work.audit(actor, "passkey.add", &row.passkey.id.to_string(), detail);
    Ok(())
}

/// Begins to make another passkey for the caller's account.
///
/// # Errors
/// [`Error::Unproven`] when the caller's proof is too old, [`Error::Impossible`] where passkeys can't be used.
pub async fn next_challenge(work: &mut Work, caller: &Principal) -> Result<PasskeyChallenge> {
    let (_, id) = caller.session()?;
    let exchange = work.exchange();
    caller.proven_lately(exchange.now())?;
    let party = party(&exchange)?;
    let proofs = account::proofs(work, id).await?.ok_or_else(|| Error::not_found("account", id))?;
    let known: Vec<_> = account::passkeys(work, id).await?.into_iter().map(|row| row.credential).collect();
    let making = Making { challenge: Challenge::make(), account: id };
    let attempt = attempts::begin(work, Kind::NewPasskey, Some(id), &making).await?;
    let handle = id.to_string();
    let login = proofs.login.as_deref().unwrap_or(&proofs.name);
    let owner = Owner { handle: &handle, login, name: &proofs.name };
    Ok(PasskeyChallenge { attempt, options: party.creation(&making.challenge, owner, &known) })
}

/// Adds a passkey to the caller's account.
///
/// # Errors
/// [`Error::Unproven`], [`Error::Unauthenticated`] when the challenge is not the account's or too old,
/// [`Error::Invalid`] when the passkey can't be used, [`Error::Conflict`] when it is known.
pub async fn add(work: &mut Work, caller: &Principal, new: NewPasskey) -> Result<Passkey> {
    let (_, id) = caller.session()?;
    let exchange = work.exchange();
    caller.proven_lately(exchange.now())?;
    let (owner, making): (_, Making) = attempts::take(work, Kind::NewPasskey, &new.attempt).await?;
    if owner != Some(id) {
        return Err(Error::not_found("challenge", "of this account"));
    }
    let row = made(&exchange, &making, &new.name, &new.credential)?;
    keep(work, &caller.actor(), &row).await?;
    Ok(row.passkey)
}

/// Calls a passkey of the caller's account something else.
///
/// # Errors
/// [`Error::Invalid`] for a name that nobody could read, [`Error::NotFound`].
pub async fn rename(work: &mut Work, caller: &Principal, passkey: PasskeyId, name: &str) -> Result<Passkey> {
    let (_, id) = caller.session()?;
    check_name(name)?;
    let renamed = account::rename_passkey(work, id, passkey, name).await?;
    let renamed = renamed.ok_or_else(|| Error::not_found("passkey", passkey))?;
    work.audit(&caller.actor(), "passkey.rename", &passkey.to_string(), json!({"account": id, "name": name}));
    Ok(renamed)
}

/// Removes a passkey of the caller's account, unless nothing would be left to sign in with.
///
/// # Errors
/// [`Error::Unproven`], [`Error::NotFound`], [`Error::Conflict`] for the last way in.
pub async fn remove(work: &mut Work, caller: &Principal, passkey: PasskeyId) -> Result<()> {
    let (_, id) = caller.session()?;
    if !account::passkeys(work, id).await?.iter().any(|row| row.passkey.id == passkey) {
        return Err(Error::not_found("passkey", passkey));
    }
    caller.proven_lately(work.exchange().now())?;
    account::remove_passkey(work, id, passkey).await?;
    if account::is_locked_out(work, id).await? {
        let detail = "without this passkey there would be no way to sign in";
        return Err(Error::conflict("last-way-in", detail, "set a password or add another passkey first"));
    }
    work.audit(&caller.actor(), "passkey.remove", &passkey.to_string(), json!({"account": id}));
    Ok(())
}
