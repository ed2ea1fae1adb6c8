//! The ownership graph of all participants, with every statement that was ever made while its evidence stands.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hansa_model::evidence::{Claim, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use super::facts::{Fact, HeldBy, Node, Span, WorksFor};
use super::finding::Finding;
use super::judge;
use crate::Known;

/// The names that one entity goes by: its DID, `lei:…`, the short name of the participant.
#[derive(Debug, Clone, Default)]
pub struct Aliases(BTreeMap<String, String>);

impl Aliases {
    /// Makes `alias` another name of the participant `name`. The last word on an alias counts.
    pub fn add(&mut self, alias: impl Into<String>, name: impl Into<String>) {
        self.0.insert(alias.into(), name.into());
    }

    /// The name that an entity is kept under.
    #[must_use]
    pub fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map_or(id, String::as_str)
    }
}

/// Entities, who holds what of them, and who works for them.
///
/// What a participant declares about another participant is left out: everybody speaks for himself, and for those
/// upstream of him that take no part.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    aliases: Aliases,
    numbers: HashMap<String, u32>,
    nodes: Vec<Node>,
    by_evidence: BTreeMap<EvidenceId, BTreeSet<u32>>,
}

impl Graph {
    /// An empty graph whose entities go by these names.
    #[must_use]
    pub fn new(aliases: Aliases) -> Self {
        let mut graph = Self::default();
        let participants: BTreeSet<String> = aliases.0.values().cloned().collect();
        graph.aliases = aliases;
        for name in participants {
            let number = graph.number(&name);
            graph.nodes[number as usize].participant = true;
        }
        graph
    }

