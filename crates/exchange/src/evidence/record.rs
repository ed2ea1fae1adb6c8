//! How evidence is kept, looked at again, and told of.

use std::time::Duration;

use hansa_model::event::Audience;
use hansa_model::evidence::{Evidence, EvidenceState};
use hansa_model::time::Timestamp;
use serde_json::json;

use crate::Work;

/// The state that times alone put evidence into.
pub(super) fn by_time(piece: &Evidence, now: Timestamp) -> EvidenceState {
    if now < piece.valid_from {
        EvidenceState::NotYetValid
    } else if piece.valid_until.is_some_and(|end| end <= now) {
        EvidenceState::Expired
    } else {
        EvidenceState::Valid
    }
}

/// When evidence is to be looked at again: when its times change its state, and when its issuer is to be asked again.
pub(super) fn next_check(piece: &Evidence, now: Timestamp, refresh: Option<Duration>) -> Option<Timestamp> {
    let times = [Some(piece.valid_from), piece.valid_until].into_iter().flatten().filter(|at| *at > now);
    let asked = refresh.map(|pause| now.plus(pause));
    times.chain(asked).min()
}

/// Tells that evidence entered a state.
pub(super) fn tell(work: &mut Work, actor: &str, piece: &Evidence, state: EvidenceState) {
    let word = hansa_store::db::word(&state);
    let data = json!({"subject": piece.subject, "kind": piece.kind, "issuer": piece.issuer, "state": word});
    work.audit(actor, &format!("evidence.{word}"), &piece.id.to_string(), data.clone());
    let audience = Audience { tenant: None, provider: Some(piece.holder) };
    work.event(&format!("evidence.{word}"), &piece.id.to_string(), None, audience, data);
}
