//! From prepared documents to bare problems, and from their answers back to packages.

use std::collections::BTreeMap;
use std::sync::Arc;

use foldhash::HashMap;

use hansa_model::application::{Component, Spread, SpreadBy};
use hansa_model::country::Country;
use hansa_model::id::{ParticipantId, SiteId};
use hansa_model::kind::{KindId, Resource};
use hansa_model::money::Money;
use hansa_model::package::{LatencySource, Levels, Package, PackagePrice, Placement, Proof, Replica, RoundTrip};
use hansa_model::price::{Meter, Price, PricePlan};
use hansa_model::quantity::{Percentage, Quantity};
use hansa_model::site::Site as ModelSite;

use crate::facts;
use crate::geo::SAME_SITE_MICROS;
use crate::index::{Filter, Spot};
use crate::prepare::{Prepared, Target, Wish};
use crate::requirement::{Check, Subject};
use crate::search::{Apart, Candidate, Flow, Level, Problem, Rates, Site, Slot, Together};
use crate::uniform::{Conditions, Value};

/// The most places that one application may come to, counting instances that are kept apart.
pub(crate) const MOST_SLOTS: usize = 512;
/// The most pairs of places with a link between them.
const MOST_FLOWS: usize = 20_000;
/// All of the time, in millionths.
pub(crate) const ALWAYS: i64 = 1_000_000;
/// Prices and carbon above this are taken for mistakes: a milliard of units, a million tonnes.
pub(crate) const MOST_PER_SLOT: i64 = 1_000_000_000_000_000;

/// Why there is no problem to solve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Obstacle {
    /// The component with this number has no candidate.
    NoCandidate(usize),
    /// It comes to too many places or links between them.
    TooLarge,
}

/// Whether an application comes to too many places or links between them, whatever is on offer.
pub(crate) fn is_too_large(prepared: &Prepared<'_>) -> bool {
    let places = |component: &Component| if component.spread.is_some() { component.count as usize } else { 1 };
    let slots = prepared.wishes.iter().map(|wish| places(wish.component)).fold(0, usize::saturating_add);
    let of = |name| prepared.application.components.get(name).map_or(0, places);
    let links = prepared.application.links.iter();
    let flows = links.map(|link| of(&link.from).saturating_mul(of(&link.to))).fold(0, usize::saturating_add);
    slots > MOST_SLOTS || flows > MOST_FLOWS
}

/// A problem, and what its slots stand for.
#[derive(Debug)]
pub(crate) struct Composition<'p, 'a> {
    prepared: &'p Prepared<'a>,
    pub(crate) problem: Problem,
    /// The offers that candidates stand for, by their tags.
    subjects: Vec<Subject<'a>>,
    pub(crate) max_providers: Option<usize>,
    /// The component of each slot.
    pub(crate) wishes: Vec<usize>,
}

/// Numbers given to things in the order they come.
#[derive(Debug)]
struct Numbers<T>(BTreeMap<T, usize>);

impl<T: Ord> Numbers<T> {
    const fn new() -> Self {
        Self(BTreeMap::new())
    }

    fn of(&mut self, thing: T) -> usize {
        let next = self.0.len();
        *self.0.entry(thing).or_insert(next)
    }
}

/// Gathers the parts of a problem.
struct Builder<'p, 'a> {
    prepared: &'p Prepared<'a>,
    problem: Problem,
    subjects: Vec<Subject<'a>>,
    sites: Numbers<SiteId>,
    providers: Numbers<ParticipantId>,
    countries: Numbers<Country>,
    pools: BTreeMap<(SiteId, KindId), usize>,
    egress: HashMap<*const PricePlan, Rates>,
    spots: Vec<Arc<Spot>>,
    conditions: Conditions<'a>,
    classes: Numbers<Vec<Value>>,
    /// Whether the grade tells candidates apart, and whether downtime does.
    by_grade: bool,
    by_downtime: bool,
}

impl<'p, 'a> Composition<'p, 'a> {
    /// The problem without the waived constraints.
    pub(crate) fn new(prepared: &'p Prepared<'a>, waived: &[bool], orderable_only: bool) -> Result<Self, Obstacle> {
        Self::of(prepared, waived, |wish| prepared.admitted(wish, waived, orderable_only))
    }

