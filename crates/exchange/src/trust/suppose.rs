//! What rule sets would make of a participant if it said something else than it does.

use std::collections::BTreeSet;

use hansa_model::evidence::{Claim, Evaluation, Strength, Subject};
use hansa_model::id::EvidenceId;
use hansa_model::participant::Participant;
use hansa_store::{Tx, evidence as kept_evidence, trusted_issuer};
use hansa_trust::{Case, Known, rules};

use super::assess::{believed, known};
use super::names::{Signer, did};
use super::ownership::owners_without;
use crate::{Exchange, Result};

/// What would be known, and what rule sets would make of it.
pub(crate) struct Supposed {
    /// What would be known of the participant as a whole.
    pub(crate) known: Vec<Known>,
    /// What each rule set in force would make of it.
    pub(crate) evaluations: Vec<Evaluation>,
}

/// Supposes that a participant says `said` in the place of the evidence `instead`. Nothing is kept.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store).
pub(crate) async fn suppose(
    tx: &mut Tx,
    exchange: &Exchange,
    participant: &Participant,
    instead: &BTreeSet<EvidenceId>,
    said: Vec<Claim>,
) -> Result<Supposed> {
    let now = exchange.now();
    let issuer = did(exchange, &Signer::Participant(participant.id, participant.name.clone()));
    let (evidence, valid_until) = (EvidenceId::new(), Some(now.plus(crate::evidence::YEAR)));
    let strength = Strength::Declared;
    let new: Vec<Known> = said
        .into_iter()
        .map(|claim| Known { claim, strength, evidence, issuer: issuer.clone(), valid_from: now, valid_until })
        .collect();
    let mut owners = owners_without(tx, exchange, instead).await?;
    new.iter().for_each(|each| owners.suppose(participant.id, each));
    let finding = owners.graph.find(participant.name.as_str(), now);
    let issuers = trusted_issuer::all(tx).await?;
    let mut kept = believed(kept_evidence::of_holder(tx, participant.id).await?, &issuers);
    kept.retain(|piece| piece.subject == Subject::Participant(participant.id) && !instead.contains(&piece.id));
    let mut all = known(&kept);
    all.extend(new);
    let case = Case { at: now, kind: None, site: None, known: &all, finding: &finding };
    let sets = exchange.rule_sets().all_current(now);
    let evaluations = sets.into_iter().map(|set| rules::evaluate(set, &case)).collect();
    Ok(Supposed { known: all, evaluations })
}
