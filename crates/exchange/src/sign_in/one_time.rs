//! One-time codes of an app beside the password, and recovery codes for when the app is lost.

use hansa_model::sign_in::{OneTimeCode, OneTimeSecret, Proof, RecoveryCodes};
use hansa_signin::{one_time, recovery};
use hansa_store::account::{self, Proofs};
use hansa_store::session;
use serde_json::json;
use url::Url;

use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, sealing, secret};

/// What secrets are sealed for.
const PURPOSE: &str = "hansa one-time codes";

fn fault(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

fn open(exchange: &Exchange, proofs: &Proofs) -> Result<Option<String>> {
    let Some(sealed) = &proofs.one_time_secret else { return Ok(None) };
    let secret = sealing::open(exchange, PURPOSE, &proofs.account.to_string(), sealed)?;
    String::from_utf8(secret).map(Some).map_err(fault)
}

/// Uses a code of the app up. A code is good for once, and none that is older than one that was used.
async fn take_step(work: &mut Work, proofs: &Proofs, code: &str) -> Result<bool> {
    let exchange = work.exchange();
    let Some(secret) = open(&exchange, proofs)? else { return Ok(false) };
    let seconds = u64::try_from(exchange.now().micros() / 1_000_000).unwrap_or_default();
    match one_time::step(&secret, code, seconds).map_err(fault)? {
        Some(step) => Ok(account::take_step(work, proofs.account, step).await?),
        None => Ok(false),
    }
}

/// Uses up a code of the app or a recovery code; `None` when it is neither.
pub(super) async fn take(work: &mut Work, proofs: &Proofs, code: &str) -> Result<Option<Proof>> {
    if let Some(code) = recovery::read(code) {
        let taken = account::take_recovery_code(work, proofs.account, &secret::hash(&code)).await?;
        if taken {
            work.audit(&proofs.account.to_string(), "account.recovery-code", &proofs.account.to_string(), json!({}));
        }
        return Ok(taken.then_some(Proof::RecoveryCode));
    }
    Ok(take_step(work, proofs, code).await?.then_some(Proof::OneTimeCode))
}

async fn own(work: &mut Work, caller: &Principal) -> Result<Proofs> {
    let (_, id) = caller.session()?;
    caller.proven_lately(work.exchange().now())?;
    account::proofs(work, id).await?.ok_or_else(|| Error::not_found("account", id))
}

/// Makes a secret for an app. Codes are asked for once one of them was sent.
///
/// # Errors
/// [`Error::Unproven`] when the caller's proof is too old, [`Error::Conflict`] when codes are asked for already,
/// [`Error::Impossible`] without a password to ask for them beside.
pub async fn offer(work: &mut Work, caller: &Principal) -> Result<OneTimeSecret> {
    let proofs = own(work, caller).await?;
    let (Some(login), Some(_)) = (&proofs.login, &proofs.password) else {
        let detail = "one-time codes are asked for beside a password, and this account has none";
        return Err(Error::impossible("no-password", detail, "a passkey is two factors already"));
    };
    let exchange = work.exchange();
    let secret = one_time::make();
    let sealed = sealing::close(&exchange, PURPOSE, &proofs.account.to_string(), secret.as_bytes())?;
    if !account::offer_one_time_secret(work, proofs.account, &sealed).await? {
        let detail = "one-time codes are asked for already";
        return Err(Error::conflict("in-use", detail, "stop them first to move to another app"));
    }
    let issuer: Option<Url> = exchange.settings().issuer.parse().ok();
    let host = issuer.as_ref().and_then(Url::host_str).unwrap_or("Hansa");
    let uri = one_time::uri(&secret, host, login).map_err(fault)?;
    Ok(OneTimeSecret { secret, uri })
}

/// Asks for one-time codes from now on, because the app can make them.
///
/// # Errors
/// [`Error::Unproven`], [`Error::Invalid`] when the code is not one of the app, [`Error::Conflict`] when there is no
/// secret, or codes are asked for already.
pub async fn activate(work: &mut Work, caller: &Principal, given: &OneTimeCode) -> Result<RecoveryCodes> {
    let proofs = own(work, caller).await?;
    if proofs.one_time_secret.is_none() || proofs.one_time_since.is_some() {
        let detail = "there is no secret that waits for its first code";
        return Err(Error::conflict("nothing-offered", detail, "make a secret first"));
    }
    if !take_step(work, &proofs, &given.code).await? {
        return Err(Error::field("code", "this is not the app's code; look whether its clock is right"));
    }
    let now = work.exchange().now();
    account::require_one_time_codes(work, proofs.account, now).await?;
    // The password was proven lately, and now the app as well.
    let (own, _) = caller.session()?;
    session::prove(work, own, Proof::OneTimeCode, now).await?;
    work.audit(&caller.actor(), "account.one-time-codes", &proofs.account.to_string(), json!({}));
    make_codes(work, &proofs).await
}

async fn make_codes(work: &mut Work, proofs: &Proofs) -> Result<RecoveryCodes> {
    let codes = recovery::make();
    let read = codes.iter().filter_map(|code| recovery::read(code));
    let hashes: Vec<_> = read.map(|code| secret::hash(&code)).collect();
    account::set_recovery_codes(work, proofs.account, &hashes).await?;
    Ok(RecoveryCodes { codes })
}

/// Asks for one-time codes no more; recovery codes stop working.
///
/// # Errors
/// [`Error::Unproven`].
pub async fn stop(work: &mut Work, caller: &Principal) -> Result<()> {
    let proofs = own(work, caller).await?;
    if account::forget_one_time_codes(work, proofs.account).await? {
        work.audit(&caller.actor(), "account.no-one-time-codes", &proofs.account.to_string(), json!({}));
    }
    Ok(())
}

/// Makes other recovery codes; those from before stop working.
///
/// # Errors
/// [`Error::Unproven`], [`Error::Conflict`] when no one-time codes are asked for.
pub async fn renew(work: &mut Work, caller: &Principal) -> Result<RecoveryCodes> {
    let proofs = own(work, caller).await?;
    if proofs.one_time_since.is_none() {
        let detail = "recovery codes are for one-time codes, which this account does not ask for";
        return Err(Error::conflict("nothing-to-recover", detail, "set one-time codes up first"));
    }
    work.audit(&caller.actor(), "account.recovery-codes", &proofs.account.to_string(), json!({}));
    make_codes(work, &proofs).await
}
