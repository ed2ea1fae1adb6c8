//! What counts at one instant upstream of one entity: the holders, their holders, and what nobody accounts for.

use std::collections::{BTreeMap, BTreeSet, HashMap, btree_map};

use hansa_model::country::Country;
use hansa_model::evidence::{EntityKind, Right, Strength};
use hansa_model::id::EvidenceId;
use hansa_model::time::Timestamp;

use super::facts::{Fact, HeldBy, Settled, settle};
use super::graph::Graph;

/// More entities than this are not followed; the rest is unknown.
pub(super) const MOST: usize = 4_096;
/// All of something, in hundredths of a percent.
pub(super) const ALL: u64 = 10_000;
/// Sums may miss the whole by this much, from rounding.
pub(super) const ROUNDING: u64 = 50;

/// What is counted of a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    Votes,
    Capital,
}

/// What one party holds of another, in hundredths of a percent.
#[derive(Debug, Clone)]
pub(super) struct Stake {
    /// The holder, by its place among the parties.
    pub(super) owner: usize,
    pub(super) votes: Option<u64>,
    pub(super) capital: Option<u64>,
    pub(super) group: Option<String>,
    pub(super) rights: Option<BTreeSet<Right>>,
    /// How well the rights are known.
    pub(super) rights_strength: Strength,
    /// Whether equally strong evidence contradicts itself about it.
    pub(super) disputed: bool,
}

impl Stake {
    pub(super) fn of(&self, measure: Measure) -> Option<u64> {
        match measure {
            Measure::Votes => self.votes,
            Measure::Capital => self.capital,
        }
    }

    pub(super) fn gives_a_right(&self) -> bool {
        self.rights.as_ref().is_some_and(|rights| !rights.is_empty())
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.votes == Some(0) && self.capital == Some(0) && !self.gives_a_right()
    }
}

/// One entity with what counts about it.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) number: u32,
    pub(super) name: String,
    pub(super) kind: EntityKind,
    pub(super) incorporated_in: Settled<Country>,
    pub(super) headquarters_in: Settled<Country>,
    pub(super) main_establishment_in: Settled<Country>,
    pub(super) jurisdictions: BTreeSet<Country>,
    pub(super) stakes: Vec<Stake>,
}

impl Party {
    /// Its seats as far as they are known.
    pub(super) fn seats(&self) -> impl Iterator<Item = Country> {
        [self.incorporated_in, self.headquarters_in, self.main_establishment_in].into_iter().filter_map(Settled::value)
    }

    /// Whether it is known where it belongs: for persons and states their country; for others where they are
    /// incorporated and have their headquarters, which is where they mainly work unless something else is stated.
    pub(super) fn is_seated(&self) -> bool {
        let own_country = self.incorporated_in.value().is_some();
        let disputed = self.headquarters_in.is_disputed() || self.main_establishment_in.is_disputed();
        match self.kind {
            EntityKind::Person | EntityKind::State => own_country && !disputed,
            _ => own_country && self.headquarters_in.value().is_some() && !disputed,
        }
    }

    /// Whether its holders are to account for all of it.
    pub(super) fn has_shares(&self) -> bool {
        matches!(self.kind, EntityKind::Company | EntityKind::Fund | EntityKind::Unknown | EntityKind::Dispersed)
    }
}

/// How much of a party is held by whom it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// This much; zero when only rounding is left.
    Of(u64),
    /// More than all of it is said to be held.
    Overfull,
}

/// The parties upstream of one entity, itself first.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) parties: Vec<Party>,
    /// Whether there are more than were followed.
    pub(super) cut: bool,
    pub(super) evidence: BTreeSet<EvidenceId>,
    /// When the next statement begins or ceases to count.
    pub(super) next_change: Option<Timestamp>,
}

impl Upstream {
    pub(super) fn of(graph: &Graph, entity: u32, at: Timestamp) -> Self {
        let mut upstream = Self { parties: Vec::new(), cut: false, evidence: BTreeSet::new(), next_change: None };
        let mut places: HashMap<u32, usize> = HashMap::from([(entity, 0)]);
        let mut found = vec![entity];
        let mut place = 0;
        while place < found.len() {
            let mut party = upstream.party(graph, found[place], at);
            if party.kind != EntityKind::Dispersed {
                for (owner, facts) in upstream.holders(graph, party.number, at) {
                    let next = places.len();
                    let owner_place = match places.get(&owner) {
                        Some(known) => *known,
                        None if next < MOST => {
                            places.insert(owner, next);
                            found.push(owner);
                            next
                        }
                        None => {
                            upstream.cut = true;
                            continue;
                        }
                    };
                    party.stakes.push(stake(owner_place, &facts));
                }
            }
            upstream.parties.push(party);
            place += 1;
        }
        upstream.spread_what_is_dispersed();
        upstream
    }