    /// The graph of what is known, each with the participant whose evidence it is.
    #[must_use]
    pub fn of<'a>(aliases: Aliases, known: impl IntoIterator<Item = (&'a str, &'a Known)>) -> Self {
        let mut graph = Self::new(aliases);
        for (about, each) in known {
            graph.insert(about, each);
        }
        graph
    }

    /// How many entities it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Adds what evidence of the participant `about` says; claims that are no part of the graph are passed over.
    pub fn insert(&mut self, about: &str, known: &Known) {
        if !matches!(
            known.claim,
            Claim::Entity(_) | Claim::Holding(_) | Claim::Subcontractor(_) | Claim::NoSubcontractors
        ) {
            return;
        }
        let about = self.number(about);
        self.nodes[about as usize].participant = true;
        let touched = match &known.claim {
            Claim::Entity(entity) => {
                let number = self.number(&entity.id);
                self.nodes[number as usize].entities.push(fact(about, known, entity.clone()));
                number
            }
            Claim::Holding(holding) => {
                let (owner, owned) = (self.number(&holding.owner), self.number(&holding.owned));
                let mut held = fact(about, known, HeldBy { owner, holding: holding.clone() });
                held.span = held.span.within(holding.valid_from, holding.valid_to);
                self.nodes[owned as usize].held_by.push(held);
                self.nodes[owner as usize].holds.insert(owned);
                owned
            }
            Claim::Subcontractor(subcontractor) => {
                let entity = subcontractor.entity.as_deref().map(|id| self.number(id));
                if let Some(entity) = entity {
                    self.nodes[entity as usize].works_for.insert(about);
                }
                let works = WorksFor { entity, subcontractor: subcontractor.clone() };
                self.nodes[about as usize].subcontractors.push(fact(about, known, Some(works)));
                about
            }
            _ => {
                self.nodes[about as usize].subcontractors.push(fact(about, known, None));
                about
            }
        };
        self.by_evidence.entry(known.evidence).or_default().insert(touched);
    }

    /// Takes out everything that a piece of evidence says, and names the entities that it spoke of: those, and whoever
    /// is [downstream](Self::downstream) of them, are to be evaluated anew.
    pub fn remove(&mut self, evidence: EvidenceId) -> BTreeSet<String> {
        let touched = self.by_evidence.remove(&evidence).unwrap_or_default();
        for number in &touched {
            let node = &mut self.nodes[*number as usize];
            node.entities.retain(|fact| fact.evidence != evidence);
            node.held_by.retain(|fact| fact.evidence != evidence);
            node.subcontractors.retain(|fact| fact.evidence != evidence);
        }
        touched.into_iter().map(|number| self.nodes[number as usize].id.clone()).collect()
    }

    /// The entities that a piece of evidence speaks of.
    #[must_use]
    pub fn touched_by(&self, evidence: EvidenceId) -> BTreeSet<&str> {
        let touched = self.by_evidence.get(&evidence);
        touched.into_iter().flatten().map(|number| self.nodes[*number as usize].id.as_str()).collect()
    }

    /// Everything that a change of an entity, or of a holding in it, may concern: itself, what it holds, directly or
    /// not, and whom any of these work for.
    #[must_use]
    pub fn downstream(&self, entity: &str) -> BTreeSet<&str> {
        let mut reached: BTreeSet<u32> = self.find_number(entity).into_iter().collect();
        let mut open: Vec<u32> = reached.iter().copied().collect();
        while let Some(number) = open.pop() {
            let held = self.nodes[number as usize].holds.iter().copied();
            open.extend(held.filter(|owned| reached.insert(*owned)));
        }
        let served: Vec<u32> =
            reached.iter().flat_map(|number| self.nodes[*number as usize].works_for.iter().copied()).collect();
        reached.extend(served);
        reached.into_iter().map(|number| self.nodes[number as usize].id.as_str()).collect()
    }

    /// What is found out about who controls an entity, who can reach it, and until when that stands.
    #[must_use]
    pub fn find(&self, entity: &str, at: Timestamp) -> Finding {
        self.find_number(entity).map_or_else(Finding::unknown, |number| judge::find(self, number, at))
    }

    /// What an operator should look at although no rule is broken, such as a large holder among small ones.
    #[must_use]
    pub fn remarks(&self, entity: &str, at: Timestamp) -> Vec<String> {
        self.find_number(entity).map_or_else(Vec::new, |number| judge::remarks(self, number, at))
    }

    /// The findings about an entity over time, each with the instant from which on it holds; the first holds from the
    /// beginning of time. Instants at which only the evidence changes are left out.
    #[must_use]
    pub fn timeline(&self, entity: &str) -> Vec<(Timestamp, Finding)> {
        let mut at = Timestamp::from_micros(i64::MIN);
        let mut line: Vec<(Timestamp, Finding)> = Vec::new();
        loop {
            let finding = self.find(entity, at);
            let next = finding.valid_until;
            if line.last().is_none_or(|(_, last)| !last.judges_like(&finding)) {
                line.push((at, finding));
            }
            match next {
                Some(instant) if instant > at => at = instant,
                _ => return line,
            }
        }
    }

    pub(super) fn find_number(&self, id: &str) -> Option<u32> {
        self.numbers.get(self.aliases.name_of(id)).copied()
    }

    pub(super) fn node(&self, number: u32) -> &Node {
        &self.nodes[number as usize]
    }

    /// Whether a statement about an entity counts at an instant.
    pub(super) fn hears<T>(&self, number: u32, fact: &Fact<T>, at: Timestamp) -> bool {
        let hearsay = fact.strength == Strength::Declared && fact.about != number && self.node(number).participant;
        !hearsay && fact.span.counts(at)
    }

    fn number(&mut self, id: &str) -> u32 {
        let name = self.aliases.name_of(id);
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let name = name.to_owned();
        self.nodes.push(Node { id: name.clone(), ..Node::default() });
        self.numbers.insert(name, number);
        number
    }
}

fn fact<T>(about: u32, known: &Known, says: T) -> Fact<T> {
    Fact { says, span: Span::of(known), strength: known.strength, evidence: known.evidence, about }
}
