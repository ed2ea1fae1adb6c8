//! Letting devices in without a browser of their own (RFC 8628): a device shows a code, somebody who is signed in types
//! it and says yes, and the device, which asks now and then, gets a token of theirs.

use std::collections::BTreeSet;
use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::participant::{IssuedToken, Scope};
use hansa_model::sign_in::{DeviceCode, DeviceQuestion, DeviceRequest, DeviceState, NewDevice};
use hansa_store::Tx;
use hansa_store::device::{self, DeviceRow};
use serde_json::json;

use super::Visitor;
use crate::check::Faults;
use crate::identity;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, Work, secret};

/// What devices ask with begins with this.
const PREFIX: &str = "hansa-device_";
/// How long a device can be let in.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// How many seconds a device waits between two questions.
const PAUSE: u64 = 5;
/// How many seconds more it must wait each time it does not.
const SLOWER: u64 = 5;
/// What codes are made of: no vowels, so that they make no words, and nothing that looks like something else.
const ALPHABET: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const CODE_LENGTH: usize = 8;
/// How often another code is tried when one is shown already.
const TRIES: u32 = 5;

fn make_code() -> String {
    let letter = || char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]);
    let mut code: String = (0..CODE_LENGTH).map(|_| letter()).collect();
    code.insert(CODE_LENGTH / 2, '-');
    code
}

/// The code that somebody meant, however they typed it.
fn read_code(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase());
    let mut code: String = letters.take(CODE_LENGTH + 1).collect();
    if code.len() == CODE_LENGTH {
        code.insert(CODE_LENGTH / 2, '-');
    }
    code
}

/// A device asks to be let in.
///
/// # Errors
/// [`Error::Invalid`].
pub async fn ask(work: &mut Work, new: NewDevice, visitor: &Visitor) -> Result<DeviceCode> {
    let scopes: BTreeSet<_> = new.scopes.unwrap_or_else(|| Scope::ALL.into_iter().collect());
    let mut faults = Faults::default();
    faults.label("name", &new.name, 64);
    faults.unless(!scopes.is_empty(), "scopes", "name at least one scope, or leave this out for all");
    faults.finish()?;
    let exchange = work.exchange();
    let (now, device_code) = (exchange.now(), secret::make(PREFIX));
    let mut row = DeviceRow {
        request: DeviceRequest {
            user_code: String::new(),
            name: new.name,
            scopes,
            address: visitor.address.clone(),
            state: DeviceState::Pending,
            created_at: now,
            expires_at: now.plus(LIFETIME),
        },
        member: None,
        pause: PAUSE,
        asked_at: now,
    };
    for _ in 0..TRIES {
        row.request.user_code = make_code();
        if device::insert(work, &secret::hash(&device_code), &row).await? {
            let page = format!("{}/device", exchange.settings().issuer.trim_end_matches('/'));
            return Ok(DeviceCode {
                device_code,
                verification_uri_complete: format!("{page}?code={}", row.request.user_code),
                user_code: row.request.user_code,
                verification_uri: page,
                expires_in: LIFETIME.as_secs(),
                interval: PAUSE,
            });
        }
    }
    Err(Error::Busy("too many devices ask to be let in just now".to_owned()))
}

/// What a device learns.
#[derive(Debug)]
pub enum Answer {
    /// It is in. The transaction is to be committed.
    Token(Box<IssuedToken>),
    /// It is not, or not yet. The transaction is to be committed as well.
    Not(Error),
}

