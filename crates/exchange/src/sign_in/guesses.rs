//! What keeps guessing slow: after some wrong passwords or codes in a row everybody who signs in so must wait, longer
//! each time. It counts the same whether there is such an account or not. Passkeys and identity providers are not
//! guessed at, so they are still a way in.

use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::id::AccountId;
use hansa_model::time::Timestamp;
use hansa_store::{Tx, account, attempt};
use serde_json::json;

use crate::{Error, Exchange, Result, Work, secret};

/// How many wrong guesses in a row are let pass.
const FREE: u32 = 5;
/// How long the first wait is; each one after it is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(60);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(60 * 60);
/// After how long a time guesses are forgotten.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// Whom guesses are about.
#[derive(Debug, Clone)]
pub(super) struct Target {
    subject: String,
    account: Option<AccountId>,
}

impl Target {
    /// Whoever signs in as this.
    pub(super) fn new(login: &str, account: Option<AccountId>) -> Self {
        Self { subject: secret::hash(login), account }
    }
}

fn wait(failures: u32) -> Option<Duration> {
    let doublings = failures.checked_sub(FREE)?;
    let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(doublings.min(16)));
    Some(wait.min(LONGEST_WAIT))
}

/// Refuses while guesses must wait.
pub(super) async fn check(tx: &mut Tx, target: &Target, now: Timestamp) -> Result<()> {
    match attempt::locked_until(tx, &target.subject, now).await? {
        None => Ok(()),
        Some(until) => {
            Err(Error::TooMany { detail: "there were too many wrong attempts".to_owned(), wait: until.since(now) })
        }
    }
}

/// Notes a wrong guess.
pub(super) async fn wrong(exchange: &Exchange, target: &Target) -> Result<()> {
    let mut work = exchange.begin().await?;
    let now = exchange.now();
    let failures = attempt::fail(&mut work, &target.subject, now, now.minus(MEMORY)).await?;
    if let Some(wait) = wait(failures) {
        attempt::lock(&mut work, &target.subject, now.plus(wait)).await?;
        if let Some(id) = target.account {
            tell(&mut work, id, failures, wait).await?;
        }
    }
    work.commit().await
}

/// Tells those who should know that somebody guesses.
async fn tell(work: &mut Work, id: AccountId, failures: u32, wait: Duration) -> Result<()> {
    let detail = json!({"failures": failures, "seconds": wait.as_secs()});
    work.audit("exchange", "account.lock", &id.to_string(), detail.clone());
    for membership in account::memberships(work, id).await? {
        let audience = Audience { tenant: None, provider: Some(membership.participant.id) };
        let member = membership.member.id.to_string();
        work.event("account.locked", &member, None, audience, detail.clone());
    }
    Ok(())
}

/// Notes the right one.
pub(super) async fn right(work: &mut Work, target: &Target) -> Result<()> {
    Ok(attempt::succeed(work, &target.subject).await?)
}

/// Forgets what is too old to count.
pub(crate) async fn sweep(work: &mut Work, now: Timestamp) -> Result<()> {
    Ok(attempt::sweep(work, now, now.minus(MEMORY)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_begin_late_double_and_end() {
        let seconds: Vec<_> = (1..=14).map(|failures| wait(failures).map(|wait| wait.as_secs())).collect();
        let mut wanted = vec![None; 4];
        wanted.extend([60, 120, 240, 480, 960, 1920, 3600, 3600, 3600, 3600].map(Some));
        assert_eq!(seconds, wanted);
        assert_eq!(wait(u32::MAX), Some(LONGEST_WAIT));
    }
}