    /// The part of a party that no holder accounts for.
    pub(super) fn rest(&self, place: usize, measure: Measure) -> Rest {
        let known: u64 = self.parties[place].stakes.iter().filter_map(|stake| stake.of(measure)).sum();
        if known > ALL + ROUNDING {
            return Rest::Overfull;
        }
        let rest = ALL.saturating_sub(known);
        Rest::Of(if rest <= ROUNDING { 0 } else { rest })
    }

    pub(super) fn is_dispersed(&self, stake: &Stake) -> bool {
        self.parties[stake.owner].kind == EntityKind::Dispersed
    }

    fn party(&mut self, graph: &Graph, number: u32, at: Timestamp) -> Party {
        let node = graph.node(number);
        self.note_changes(&node.entities, at);
        let facts: Vec<_> = node.entities.iter().filter(|fact| graph.hears(number, fact, at)).collect();
        self.evidence.extend(facts.iter().map(|fact| fact.evidence));
        let kind = settle(
            facts.iter().map(|fact| (fact.strength, Some(fact.says.kind).filter(|kind| *kind != EntityKind::Unknown))),
        );
        let strongest = facts.iter().max_by_key(|fact| (fact.strength, std::cmp::Reverse(&fact.says.name)));
        Party {
            number,
            name: strongest.map_or_else(|| node.id.clone(), |fact| fact.says.name.clone()),
            kind: kind.value().unwrap_or(EntityKind::Unknown),
            incorporated_in: settle(facts.iter().map(|fact| (fact.strength, fact.says.incorporated_in))),
            headquarters_in: settle(facts.iter().map(|fact| (fact.strength, fact.says.headquarters_in))),
            main_establishment_in: settle(facts.iter().map(|fact| (fact.strength, fact.says.main_establishment_in))),
            jurisdictions: facts.iter().flat_map(|fact| fact.says.personal_jurisdictions.iter().copied()).collect(),
            stakes: Vec::new(),
        }
    }

    fn holders<'a>(&mut self, graph: &'a Graph, number: u32, at: Timestamp) -> Holders<'a> {
        let held_by = &graph.node(number).held_by;
        self.note_changes(held_by, at);
        let mut by_owner: BTreeMap<u32, Vec<&Fact<HeldBy>>> = BTreeMap::new();
        for fact in held_by.iter().filter(|fact| graph.hears(number, fact, at)) {
            self.evidence.insert(fact.evidence);
            by_owner.entry(fact.says.owner).or_default().push(fact);
        }
        by_owner.into_iter()
    }

    pub(super) fn note_changes<T>(&mut self, facts: &[Fact<T>], at: Timestamp) {
        let next = facts.iter().filter_map(|fact| fact.span.next_change(at)).min();
        self.next_change = earliest(self.next_change, next);
    }

    /// Dispersed holders without a figure hold what nobody else does.
    fn spread_what_is_dispersed(&mut self) {
        for place in 0..self.parties.len() {
            let crowd = self.parties[place].stakes.iter().position(|stake| self.is_dispersed(stake));
            let Some(crowd) = crowd else { continue };
            for measure in [Measure::Votes, Measure::Capital] {
                let Rest::Of(rest) = self.rest(place, measure) else { continue };
                let stake = &mut self.parties[place].stakes[crowd];
                match measure {
                    Measure::Votes => stake.votes = stake.votes.or(Some(rest)),
                    Measure::Capital => stake.capital = stake.capital.or(Some(rest)),
                }
            }
        }
    }
}

type Holders<'a> = btree_map::IntoIter<u32, Vec<&'a Fact<HeldBy>>>;

/// The earlier of two instants, where there are any.
pub(super) fn earliest(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    one.into_iter().chain(other).min()
}

fn stake(owner: usize, facts: &[&Fact<HeldBy>]) -> Stake {
    let each = || facts.iter().map(|fact| (fact.strength, &fact.says.holding));
    let votes = settle(each().map(|(strength, holding)| (strength, holding.votes.map(|share| u64::from(share.0)))));
    let capital = settle(each().map(|(strength, holding)| (strength, holding.capital.map(|share| u64::from(share.0)))));
    let group = settle(each().map(|(strength, holding)| (strength, holding.joint_group.as_ref())));
    let rights = settle(each().map(|(strength, holding)| (strength, holding.rights.as_ref())));
    let disputed = votes.is_disputed() || capital.is_disputed() || group.is_disputed() || rights.is_disputed();
    Stake {
        owner,
        votes: votes.value(),
        capital: capital.value(),
        group: group.value().cloned(),
        rights_strength: match rights {
            Settled::Stated(_, strength) => strength,
            Settled::Unstated | Settled::Disputed => Strength::Declared,
        },
        rights: rights.value().cloned(),
        disputed,
    }
}