    /// The problem without the waived constraints, among the offers that are given for each component.
    pub(crate) fn of(
        prepared: &'p Prepared<'a>,
        waived: &[bool],
        admitted: impl Fn(&Wish<'a>) -> Vec<Subject<'a>>,
    ) -> Result<Self, Obstacle> {
        let asked: Vec<&Component> = prepared.wishes.iter().map(|wish| wish.component).collect();
        Self::among(prepared, waived, &asked, false, admitted)
    }

    /// The problem without the waived constraints, among the offers that are given for each component, of which only
    /// `asked` is asked: whether it can be solved is right, what an answer costs is not. It has no traffic that no
    /// constraint looks at, and instances that need not be kept apart any more may still be.
    pub(crate) fn bare(
        prepared: &'p Prepared<'a>,
        waived: &[bool],
        asked: &[&Component],
        admitted: impl Fn(&Wish<'a>) -> Vec<Subject<'a>>,
    ) -> Result<Self, Obstacle> {
        Self::among(prepared, waived, asked, true, admitted)
    }

    fn among(
        prepared: &'p Prepared<'a>,
        waived: &[bool],
        asked: &[&Component],
        bare: bool,
        admitted: impl Fn(&Wish<'a>) -> Vec<Subject<'a>>,
    ) -> Result<Self, Obstacle> {
        let budget = prepared.application.budget.filter(|_| !prepared.is_waived(Target::Budget, waived));
        let is_waived = |target| prepared.is_waived(target, waived);
        let application = prepared.application;
        let uniform = application.uniform.iter().copied().filter(|uniform| !is_waived(Target::Uniform(*uniform)));
        let mut builder = Builder {
            prepared,
            problem: Problem::default(),
            subjects: Vec::new(),
            sites: Numbers::new(),
            providers: Numbers::new(),
            countries: Numbers::new(),
            pools: BTreeMap::new(),
            egress: HashMap::default(),
            spots: Vec::new(),
            conditions: Conditions::new(application, uniform.collect(), prepared.judge.now),
            classes: Numbers::new(),
            by_grade: prepared.wanted_axes()[0],
            by_downtime: prepared.wanted_axes()[1],
        };
        let mut wishes = Vec::new();
        let mut slots_of = Vec::new();
        for (number, wish) in prepared.wishes.iter().enumerate() {
            let apart = !is_waived(Target::Spread(number));
            let spread = wish.component.spread.filter(|_| wish.component.count > 1 && (bare || apart));
            let candidates = builder.candidates(wish, asked[number], spread.is_some(), admitted(wish));
            if candidates.is_empty() {
                return Err(Obstacle::NoCandidate(number));
            }
            let first = builder.problem.slots.len();
            builder.add_slots(wish, spread, apart, candidates)?;
            let slots = first..builder.problem.slots.len();
            wishes.resize(slots.end, number);
            slots_of.push(slots);
        }
        for (number, link) in prepared.application.links.iter().enumerate() {
            let position = |name| prepared.wishes.iter().position(|wish| wish.name == name);
            let Some((from, to)) = position(&link.from).zip(position(&link.to)) else { continue };
            let bound = link.rtt.filter(|_| !is_waived(Target::Link(number)));
            let range =
                bound.map(|bound| bound.min.map_or(0, Quantity::base)..=bound.max.map_or(i64::MAX, Quantity::base));
            if bare && range.is_none() && budget.is_none() {
                continue;
            }
            let traffic = link.traffic.map_or(0, Quantity::base);
            let count = |wish: usize| i128::from(prepared.wishes[wish].component.count);
            for from_slot in slots_of[from].clone() {
                for to_slot in slots_of[to].clone() {
                    // Evenly shared among all pairs of instances, rounded down to a byte.
                    let receivers = i128::from(builder.problem.slots[to_slot].instances);
                    let bytes = i128::from(traffic) * receivers / (count(from) * count(to)).max(1);
                    builder.problem.flows.push(Flow {
                        from: from_slot,
                        to: to_slot,
                        bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
                        rtt: range.clone(),
                    });
                }
            }
            if builder.problem.flows.len() > MOST_FLOWS {
                return Err(Obstacle::TooLarge);
            }
        }
        let apart = slots_of.iter().filter(|slots| slots.len() > 1);
        builder.problem.standbys = apart.cloned().collect();
        builder.problem.classes = builder.classes.0.len();
        builder.add_togethers(&slots_of, |number| is_waived(Target::Together(number)));
        builder.measure_round_trips();
        builder.problem.budget = budget.map(Money::micros);
        let max_providers = prepared.application.max_providers.filter(|_| !is_waived(Target::MaxProviders));
        let max_providers = max_providers.map(|most| usize::try_from(most).unwrap_or(usize::MAX));
        let Builder { problem, subjects, .. } = builder;
        Ok(Self { prepared, problem, subjects, max_providers, wishes })
    }
}

impl<'a> Builder<'_, 'a> {
    /// The candidates of one slot of a component; of two at a site, one that is beaten on every axis is left out.
    fn candidates(
        &mut self,
        wish: &Wish<'a>,
        asked: &Component,
        apart: bool,
        admitted: Vec<Subject<'a>>,
    ) -> Vec<Candidate> {
        let instances = if apart { 1 } else { i64::from(wish.component.count) };
        let near = wish.requirements.iter().zip(&wish.filters).find_map(|(requirement, filter)| {
            matches!(requirement.check, Check::Near { place: Some(_), .. }).then_some(filter)
        });
        let mut at: HashMap<usize, Vec<Candidate>> = HashMap::default();
        // What runs is there whatever else is: each part of it may be the one that stays.
        let standing = self.prepared.standing.map_or_else(Vec::new, |standing| standing.subjects(self.prepared, wish));
        for candidate in standing.iter().filter_map(|subject| self.candidate(wish, asked, subject, near, instances)) {
            at.entry(candidate.site).or_default().push(candidate);
        }
        for subject in admitted {
            let Some(candidate) = self.candidate(wish, asked, &subject, near, instances) else { continue };
            let there = at.entry(candidate.site).or_default();
            if !there.iter().any(|other| self.beats(other, &candidate)) {
                there.retain(|other| !self.beats(&candidate, other));
                there.push(candidate);
            }
        }
        let mut candidates: Vec<Candidate> = at.into_values().flatten().collect();
        candidates.sort_unstable_by_key(|candidate| candidate.tag);
        if self.prepared.seed != 0 {
            candidates.sort_by_key(|candidate| mixed(self.prepared.seed, candidate.tag));
        }
        candidates
    }

    /// Whether a candidate is no worse than another on every axis and at the same site.
    fn beats(&self, better: &Candidate, worse: &Candidate) -> bool {
        better.site == worse.site
            && better.price <= worse.price
            && better.carbon <= worse.carbon
            && better.egress == worse.egress
            && better.class == worse.class
            && (!self.by_grade || better.grade >= worse.grade)
            && (!self.by_downtime || better.downtime <= worse.downtime)
            && better.takes.iter().zip(worse.takes).all(|(takes, others)| *takes <= others)
    }

    /// `None` when its price is beyond all sense.
    fn candidate(
        &mut self,
        wish: &Wish<'a>,
        asked: &Component,
        subject: &Subject<'a>,
        near: Option<&Filter>,
        instances: i64,
    ) -> Option<Candidate> {
        let together = u32::try_from(instances).unwrap_or(u32::MAX);
        let one = subject.offer.extent(asked, together, self.prepared.judge.geo)?;
        let class = if self.conditions.is_empty() { 0 } else { self.classes.of(self.conditions.values(subject)?) };
        let price = one.price.checked_mul(instances)?;
        if price > MOST_PER_SLOT {
            return None;
        }
        let carbon = one.carbon.saturating_mul(instances).min(MOST_PER_SLOT);
        let standing = self.prepared.standing;
        self.subjects.push(*subject);
        Some(Candidate {
            tag: self.subjects.len() - 1,
            site: self.site(subject),
            price,
            // What a move costs adds up like carbon, which counts in it.
            carbon: standing.map_or(carbon, |standing| standing.burden(wish, subject.offer, carbon, instances)),
            near: near.map_or(0, |filter| filter.distance(subject.offer, self.prepared.judge.geo)),
            downtime: downtime(subject.offer.availability),
            grade: self.prepared.judge.grade(subject.offer),
            class,
            egress: self.egress(&subject.offer.price),
            pool: self.pool(subject.site, subject.offer.kind),
            takes: one.takes.map(|amount| amount.saturating_mul(instances)),
        })
    }

    fn site(&mut self, subject: &Subject<'_>) -> usize {
        let number = self.sites.of(subject.site.id);
        if number == self.problem.sites.len() {
            let provider = self.providers.of(subject.provider.id);
            let country = self.countries.of(subject.site.country);
            self.problem.sites.push(Site { provider, country });
            self.spots.push(subject.offer.spot.clone());
        }
        number
    }

    /// What traffic out of the site costs under a plan; offers of one provider often share it.
    fn egress(&mut self, plan: &'a Arc<PricePlan>) -> Rates {
        self.egress.entry(Arc::as_ptr(plan)).or_insert_with(|| egress_rates(plan)).clone()
    }

    /// The number of what is free at a site for a kind, where its agent reports it.
    fn pool(&mut self, site: &ModelSite, kind: KindId) -> Option<usize> {
        let free = self.prepared.judge.market.supply(site.id, kind)?;
        let number = *self.pools.entry((site.id, kind)).or_insert_with(|| {
            self.problem.pools.push(free.amounts());
            self.problem.pools.len() - 1
        });
        Some(number)
    }

    fn add_slots(
        &mut self,
        wish: &Wish<'a>,
        spread: Option<Spread>,
        apart: bool,
        candidates: Vec<Candidate>,
    ) -> Result<(), Obstacle> {
        let slots = &mut self.problem.slots;
        let Some(spread) = spread else {
            slots.push(Slot { instances: i64::from(wish.component.count), candidates });
            return if slots.len() > MOST_SLOTS { Err(Obstacle::TooLarge) } else { Ok(()) };
        };
        let level = level(spread.by);
        for copy in 0..wish.component.count {
            let second = slots.len();
            if second >= MOST_SLOTS {
                return Err(Obstacle::TooLarge);
            }
            slots.push(Slot { instances: 1, candidates: candidates.clone() });
            if copy > 0 && apart {
                self.problem.aparts.push(Apart { first: second - 1, second, level, ordered: true });
            }
        }
        Ok(())
    }

    /// Keeps the slots of components together that stay together, as a chain: each pair of it shares, so all do.
    fn add_togethers(&mut self, slots_of: &[std::ops::Range<usize>], is_waived: impl Fn(usize) -> bool) {
        let groups = self.prepared.application.together.iter().enumerate();
        for (_, group) in groups.filter(|(number, _)| !is_waived(*number)) {
            let position = |name| self.prepared.wishes.iter().position(|wish| wish.name == name);
            let slots: Vec<usize> =
                group.components.iter().filter_map(position).flat_map(|wish| slots_of[wish].clone()).collect();
            let pairs = slots.windows(2).map(|pair| (pair[0], pair[1]));
            let level = level(group.by);
            self.problem.togethers.extend(pairs.map(|(first, second)| Together { first, second, level }));
        }
    }

    /// Fills in the round trips between all sites, where any are needed.
    fn measure_round_trips(&mut self) {
        if self.problem.flows.is_empty() {
            return;
        }
        self.problem.rtt = self.prepared.judge.market.round_trips(&self.spots);
    }
}

const fn level(by: SpreadBy) -> Level {
    match by {
        SpreadBy::Site => Level::Site,
        SpreadBy::Provider => Level::Provider,
        SpreadBy::Country => Level::Country,
    }
}

/// What an offer may be down by its promise, in millionths of the time; all of it when it promises nothing.
pub(crate) fn downtime(promised: Option<Percentage>) -> i64 {
    (ALWAYS - promised.map_or(0, Quantity::base)).max(0)
}

/// A number that depends on both by chance (the last step of SplitMix64).
const fn mixed(seed: u64, number: usize) -> u64 {
    let mut mixed = seed.wrapping_add((number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The number of a resource in what candidates take and pools have.
pub(crate) const fn position(resource: Resource) -> usize {
    match resource {
        Resource::Cpu => 0,
        Resource::Memory => 1,
        Resource::Storage => 2,
        Resource::Instances => 3,
    }
}

/// What traffic out of the site costs under a plan.
pub(crate) fn egress_rates(plan: &PricePlan) -> Rates {
    plan.components.iter().fold(Rates::default(), |rates, component| match &component.price {
        Price::Egress { included, per_gb } => rates.plus(&Rates::new(vec![(0, 0), (included.base(), per_gb.micros())])),
        Price::Tiered { meter: Meter::NetworkEgress, tiers } => {
            let starts = std::iter::once(0).chain(tiers.iter().filter_map(|tier| tier.up_to).map(Quantity::base));
            rates.plus(&Rates::new(starts.zip(tiers).map(|(start, tier)| (start, tier.per_gb.micros())).collect()))
        }
        Price::Tiered { .. } | Price::Fixed { .. } | Price::PerUnit { .. } | Price::OneOff { .. } => rates,
    })
}

impl<'a> Composition<'_, 'a> {
    pub(crate) fn catalogue_version(&self) -> u64 {
        self.prepared.judge.market.version()
    }

    pub(crate) const fn seed(&self) -> u64 {
        self.prepared.seed
    }

    /// Whether every candidate can be ordered now.
    pub(crate) fn is_orderable(&self) -> bool {
        self.subjects.iter().all(|subject| subject.orderable)
    }

    /// The slots of the component with this number.
    pub(crate) fn slots_of(&self, wish: usize) -> std::ops::Range<usize> {
        self.wishes.partition_point(|other| *other < wish)..self.wishes.partition_point(|other| *other <= wish)
    }

    /// The offers of a choice, one for each slot.
    pub(crate) fn placed(&self, choice: &[usize]) -> Vec<Subject<'a>> {
        (0..self.problem.slots.len()).map(|slot| *self.subject(slot, choice)).collect()
    }

    /// The choice of these offers, one for each slot; `None` when one is no candidate of its slot.
    pub(crate) fn choice_of(&self, placed: &[Subject<'a>]) -> Option<Vec<usize>> {
        let slots = self.problem.slots.iter().zip(placed);
        let choice = slots.map(|(slot, placed)| {
            slot.candidates.iter().position(|candidate| self.subjects[candidate.tag].offer.id == placed.offer.id)
        });
        choice.collect()
    }

    pub(crate) fn subject(&self, slot: usize, choice: &[usize]) -> &Subject<'a> {
        &self.subjects[self.problem.slots[slot].candidates[choice[slot]].tag]
    }

    /// What the instances of a slot emit a month under a choice, in milligrams.
    pub(crate) fn carbon_of(&self, slot: usize, choice: &[usize]) -> i64 {
        let wish = &self.prepared.wishes[self.wishes[slot]];
        let one = self.subject(slot, choice).offer.extent(wish.component, wish.instances(), self.prepared.judge.geo);
        let all = one.map_or(0, |one| one.carbon).saturating_mul(self.problem.slots[slot].instances);
        all.min(MOST_PER_SLOT)
    }

    /// A choice as a package without its name and place among others.
    pub(crate) fn package(&self, choice: &[usize], proof: Proof) -> Package {
        let currency = self.prepared.currency;
        let money = |micros: i64| Money::from_micros(micros, currency);
        let mut components = indexmap::IndexMap::new();
        let mut one_off = 0i64;
        for (number, wish) in self.prepared.wishes.iter().enumerate() {
            let mut replicas = Vec::new();
            for slot in self.slots_of(number) {
                let (replica, setup) = self.replica(slot, choice, wish);
                one_off = one_off.saturating_add(setup);
                replicas.push(replica);
            }
            if let Some(placement) = placement(replicas, currency) {
                components.insert(wish.name.clone(), placement);
            }
        }
        let slots = 0..self.problem.slots.len();
        let traffic = slots.clone().map(|slot| self.problem.traffic_price(slot, choice)).fold(0, i64::saturating_add);
        let mut providers: Vec<_> =
            slots.clone().map(|slot| self.subject(slot, choice).provider.name.clone()).collect();
        providers.sort();
        providers.dedup();
        let mut countries: Vec<_> = slots.clone().map(|slot| self.subject(slot, choice).site.country).collect();
        countries.sort_unstable();
        countries.dedup();
        Package {
            name: String::new(),
            chosen: false,
            orderable: slots.clone().all(|slot| self.subject(slot, choice).orderable),
            price: PackagePrice {
                monthly: money(self.problem.price(choice)),
                one_off: money(one_off),
                traffic: money(traffic),
            },
            components,
            providers,
            countries,
            carbon: kilograms(self.problem.carbon(choice)),
            sovereignty: self.problem.grade(choice),
            levels: Levels::weakest(
                &slots.clone().map(|slot| self.levels(self.subject(slot, choice))).collect::<Vec<_>>(),
            ),
            availability: Percentage::from_base(ALWAYS - self.problem.downtime(choice)),
            minimum_term: slots.filter_map(|slot| self.subject(slot, choice).offer.minimum_term).max(),
            worst_rtt: self.worst_round_trip(choice),
            proof,
        }
    }

    fn levels(&self, subject: &Subject<'_>) -> Levels {
        Levels::of(subject.assurance, self.prepared.judge.now)
    }

    /// The instances of a slot, and what they cost once.
    fn replica(&self, slot: usize, choice: &[usize], wish: &Wish<'a>) -> (Replica, i64) {
        let subject = self.subject(slot, choice);
        let offer = subject.offer;
        let instances = self.problem.slots[slot].instances;
        let properties = offer.delivered(wish.component);
        let setup = offer.price.estimate(&properties, 0).map_or(0, |estimate| estimate.one_off.micros());
        let count = u32::try_from(instances).unwrap_or(u32::MAX);
        let replica = Replica {
            offer: offer.key(),
            offer_id: offer.id,
            offer_version: offer.version,
            provider: subject.provider.name.clone(),
            provider_id: subject.provider.id,
            site: subject.site.name.clone(),
            site_id: subject.site.id,
            country: subject.site.country,
            count,
            price: Money::from_micros(self.problem.slots[slot].candidates[choice[slot]].price, self.prepared.currency),
            properties,
            orderable: subject.orderable,
            facts: facts::of(subject, self.prepared.judge.market.supply(subject.site.id, offer.kind).is_some()),
            discount: offer.price.discount(count),
            minimum_term: offer.minimum_term,
            levels: self.levels(subject),
        };
        (replica, setup.saturating_mul(instances))
    }

    /// The longest round trip over links and to fixed places, and how it is known.
    pub(crate) fn worst_round_trip(&self, choice: &[usize]) -> Option<RoundTrip> {
        let geo = self.prepared.judge.geo;
        let between = self.problem.flows.iter().map(|flow| {
            let (from, to) = (self.subject(flow.from, choice), self.subject(flow.to, choice));
            if from.site.id == to.site.id {
                RoundTrip { rtt: Quantity::micros(SAME_SITE_MICROS), source: LatencySource::Estimated }
            } else {
                geo.round_trip(&from.place, &to.place)
            }
        });
        let to_places = self.wishes.iter().enumerate().filter_map(|(slot, wish)| {
            let requirements = &self.prepared.wishes[*wish].requirements;
            let place = requirements.iter().find_map(|requirement| match requirement.check {
                Check::Near { place, .. } => place,
                _ => None,
            });
            place.map(|place| geo.round_trip(&self.subject(slot, choice).place, &place))
        });
        between.chain(to_places).max_by_key(|round_trip| round_trip.rtt)
    }
}

/// Milligrams as kilograms, to the gram.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53 grams")]
pub(crate) fn kilograms(milligrams: i64) -> f64 {
    (milligrams / 1000) as f64 / 1000.0
}

fn placement(replicas: Vec<Replica>, currency: hansa_model::money::Currency) -> Option<Placement> {
    let first = replicas.first()?;
    let price = replicas.iter().map(|replica| replica.price.micros()).fold(0, i64::saturating_add);
    Some(Placement {
        offer: first.offer.clone(),
        provider: first.provider.clone(),
        site: first.site.clone(),
        country: first.country,
        count: replicas.iter().map(|replica| replica.count).fold(0, u32::saturating_add),
        price: Money::from_micros(price, currency),
        replicas,
    })
}
