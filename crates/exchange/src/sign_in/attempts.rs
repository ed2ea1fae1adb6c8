//! What was begun and waits for its second half.

use hansa_model::id::AccountId;
use hansa_store::Tx;
use hansa_store::attempt::{self, Attempt};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ATTEMPT_LIFETIME;
use crate::{Error, Result, Work, secret};

/// What attempts are known by begins with this.
const PREFIX: &str = "hansa-attempt_";

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A code beside a password.
    Code,
    /// A passkey is used.
    Passkey,
    /// A passkey is made by somebody who signs up.
    FirstPasskey,
    /// A passkey is made by somebody who gets a new way in to an account.
    ResetPasskey,
    /// A passkey is made by the owner of an account.
    NewPasskey,
    /// Somebody returns from an identity provider.
    Journey,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Passkey => "passkey",
            Self::FirstPasskey => "first-passkey",
            Self::ResetPasskey => "reset-passkey",
            Self::NewPasskey => "new-passkey",
            Self::Journey => "journey",
        }
    }
}

fn refusal() -> Error {
    Error::Unauthenticated("this took too long or was used before; begin to sign in again".to_owned())
}

/// Keeps what was begun; answers the secret that it goes on with.
pub(super) async fn begin<T: Serialize>(
    work: &mut Work,
    kind: Kind,
    account: Option<AccountId>,
    data: &T,
) -> Result<String> {
    let secret = secret::make(PREFIX);
    let data = serde_json::to_string(data).map_err(|error| Error::Internal(error.to_string()))?;
    let expires_at = work.exchange().now().plus(ATTEMPT_LIFETIME);
    let attempt = Attempt { kind: kind.name().to_owned(), account, data, expires_at };
    attempt::insert(work, &secret::hash(&secret), &attempt).await?;
    Ok(secret)
}

fn read<T: DeserializeOwned>(attempt: Attempt) -> Result<(Option<AccountId>, T)> {
    let data = serde_json::from_str(&attempt.data).map_err(|error| Error::Internal(error.to_string()))?;
    Ok((attempt.account, data))
}

/// What was begun, which stays until it is taken.
pub(super) async fn find<T: DeserializeOwned>(
    tx: &mut Tx,
    kind: Kind,
    secret: &str,
    now: hansa_model::time::Timestamp,
) -> Result<(Option<AccountId>, T)> {
    attempt::find(tx, &secret::hash(secret), kind.name(), now).await?.map_or_else(|| Err(refusal()), read)
}

/// What was begun; nobody can go on with it again.
pub(super) async fn take<T: DeserializeOwned>(
    work: &mut Work,
    kind: Kind,
    secret: &str,
) -> Result<(Option<AccountId>, T)> {
    let now = work.exchange().now();
    attempt::take(work, &secret::hash(secret), kind.name(), now).await?.map_or_else(|| Err(refusal()), read)
}
