//! Evidence ends by itself, and issuers change their minds: both are seen by looking again.

use hansa_model::evidence::{Evidence, EvidenceState};
use hansa_model::time::Timestamp;
use hansa_store::evidence;

use super::record::{by_time, next_check, tell};
use super::submit;
use crate::{Exchange, Result, trust};

/// As whom the exchange acts in the audit log.
const ACTOR: &str = "exchange";

/// What an issuer says about a credential.
enum Word {
    /// It was asked and answered.
    Is(EvidenceState),
    /// It can't be asked.
    Silent,
    /// It keeps no list.
    None,
}

/// Looks at evidence whose time has come; answers whether there may be more.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store).
pub(crate) async fn look_after(exchange: &Exchange, most: u32) -> Result<bool> {
    let now = exchange.now();
    let due = evidence::due(&mut exchange.read().await?, now, most).await?;
    let more = u32::try_from(due.len()).is_ok_and(|many| many == most);
    for piece in due {
        // Its issuer is asked before anything is changed: that may take long.
        let word = ask(exchange, &piece).await;
        settle(exchange, &piece, &word, now).await?;
    }
    Ok(more)
}

async fn ask(exchange: &Exchange, piece: &Evidence) -> Word {
    if piece.checked_at.is_none() {
        return Word::None;
    }
    match submit::status(exchange, &piece.credential).await {
        Some(state) => Word::Is(state),
        None => Word::Silent,
    }
}

/// The state that evidence is in by its times and its issuer's word.
fn state(piece: &Evidence, word: &Word, grace: std::time::Duration, now: Timestamp) -> EvidenceState {
    match (by_time(piece, now), word) {
        (EvidenceState::Expired, _) => EvidenceState::Expired,
        (by_time, Word::None | Word::Is(EvidenceState::Valid)) => by_time,
        (_, Word::Is(state)) => *state,
        (by_time, Word::Silent) => {
            let heard = piece.checked_at.unwrap_or(piece.received_at);
            if now.since(heard) < grace && piece.state != EvidenceState::StatusUnknown {
                by_time
            } else {
                EvidenceState::StatusUnknown
            }
        }
    }
}

async fn settle(exchange: &Exchange, piece: &Evidence, word: &Word, now: Timestamp) -> Result<()> {
    let settings = &exchange.settings().trust;
    let mut work = exchange.begin().await?;
    // It may have been taken back meanwhile.
    let current = evidence::find(&mut work, piece.id).await?;
    let Some(piece) = current.filter(|current| current.state == piece.state) else { return Ok(()) };
    let state = state(&piece, word, settings.grace, now);
    let refresh = (!matches!(word, Word::None)).then_some(settings.refresh);
    let next = match state {
        EvidenceState::Expired | EvidenceState::Revoked => None,
        _ => next_check(&piece, now, refresh),
    };
    let heard = matches!(word, Word::Is(_)).then_some(now);
    evidence::set_state(&mut work, piece.id, state, heard, next).await?;
    if state != piece.state {
        tell(&mut work, ACTOR, &piece, state);
        trust::concern(&mut work, piece.holder, &piece.claims).await?;
    }
    work.commit().await
}