/// A device asks whether it was let in.
///
/// # Errors
/// [`Error::Store`].
pub async fn poll(work: &mut Work, question: &DeviceQuestion) -> Result<Answer> {
    let now = work.exchange().now();
    let hash = secret::hash(&question.device_code);
    let expired = || {
        let detail = "the code does not work: it is unknown, was used, or was not answered in time";
        Answer::Not(Error::conflict("expired-token", detail, "begin to log in again"))
    };
    let row = device::lock(work, &hash).await?.filter(|row| row.request.expires_at > now);
    let Some(row) = row else { return Ok(expired()) };
    match (row.request.state, row.member) {
        (DeviceState::Pending, _) => {
            let early =
                now < row.asked_at.plus(Duration::from_secs(row.pause)) && row.asked_at > row.request.created_at;
            let pause = if early { row.pause + SLOWER } else { row.pause };
            device::asked(work, &hash, pause, now).await?;
            let (code, detail) = match early {
                true => ("slow-down", "the device asks too often"),
                false => ("authorization-pending", "nobody has answered yet"),
            };
            let hint = "ask again after the interval; after `slow-down` it is five seconds longer";
            Ok(Answer::Not(Error::conflict(code, detail, hint)))
        }
        (DeviceState::Denied, _) => {
            Ok(Answer::Not(Error::conflict("access-denied", "the device was turned away", None)))
        }
        (DeviceState::Approved, Some(member)) => {
            device::done(work, &hash).await?;
            let issued = identity::issue(work, member, row.request.name, row.request.scopes, None).await?;
            let detail = json!({"name": issued.token.name, "prefix": issued.token.prefix,
                "scopes": issued.token.scopes, "address": row.request.address});
            work.audit(&member.to_string(), "device.token", &issued.token.id.to_string(), detail);
            Ok(Answer::Token(Box::new(issued)))
        }
        (DeviceState::Approved | DeviceState::Done, _) => Ok(expired()),
    }
}

/// The device that shows a code, for whoever may let it in.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn look(tx: &mut Tx, exchange: &Exchange, caller: &Principal, typed: &str) -> Result<DeviceRequest> {
    caller.session()?;
    let code = read_code(typed);
    let row = device::by_user_code(tx, &code, exchange.now()).await?;
    row.map(|row| row.request).ok_or_else(|| Error::not_found("device that shows the code", code))
}

/// Lets the device in that shows a code, as the member that the caller's session acts for.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unproven`] when the caller's proof is too old, [`Error::Conflict`] when somebody
/// answered before.
pub async fn approve(work: &mut Work, caller: &Principal, typed: &str) -> Result<DeviceRequest> {
    answer(work, caller, typed, DeviceState::Approved).await
}

/// Turns the device away that shows a code.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Conflict`] when somebody answered before.
pub async fn deny(work: &mut Work, caller: &Principal, typed: &str) -> Result<DeviceRequest> {
    answer(work, caller, typed, DeviceState::Denied).await
}

async fn answer(work: &mut Work, caller: &Principal, typed: &str, state: DeviceState) -> Result<DeviceRequest> {
    let exchange = work.exchange();
    let found = look(work, &exchange, caller, typed).await?;
    let lets_in = state == DeviceState::Approved;
    if lets_in {
        caller.proven_lately(exchange.now())?;
    }
    let member = lets_in.then_some(caller.member);
    if !device::answer(work, &found.user_code, state, member, exchange.now()).await? {
        return Err(Error::conflict("answered", "this device was answered before", "begin to log in on it again"));
    }
    let action = if lets_in { "device.approve" } else { "device.deny" };
    let detail = json!({"name": found.name, "scopes": found.scopes, "address": found.address});
    work.audit(&caller.actor(), action, &caller.member.to_string(), detail.clone());
    let audience = Audience { tenant: None, provider: Some(caller.participant) };
    let kind = if lets_in { "device.approved" } else { "device.denied" };
    work.event(kind, &caller.member.to_string(), None, audience, detail);
    Ok(DeviceRequest { state, ..found })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back_however_they_are_typed() {
        for _ in 0..50 {
            let code = make_code();
            assert_eq!(code.len(), CODE_LENGTH + 1, "{code}");
            assert_eq!(read_code(&code.to_lowercase().replace('-', " ")), code);
            assert_eq!(read_code(&code), code);
        }
        assert_eq!(read_code("BCDF"), "BCDF");
        assert_eq!(read_code(&"B".repeat(5000)).len(), CODE_LENGTH + 1);
    }
}
