//! From documents to problems of the search.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::time::Instant;

use hansa_matching::search::{
    Answer, Apart, Candidate, Cost, Flow, Level, NANOS, Problem, Query, RESOURCES, Rates, Site, Slot, Together,
    Weights, solve,
};

use crate::document::{Document, Edge, Offer};
use crate::error::InstanceError;

/// The most components.
const MOST_COMPONENTS: usize = 512;
/// The most candidates of one component.
const MOST_CANDIDATES: usize = 10_000;
/// The most edges.
const MOST_EDGES: usize = 20_000;
/// The most instances of a component, and that fit at a site.
const COUNTS: RangeInclusive<i64> = 1..=10_000;
/// What an instance may cost a month, and a GB.
const PRICES: RangeInclusive<f64> = 0.0..=1e6;
/// What may flow in a month.
const VOLUMES: RangeInclusive<i64> = 0..=1_000_000_000;
/// What may be spent in a month.
const BUDGETS: RangeInclusive<f64> = 0.0..=1e12;
/// Round trips in ms.
const ROUND_TRIPS: RangeInclusive<f64> = 0.0..=1e6;

/// An instance that is well posed.
#[derive(Debug, Clone)]
pub struct Instance {
    problem: Problem,
    max_providers: Option<usize>,
}

impl Instance {
    /// Judges a document and numbers its sites.
    ///
    /// # Errors
    /// When a list is empty or too long, a number out of range, a component unknown, or parts contradict each other.
    pub fn new(document: &Document) -> Result<Self, InstanceError> {
        Builder::default().build(document)
    }

    /// Reads a document and judges it.
    ///
    /// # Errors
    /// Those of [`Document::read`] and [`Self::new`].
    pub fn read(text: &str) -> Result<Self, InstanceError> {
        Self::new(&Document::read(text)?)
    }

    /// The cheapest choice, found by so many threads.
    #[must_use]
    pub fn solve(&self, deadline: Instant, workers: usize) -> Answer {
        let query = Query::least(Weights::PRICE, deadline);
        solve(&self.problem, &Query { max_providers: self.max_providers, workers, ..query })
    }
}

/// A cost in units of money.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "shown to a billionth at most")]
pub fn units(cost: Cost) -> f64 {
    cost as f64 / NANOS as f64 / 1e6
}

/// A number in range as millionths.
#[allow(clippy::cast_possible_truncation, reason = "what comes here is at most 1e12")]
fn millionths(number: f64) -> i64 {
    (number * 1e6).round() as i64
}

/// Milliseconds in range as microseconds.
fn micros(millis: f64) -> i64 {
    millionths(millis / 1e3)
}

#[derive(Default)]
struct Builder<'d> {
    providers: HashMap<&'d str, usize>,
    sites: HashMap<(&'d str, &'d str), usize>,
    problem: Problem,
    /// The round trip of a pair of sites as it was given.
    measured: HashMap<[usize; 2], f64>,
}

impl<'d> Builder<'d> {
    fn build(mut self, document: &'d Document) -> Result<Instance, InstanceError> {
        length("components", document.components.len(), MOST_COMPONENTS)?;
        at_most("edges", document.edges.len(), MOST_EDGES)?;
        for (number, component) in document.components.iter().enumerate() {
            let field = format!("components[{number}]");
            within(&format!("{field}.count"), &component.count, &COUNTS)?;
            length(&format!("{field}.cands"), component.cands.len(), MOST_CANDIDATES)?;
            let candidates = component.cands.iter().enumerate();
            let candidates = candidates
                .map(|(tag, offer)| self.candidate(&format!("{field}.cands[{tag}]"), tag, offer, component.count));
            let slot = Slot { instances: 1, candidates: candidates.collect::<Result<_, _>>()? };
            self.problem.slots.push(slot);
        }
        for (number, edge) in document.edges.iter().enumerate() {
            self.edge(&format!("edges[{number}]"), edge)?;
        }
        self.fill_round_trips();
        self.pairs(document)?;
        self.capacity(document)?;
        if let Some(budget) = &document.budget {
            within("budget", budget, &BUDGETS)?;
            self.problem.budget = Some(millionths(*budget));
        }
        if let Some(most) = &document.max_providers {
            within("max_providers", most, &(1..=MOST_COMPONENTS))?;
        }
        Ok(Instance { problem: self.problem, max_providers: document.max_providers })
    }

