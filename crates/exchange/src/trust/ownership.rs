//! Who controls whom, as far as anybody has shown it.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Claim, ControlVerdict, OwnershipReport};
use hansa_model::id::{EvidenceId, ParticipantId};
use hansa_store::{Tx, evidence, participant, trusted_issuer};
use hansa_trust::Known;
use hansa_trust::ownership::{Aliases, Answer, Graph, Verdict, draw, with_global_names};

use super::assess::{believed, known};
use super::names::{Signer, did};
use crate::{Exchange, Result};

/// The ownership graph, with whom it is about.
pub(crate) struct Owners {
    pub(crate) graph: Graph,
    /// Participants by short name.
    names: BTreeMap<String, ParticipantId>,
}

/// A claim with the names that everybody knows its entities by.
fn rename(claim: Claim, by: &str, names: &BTreeMap<String, ParticipantId>) -> Claim {
    with_global_names(claim, by, |name| names.contains_key(name))
}

/// Everything that counts about who owns whom.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store).
pub(crate) async fn owners(tx: &mut Tx, exchange: &Exchange) -> Result<Owners> {
    owners_without(tx, exchange, &BTreeSet::new()).await
}

/// Everything that counts about who owns whom, as if some evidence were not there.
///
/// # Errors
/// [`Error::Store`](crate::Error::Store).
pub(crate) async fn owners_without(tx: &mut Tx, exchange: &Exchange, without: &BTreeSet<EvidenceId>) -> Result<Owners> {
    let everybody = participant::names(tx).await?;
    let mut aliases = Aliases::default();
    for (id, name) in &everybody {
        aliases.add(did(exchange, &Signer::Participant(*id, name.clone())), name.to_string());
        aliases.add(name.to_string(), name.to_string());
    }
    let by_id: BTreeMap<ParticipantId, String> = everybody.iter().map(|(id, name)| (*id, name.to_string())).collect();
    let names = everybody.into_iter().map(|(id, name)| (name.to_string(), id)).collect();
    let mut graph = Graph::new(aliases);
    let issuers = trusted_issuer::all(tx).await?;
    let counted = believed(evidence::of_ownership(tx).await?, &issuers).into_iter();
    for piece in counted.filter(|piece| !without.contains(&piece.id)) {
        let Some(by) = by_id.get(&piece.holder) else { continue };
        for each in known(std::slice::from_ref(&piece)) {
            graph.insert(by, &Known { claim: rename(each.claim, by, &names), ..each });
        }
    }
    Ok(Owners { graph, names })
}

impl Owners {
    /// Takes something in that a participant would say.
    pub(crate) fn suppose(&mut self, by: ParticipantId, said: &Known) {
        let Some((name, _)) = self.names.iter().find(|(_, id)| **id == by) else { return };
        let claim = rename(said.claim.clone(), name, &self.names);
        self.graph.insert(name, &Known { claim, ..said.clone() });
    }

    /// The other participants whom claims about who owns whom may concern.
    pub(crate) fn downstream(&self, holder: ParticipantId, claims: &[Claim]) -> Vec<ParticipantId> {
        let by = self.names.iter().find(|(_, id)| **id == holder).map_or("", |(name, _)| name.as_str());
        let entities = claims.iter().filter_map(|claim| match rename(claim.clone(), by, &self.names) {
            Claim::Entity(entity) => Some(entity.id),
            Claim::Holding(holding) => Some(holding.owned),
            _ => None,
        });
        let mut reached: BTreeSet<ParticipantId> = BTreeSet::new();
        for entity in entities {
            reached.extend(self.graph.downstream(&entity).into_iter().filter_map(|name| self.names.get(name)));
        }
        reached.remove(&holder);
        reached.into_iter().collect()
    }
}

fn verdict(of: &Verdict) -> ControlVerdict {
    let named =
        |verdict: &str| ControlVerdict { verdict: verdict.to_owned(), countries: Vec::new(), reasons: Vec::new() };
    match of {
        Verdict::Home => named("home"),
        Verdict::ThirdCountry(countries) => {
            ControlVerdict { countries: countries.iter().copied().collect(), ..named("third-country") }
        }
        Verdict::Unknown(reasons) => ControlVerdict { reasons: reasons.clone(), ..named("unknown") },
    }
}

/// Who controls a participant, named by its identifier or short name.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn ownership(exchange: &Exchange, key: &str) -> Result<OwnershipReport> {
    let mut tx = exchange.read().await?;
    let found = crate::participants::get(&mut tx, key).await?;
    let Owners { graph, .. } = owners(&mut tx, exchange).await?;
    let (name, now) = (found.name.as_str(), exchange.now());
    let finding = graph.find(name, now);
    Ok(OwnershipReport {
        participant: found.id,
        entity: name.to_owned(),
        union: verdict(&finding.union),
        eea: verdict(&finding.eea),
        exposed: finding.exposure.countries.iter().copied().collect(),
        exposure_unknown: finding.exposure.unknown,
        subcontractors_exposed: finding.subcontractors.map(|reach| reach.countries.into_iter().collect()),
        immunity: match finding.immunity.answer {
            Answer::Pass => "pass",
            Answer::Fail => "fail",
            Answer::Unknown => "unknown",
        }
        .to_owned(),
        immunity_reasons: finding.immunity.reasons,
        valid_until: finding.valid_until,
        picture: draw(&graph, name, now),
    })
}
