//! Whom customers' data or identities may reach through those who work for a participant.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::country::Country;
use hansa_model::evidence::{Access, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use super::facts::{Fact, WorksFor, settle};
use super::finding::Exposure;
use super::graph::Graph;
use super::judge::{self, Judged};
use super::upstream::earliest;

/// One subcontractor as the evidence together describes it.
#[derive(Debug, Clone)]
pub(super) struct Worker {
    pub(super) name: String,
    pub(super) entity: Option<u32>,
    pub(super) jurisdictions: BTreeSet<Country>,
    pub(super) access: Option<BTreeSet<Access>>,
}

/// What is known about the subcontractors of a participant.
#[derive(Debug, Default)]
pub(super) struct Subcontracting {
    /// Absent when it is not known whether there are any.
    pub(super) exposure: Option<Exposure>,
    pub(super) countries: BTreeSet<Country>,
    pub(super) evidence: BTreeSet<EvidenceId>,
    pub(super) next_change: Option<Timestamp>,
}

/// The subcontractors of a participant by what they are known as; absent when it is not known whether there are any.
/// Strong evidence that there are none outweighs weaker evidence of some.
pub(super) fn workers(graph: &Graph, of: u32, at: Timestamp) -> Option<Vec<Worker>> {
    let facts: Vec<_> = graph.node(of).subcontractors.iter().filter(|fact| graph.hears(of, fact, at)).collect();
    let none = facts.iter().filter(|fact| fact.says.is_none()).map(|fact| fact.strength).max();
    let some = facts.iter().filter(|fact| fact.says.is_some()).map(|fact| fact.strength).max();
    match (none, some) {
        (None, None) => None,
        (Some(none), some) if some.is_none_or(|some| some < none) => Some(Vec::new()),
        _ => {
            let mut by_name: BTreeMap<String, Vec<(&Fact<_>, &WorksFor)>> = BTreeMap::new();
            for (fact, works) in facts.iter().filter_map(|fact| Some((*fact, fact.says.as_ref()?))) {
                by_name.entry(works.subcontractor.name.trim().to_lowercase()).or_default().push((fact, works));
            }
            Some(by_name.into_values().filter_map(|statements| worker(&statements)).collect())
        }
    }
}

fn worker(statements: &[(&Fact<Option<WorksFor>>, &WorksFor)]) -> Option<Worker> {
    let (_, first) = statements.first()?;
    let each = || statements.iter().map(|(fact, works)| (fact.strength, *works));
    let access = settle(each().map(|(strength, works)| (strength, works.subcontractor.access.as_ref())));
    Some(Worker {
        name: first.subcontractor.name.clone(),
        entity: settle(each().map(|(strength, works)| (strength, works.entity))).value(),
        jurisdictions: each().flat_map(|(_, works)| works.subcontractor.jurisdictions.iter().copied()).collect(),
        access: access.value().cloned(),
    })
}

/// Which third countries reach the subcontractors that can get at data or identities.
pub(super) fn subcontracting(graph: &Graph, of: u32, at: Timestamp) -> Subcontracting {
    let facts = &graph.node(of).subcontractors;
    let counted = || facts.iter().filter(|fact| graph.hears(of, fact, at));
    let mut result = Subcontracting {
        evidence: counted().map(|fact| fact.evidence).collect(),
        next_change: facts.iter().filter_map(|fact| fact.span.next_change(at)).min(),
        ..Subcontracting::default()
    };
    let Some(workers) = workers(graph, of, at) else { return result };
    let mut exposure = Exposure::default();
    if contradicts_itself(counted()) {
        exposure
            .unknown
            .push("the evidence says both that there are subcontractors and that there are none".to_owned());
    }
    for worker in &workers {
        let judged = worker.entity.map(|entity| judge::judge(graph, entity, at));
        result.countries.extend(&worker.jurisdictions);
        if let Some(judged) = &judged {
            result.countries.extend(judged.seats());
            result.evidence.extend(&judged.upstream.evidence);
            result.next_change = earliest(result.next_change, judged.upstream.next_change);
        }
        let reached = reached(worker, judged.as_ref());
        exposure.countries.extend(reached.countries);
        exposure.unknown.extend(reached.unknown);
    }
    result.exposure = Some(exposure);
    result
}

fn contradicts_itself<'a>(facts: impl Iterator<Item = &'a Fact<Option<WorksFor>>>) -> bool {
    let (mut none, mut some): (Option<Strength>, Option<Strength>) = (None, None);
    for fact in facts {
        let strongest = if fact.says.is_none() { &mut none } else { &mut some };
        *strongest = (*strongest).max(Some(fact.strength));
    }
    none.is_some() && none == some
}

/// Which third countries reach data or identities through one subcontractor, given what is judged of its entity.
pub(super) fn reached(worker: &Worker, judged: Option<&Judged>) -> Exposure {
    let name = &worker.name;
    let mut exposure = Exposure::default();
    match &worker.access {
        Some(access) if access.is_empty() => return exposure,
        Some(_) => {}
        None => {
            exposure.unknown.push(format!(
                "what the subcontractor {name} can get at is not stated: declare its access to data and identities"
            ));
            return exposure;
        }
    }
    exposure.countries.extend(worker.jurisdictions.iter().filter(|country| !country.in_eea()));
    match judged {
        None => exposure.unknown.push(format!(
            "who controls the subcontractor {name} is not known: name its entity and declare who owns it"
        )),
        Some(judged) => {
            let of_entity = judged.exposure();
            exposure.countries.extend(of_entity.countries);
            exposure.unknown.extend(of_entity.unknown.into_iter().map(|why| format!("subcontractor {name}: {why}")));
        }
    }
    exposure
}