    fn site(&mut self, provider: &'d str, region: &'d str) -> usize {
        let next = self.providers.len();
        let provider_number = *self.providers.entry(provider).or_insert(next);
        let next = self.sites.len();
        let number = *self.sites.entry((provider, region)).or_insert(next);
        if number == next {
            self.problem.sites.push(Site { provider: provider_number, country: 0 });
        }
        number
    }

    fn candidate(&mut self, field: &str, tag: usize, offer: &'d Offer, count: i64) -> Result<Candidate, InstanceError> {
        within(&format!("{field}.price"), &offer.price, &PRICES)?;
        within(&format!("{field}.egress"), &offer.egress, &PRICES)?;
        let mut takes = [0; RESOURCES];
        takes[0] = count;
        Ok(Candidate {
            tag,
            site: self.site(&offer.provider, &offer.region),
            price: millionths(offer.price) * count,
            egress: Rates::new(vec![(0, millionths(offer.egress))]),
            takes,
            ..Candidate::default()
        })
    }

    fn edge(&mut self, field: &str, edge: &Edge) -> Result<(), InstanceError> {
        let count = self.problem.slots.len();
        component(&format!("{field}.src"), edge.src, count)?;
        component(&format!("{field}.dst"), edge.dst, count)?;
        if edge.src == edge.dst {
            return Err(InstanceError::SameComponent { field: field.to_owned(), component: edge.src });
        }
        within(&format!("{field}.gb"), &edge.gb, &VOLUMES)?;
        match (&edge.max_rtt, &edge.rtt) {
            (Some(_), None) => return Err(InstanceError::MissingRtt { field: format!("{field}.rtt") }),
            (_, Some(rows)) => self.measure(&format!("{field}.rtt"), edge, rows)?,
            (None, None) => {}
        }
        if let Some(most) = &edge.max_rtt {
            within(&format!("{field}.max_rtt"), most, &ROUND_TRIPS)?;
        }
        let rtt = edge.max_rtt.map(|most| 0..=micros(most));
        self.problem.flows.push(Flow { from: edge.src, to: edge.dst, bytes: edge.gb * 1_000_000_000, rtt });
        Ok(())
    }

    /// Takes over the round trips of an edge's matrix.
    fn measure(&mut self, field: &str, edge: &Edge, rows: &[Vec<f64>]) -> Result<(), InstanceError> {
        let slots = &self.problem.slots;
        let [from, to] = [edge.src, edge.dst].map(|slot| &slots[slot].candidates);
        shape(field, rows.len(), from.len())?;
        for (row_number, (row, from)) in rows.iter().zip(from).enumerate() {
            shape(&format!("{field}[{row_number}]"), row.len(), to.len())?;
            for (column, (millis, to)) in row.iter().zip(to).enumerate() {
                if !ROUND_TRIPS.contains(millis) {
                    within(&format!("{field}[{row_number}][{column}]"), millis, &ROUND_TRIPS)?;
                }
                let pair = [from.site.min(to.site), from.site.max(to.site)];
                let before = *self.measured.entry(pair).or_insert(*millis);
                if micros(before) != micros(*millis) {
                    let field = format!("{field}[{row_number}][{column}]");
                    return Err(InstanceError::ContradictoryRtt { field, found: *millis, before });
                }
            }
        }
        Ok(())
    }

