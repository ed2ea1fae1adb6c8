//! What is known of participants and offers, as it is shown.

use hansa_model::evidence::{Evaluation, RuleSetSummary, Subject, TrustReport};
use hansa_model::id::OfferId;
use hansa_model::participant::Participant;
use hansa_model::time::Timestamp;
use hansa_store::{Tx, evaluation, participant};
use hansa_trust::rules::RuleSets;
use serde_json::Value;

use super::assess;
use super::names::{Signer, did};
use crate::principal::Principal;
use crate::{Error, Exchange, Result, offers, participants};

/// What is known of a participant, named by its identifier or short name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn of_participant(exchange: &Exchange, key: &str) -> Result<TrustReport> {
    let mut tx = exchange.read().await?;
    let found = participants::get(&mut tx, key).await?;
    let (evaluations, evaluated_at) = kept(&mut tx, exchange, &found).await?;
    Ok(TrustReport {
        subject: Subject::Participant(found.id),
        participant: found.id,
        did: did(exchange, &Signer::Participant(found.id, found.name)),
        assurance: found.assurance,
        evaluations,
        evaluated_at,
    })
}

/// What rule sets made of a participant; what they make of nothing known when it was never judged.
async fn kept(tx: &mut Tx, exchange: &Exchange, of: &Participant) -> Result<(Vec<Evaluation>, Option<Timestamp>)> {
    let kept = evaluation::of(tx, of.id).await?;
    if kept.is_empty() {
        return Ok((assess::of_nothing(exchange.now()), None));
    }
    let at = kept.iter().map(|(_, at)| *at).max();
    Ok((kept.into_iter().map(|(evaluation, _)| evaluation).collect(), at))
}

/// What is known of an offer that the caller may see.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn of_offer(exchange: &Exchange, caller: Option<&Principal>, id: OfferId) -> Result<TrustReport> {
    let mut tx = exchange.read().await?;
    let offer = offers::get(&mut tx, caller, id, exchange.now()).await?;
    let provider = participant::find(&mut tx, offer.provider).await?;
    let provider = provider.ok_or_else(|| Error::not_found("participant", offer.provider))?;
    let (evaluations, assurance) = assess::of_offer(&mut tx, exchange, &provider, &offer).await?;
    Ok(TrustReport {
        subject: Subject::Offer(id),
        participant: provider.id,
        did: did(exchange, &Signer::Participant(provider.id, provider.name)),
        assurance,
        evaluations,
        evaluated_at: Some(exchange.now()),
    })
}

/// Every version of every rule set, in short.
#[must_use]
pub fn rule_sets() -> Vec<RuleSetSummary> {
    RuleSets::embedded().all().map(hansa_trust::rules::RuleSet::summary).collect()
}

/// One version of a rule set.
///
/// # Errors
/// [`Error::NotFound`].
pub fn rule_set(id: &str, version: &str) -> Result<Value> {
    let found = RuleSets::embedded().get(id, version);
    let found = found.ok_or_else(|| Error::not_found("rule set", format!("{id} {version}")))?;
    Ok(found.to_json())
}
