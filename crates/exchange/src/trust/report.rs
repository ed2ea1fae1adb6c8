//! What is known of participants and offers, as it is shown.

use hansa_model::evidence::{
    Evaluation, RuleSetAbout, RuleSetCriterion, RuleSetDetail, RuleSetSummary, Subject, TrustReport,
};
use hansa_model::id::OfferId;
use hansa_model::participant::Participant;
use hansa_model::time::Timestamp;
use hansa_store::{Tx, evaluation, participant};
use hansa_trust::rules::{Asked, RuleSet};

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
        return Ok((assess::of_nothing(exchange.rule_sets(), exchange.now()), None));
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
pub fn rule_sets(exchange: &Exchange) -> Vec<RuleSetSummary> {
    let summary = |set: &RuleSet| RuleSetSummary { about: about(set), criteria: set.criteria().len() };
    exchange.rule_sets().all().iter().map(|set| summary(set)).collect()
}

fn about(set: &RuleSet) -> RuleSetAbout {
    let about = set.about();
    RuleSetAbout {
        id: about.id.clone(),
        version: about.version.clone(),
        title: about.title.clone(),
        standing: about.standing,
        levels: set.levels().iter().map(|level| level.id.clone()).collect(),
        source: about.source.clone(),
    }
}

/// One version of a rule set with its criteria.
///
/// # Errors
/// [`Error::NotFound`].
pub fn rule_set(exchange: &Exchange, id: &str, version: &str) -> Result<RuleSetDetail> {
    let found = exchange.rule_sets().get(id, version);
    let set = found.ok_or_else(|| Error::not_found("rule set", format!("{id} {version}")))?;
    let criteria = set.criteria().into_iter().map(|criterion| RuleSetCriterion {
        id: criterion.id.to_owned(),
        title: criterion.title.to_owned(),
        objective: criterion.objective.map(|objective| format!("{} {}", objective.id, objective.title)),
        asks: criterion.asks.into_iter().map(|(level, asked)| (level.to_owned(), asked_in_words(asked))).collect(),
        fact: criterion.answers.map(|(fact, _)| fact.to_owned()),
        answers: criterion.answers.map_or_else(Vec::new, |(_, choices)| {
            choices.iter().map(|choice| format!("{}: {}", choice.n, choice.label)).collect()
        }),
    });
    Ok(RuleSetDetail { about: about(set), criteria: criteria.collect() })
}

fn asked_in_words(asked: Asked) -> String {
    match asked {
        Asked::Declaration => "declaration",
        Asked::Certification => "certification",
    }
    .to_owned()
}