    fn fill_round_trips(&mut self) {
        let sites = self.problem.sites.len();
        self.problem.rtt = vec![vec![0; sites]; sites];
        for ([one, other], millis) in &self.measured {
            self.problem.rtt[*one][*other] = micros(*millis);
            self.problem.rtt[*other][*one] = micros(*millis);
        }
    }

    fn pairs(&mut self, document: &Document) -> Result<(), InstanceError> {
        let count = self.problem.slots.len();
        let mut apart = HashSet::new();
        for (number, [first, second]) in document.anti.iter().copied().enumerate() {
            pair(&format!("anti[{number}]"), [first, second], count)?;
            apart.insert([first.min(second), first.max(second)]);
            self.problem.aparts.push(Apart { first, second, level: Level::Provider, ordered: false });
        }
        let lists = [
            ("same_site", Level::Site, &document.same_site),
            ("same_provider", Level::Provider, &document.same_provider),
        ];
        for (name, level, list) in lists {
            for (number, [first, second]) in list.iter().copied().enumerate() {
                let field = format!("{name}[{number}]");
                pair(&field, [first, second], count)?;
                if apart.contains(&[first.min(second), first.max(second)]) {
                    return Err(InstanceError::ContradictoryPair { field, first, second });
                }
                self.problem.togethers.push(Together { first, second, level });
            }
        }
        Ok(())
    }

    fn capacity(&mut self, document: &'d Document) -> Result<(), InstanceError> {
        at_most("capacity", document.capacity.len(), MOST_EDGES)?;
        let mut seen = HashSet::new();
        for (number, capacity) in document.capacity.iter().enumerate() {
            let field = format!("capacity[{number}]");
            within(&format!("{field}.instances"), &capacity.instances, &COUNTS)?;
            let key = (capacity.provider.as_str(), capacity.region.as_str());
            if !seen.insert(key) {
                return Err(InstanceError::RepeatedSite { field, site: format!("{}/{}", key.0, key.1) });
            }
            let Some(site) = self.sites.get(&key) else { continue };
            let mut pool = [i64::MAX; RESOURCES];
            pool[0] = capacity.instances;
            let slots = self.problem.slots.iter_mut();
            for candidate in slots.flat_map(|slot| &mut slot.candidates).filter(|candidate| candidate.site == *site) {
                candidate.pool = Some(self.problem.pools.len());
            }
            self.problem.pools.push(pool);
        }
        Ok(())
    }
}

fn within<T: PartialOrd + std::fmt::Display>(
    field: &str,
    number: &T,
    range: &RangeInclusive<T>,
) -> Result<(), InstanceError> {
    if range.contains(number) {
        return Ok(());
    }
    let [found, least, most] = [number, range.start(), range.end()].map(ToString::to_string);
    Err(InstanceError::OutOfRange { field: field.to_owned(), found, least, most })
}

fn at_most(field: &str, found: usize, most: usize) -> Result<(), InstanceError> {
    if found <= most { Ok(()) } else { Err(InstanceError::TooMany { field: field.to_owned(), found, most }) }
}

fn length(field: &str, found: usize, most: usize) -> Result<(), InstanceError> {
    if found == 0 { Err(InstanceError::Empty { field: field.to_owned() }) } else { at_most(field, found, most) }
}

fn shape(field: &str, found: usize, expected: usize) -> Result<(), InstanceError> {
    if found == expected { Ok(()) } else { Err(InstanceError::Shape { field: field.to_owned(), found, expected }) }
}

fn component(field: &str, found: usize, count: usize) -> Result<(), InstanceError> {
    if found < count {
        Ok(())
    } else {
        Err(InstanceError::UnknownComponent { field: field.to_owned(), found, last: count - 1 })
    }
}

fn pair(field: &str, [first, second]: [usize; 2], count: usize) -> Result<(), InstanceError> {
    component(field, first, count)?;
    component(field, second, count)?;
    if first == second {
        return Err(InstanceError::SameComponent { field: field.to_owned(), component: first });
    }
    Ok(())
}
