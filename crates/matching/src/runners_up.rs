//! Offers that meet everything and were not chosen, and what the package would cost with them.

use hansa_model::application::SpreadBy;
use hansa_model::kind::KindId;
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::package::{Package, RunnerUp};
use hansa_model::quantity::Quantity;

use crate::compose::{Composition, egress_rates};
use crate::geo::SAME_SITE_MICROS;
use crate::prepare::{Prepared, Wish};
use crate::requirement::Subject;
use crate::search::{Candidate, Problem, RESOURCES};
use crate::uniform::Conditions;

/// How many are told of each component.
const MOST: usize = 3;
/// How many offers of each component are looked at: those with the lowest prices before wishes.
const LOOKED_AT: usize = 32;
/// How many flows may be looked at in all.
const MOST_WORK: usize = 1_000_000;

/// A chosen package, taken apart.
struct Chosen<'p, 'a> {
    prepared: &'p Prepared<'a>,
    package: &'p Package,
    /// The offer of each slot.
    placed: &'p [Subject<'a>],
    problem: Problem,
    choice: Vec<usize>,
    /// The slots of each wish.
    slots: Vec<std::ops::Range<usize>>,
    /// What has to be the same, each by itself.
    uniform: Vec<Conditions<'a>>,
}

/// What a package breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Breach {
    Orderable,
    Spread,
    Link(usize),
    Together(usize),
    MaxProviders,
    Uniform(usize),
    Budget,
    Room,
}

impl Breach {
    fn field(self, component: &Name) -> String {
        match self {
            Self::Orderable => "orderable".to_owned(),
            Self::Spread => format!("spec.components.{component}.spread"),
            Self::Link(number) => format!("spec.links[{number}].rtt"),
            Self::Together(number) => format!("spec.together[{number}]"),
            Self::MaxProviders => "spec.maxProviders".to_owned(),
            Self::Uniform(number) => format!("spec.uniform[{number}]"),
            Self::Budget => "spec.budget.monthly".to_owned(),
            Self::Room => format!("spec.components.{component}.count"),
        }
    }
}

/// The traffic that changes when a slot moves.
struct Traffic {
    /// The slot itself, where it sends, and those that send to it.
    senders: Vec<usize>,
    /// What they pay now.
    price: i64,
}

/// One slot on another offer.
struct Move {
    breaks: Option<Breach>,
    /// More of the price, in micro units, and of carbon, in milligrams.
    price: i64,
    carbon: i64,
    slot: usize,
}

/// The runners-up to the offers of a package, which are among those `placed`.
pub(crate) fn runners_up<'a>(prepared: &Prepared<'a>, package: &Package, placed: &[Subject<'a>]) -> Vec<RunnerUp> {
    let replicas = package.components.values().flat_map(|placement| &placement.replicas);
    let own = replicas.map(|replica| placed.iter().find(|placed| placed.offer.id == replica.offer_id).copied());
    match own.collect::<Option<Vec<Subject<'a>>>>() {
        Some(own) => runners_up_to(prepared, package, &own),
        None => Vec::new(),
    }
}

/// The runners-up to the offers of a package, in the order of its slots.
fn runners_up_to<'a>(prepared: &Prepared<'a>, package: &Package, placed: &[Subject<'a>]) -> Vec<RunnerUp> {
    let nothing_waived = vec![false; prepared.constraints.len()];
    let Some(slots) = slots(prepared, placed) else { return Vec::new() };
    let own = |wish: &Wish<'a>| placed[slots[wish.number].clone()].to_vec();
    let Ok(composition) = Composition::of(prepared, &nothing_waived, own) else { return Vec::new() };
    let Some(choice) = composition.choice_of(placed) else { return Vec::new() };
    let uniform = prepared.application.uniform.iter();
    let uniform = uniform.map(|one| Conditions::new(prepared.application, vec![*one], prepared.judge.now)).collect();
    let mut chosen = Chosen { prepared, package, placed, problem: composition.problem, choice, slots, uniform };
    let flows = chosen.problem.flows.len().max(1);
    let looked_at = (MOST_WORK / flows / placed.len().max(1)).min(LOOKED_AT);
    prepared.wishes.iter().flat_map(|wish| chosen.of(wish, looked_at)).collect()
}

/// The slots of each wish, when there are as many as were placed.
fn slots(prepared: &Prepared<'_>, placed: &[Subject<'_>]) -> Option<Vec<std::ops::Range<usize>>> {
    let mut slots = Vec::new();
    let mut end = 0;
    for wish in &prepared.wishes {
        let apart = if wish.component.spread.is_some() { wish.component.count as usize } else { 1 };
        slots.push(end..end + apart);
        end += apart;
    }
    (end == placed.len()).then_some(slots)
}

impl<'a> Chosen<'_, 'a> {
    /// The runners-up of one component: those that fit and would cost the least more, and last one that would be
    /// cheaper but does not fit, if any.
    fn of(&mut self, wish: &Wish<'a>, looked_at: usize) -> Vec<RunnerUp> {
        let prepared = self.prepared;
        let chunks = prepared.judge.market.chunks(wish.component.kind).iter().zip(&wish.scan.admitted);
        let items = chunks.flat_map(|(chunk, rows)| chunk.in_order(rows).filter_map(|row| chunk.item(row)));
        let own = self.slots[wish.number].clone();
        let is_chosen = |id| self.placed[own.clone()].iter().any(|placed| placed.offer.id == id);
        let others: Vec<Subject<'a>> =
            items.filter(|item| !is_chosen(item.id)).take(looked_at).map(|item| prepared.judge.subject(item)).collect();
        let traffic: Vec<Traffic> = own.clone().map(|slot| self.traffic(slot)).collect();
        let mut moves: Vec<(Move, Subject<'a>)> = Vec::new();
        for other in others {
            let slots = own.clone().zip(&traffic);
            let of_slots = slots.filter_map(|(slot, traffic)| self.moved(wish, slot, traffic, &other));
            let best = of_slots.min_by_key(|one| (one.breaks.is_some(), one.price));
            moves.extend(best.map(|best| (best, other)));
        }
        moves.sort_by_key(|(one, _)| (one.breaks.is_some(), one.price));
        let fitting = moves.partition_point(|(one, _)| one.breaks.is_none());
        let cheaper = moves.get(fitting).is_some_and(|(one, _)| one.price < 0);
        let kept = fitting.min(if cheaper { MOST - 1 } else { MOST });
        let last = if cheaper { Some(fitting) } else { None };
        let told = (0..kept).chain(last);
        told.filter_map(|number| moves.get(number)).map(|(one, other)| self.told(wish, one, other)).collect()
    }

    fn told(&self, wish: &Wish<'a>, one: &Move, other: &Subject<'a>) -> RunnerUp {
        RunnerUp {
            component: wish.name.clone(),
            offer: other.offer.key(),
            beaten_by: self.placed[one.slot].offer.key(),
            monthly: Money::from_micros(one.price, self.prepared.currency),
            carbon: crate::compose::kilograms(one.carbon),
            breaks: one.breaks.map(|breach| breach.field(wish.name)),
        }
    }

    /// What it comes to when a slot of a wish goes to another offer; `None` when its price is beyond all sense.
    fn moved(&mut self, wish: &Wish<'a>, slot: usize, traffic: &Traffic, other: &Subject<'a>) -> Option<Move> {
        let instances = self.problem.slots[slot].instances;
        let one = other.offer.extent(wish.component, wish.instances(), self.prepared.judge.geo)?;
        let before = &self.problem.slots[slot].candidates[self.choice[slot]];
        let carbon = one.carbon.checked_mul(instances)?.checked_sub(before.carbon)?;
        let own = one.price.checked_mul(instances)?.checked_sub(before.price)?;
        let paid = if traffic.senders.is_empty() { 0 } else { self.traffic_at(slot, traffic, other) };
        let price = own.checked_add(paid.checked_sub(traffic.price)?)?;
        Some(Move { breaks: self.broken(wish, slot, other, price, one.takes), price, carbon, slot })
    }

    fn traffic(&self, slot: usize) -> Traffic {
        let own = self.problem.flows.iter().filter(|flow| flow.to == slot || flow.from == slot);
        let mut senders: Vec<usize> = own.map(|flow| flow.from).collect();
        senders.sort_unstable();
        senders.dedup();
        let price = self.price_of(&senders);
        Traffic { senders, price }
    }

    fn price_of(&self, senders: &[usize]) -> i64 {
        senders.iter().map(|sender| self.problem.traffic_price(*sender, &self.choice)).fold(0, i64::saturating_add)
    }

    /// What the traffic costs when a slot goes to another offer.
    fn traffic_at(&mut self, slot: usize, traffic: &Traffic, other: &Subject<'a>) -> i64 {
        // A site of its own, unless another slot is there.
        let mut there = self.placed.iter().zip(&self.problem.slots).zip(&self.choice);
        let known = there.find(|((placed, _), _)| placed.site.id == other.site.id);
        let site = known.map_or(self.problem.sites.len(), |((_, slot), choice)| slot.candidates[*choice].site);
        let egress = egress_rates(&other.offer.price);
        self.problem.slots[slot].candidates.push(Candidate { site, egress, ..Candidate::default() });
        let last = self.problem.slots[slot].candidates.len() - 1;
        let now = std::mem::replace(&mut self.choice[slot], last);
        let price = self.price_of(&traffic.senders);
        self.choice[slot] = now;
        self.problem.slots[slot].candidates.pop();
        price
    }

    /// The first requirement that is broken when a slot goes to another offer and the package comes to
    /// `more`.
    fn broken(
        &self,
        wish: &Wish<'a>,
        slot: usize,
        other: &Subject<'a>,
        more: i64,
        takes: [i64; RESOURCES],
    ) -> Option<Breach> {
        let application = self.prepared.application;
        let at = |number: usize| if number == slot { other } else { &self.placed[number] };
        if self.package.orderable && !other.orderable {
            return Some(Breach::Orderable);
        }
        if let Some(spread) = wish.component.spread {
            let others = self.slots[wish.number].clone().filter(|number| *number != slot);
            if others.into_iter().any(|number| share(spread.by, other, at(number))) {
                return Some(Breach::Spread);
            }
        }
        let slots_of = |name| {
            let wish = self.prepared.wishes.iter().find(|wish| wish.name == name);
            wish.map_or(0..0, |wish| self.slots[wish.number].clone())
        };
        for (number, link) in application.links.iter().enumerate() {
            let Some(bound) = link.rtt else { continue };
            let far = match (link.from == *wish.name, link.to == *wish.name) {
                (true, _) => slots_of(&link.to),
                (_, true) => slots_of(&link.from),
                _ => continue,
            };
            if far.into_iter().any(|far| !bound.admits(self.round_trip(other, at(far)))) {
                return Some(Breach::Link(number));
            }
        }
        for (number, group) in application.together.iter().enumerate() {
            if group.components.contains(wish.name) {
                let mut members = group.components.iter().flat_map(slots_of);
                if members.any(|member| !share(group.by, other, at(member))) {
                    return Some(Breach::Together(number));
                }
            }
        }
        if let Some(most) = application.max_providers {
            let mut providers: Vec<_> = (0..self.placed.len()).map(|number| at(number).provider.id).collect();
            providers.sort_unstable();
            providers.dedup();
            if providers.len() > most as usize {
                return Some(Breach::MaxProviders);
            }
        }
        for (number, one) in self.uniform.iter().enumerate() {
            let own = one.values(other);
            if own.is_none() || (0..self.placed.len()).any(|number| one.values(at(number)) != own) {
                return Some(Breach::Uniform(number));
            }
        }
        if let Some(budget) = application.budget
            && self.package.price.monthly.micros().saturating_add(more) > budget.micros()
        {
            return Some(Breach::Budget);
        }
        (!self.has_room(slot, other, takes)).then_some(Breach::Room)
    }

    fn round_trip(&self, one: &Subject<'a>, other: &Subject<'a>) -> hansa_model::quantity::TimeSpan {
        match one.site.id == other.site.id {
            true => Quantity::micros(SAME_SITE_MICROS),
            false => self.prepared.judge.geo.round_trip(&one.place, &other.place).rtt,
        }
    }

    /// Whether a site has room for a slot beside the others that are there.
    fn has_room(&self, slot: usize, other: &Subject<'a>, takes: [i64; RESOURCES]) -> bool {
        let kind: KindId = other.offer.kind;
        let Some(supply) = self.prepared.judge.market.supply(other.site.id, kind) else { return true };
        let instances = self.problem.slots[slot].instances;
        let mut left = supply.amounts();
        let taken = takes.map(|amount| amount.saturating_mul(instances));
        let neighbours = (0..self.placed.len()).filter(|number| {
            let placed = &self.placed[*number];
            *number != slot && placed.site.id == other.site.id && placed.offer.kind == kind
        });
        let theirs = neighbours.map(|number| self.problem.slots[number].candidates[self.choice[number]].takes);
        for amounts in theirs.chain([taken]) {
            for (left, amount) in left.iter_mut().zip(amounts) {
                *left = left.saturating_sub(amount);
            }
        }
        left.iter().all(|left| *left >= 0)
    }
}

fn share(by: SpreadBy, one: &Subject<'_>, other: &Subject<'_>) -> bool {
    match by {
        SpreadBy::Site => one.site.id == other.site.id,
        SpreadBy::Provider => one.provider.id == other.provider.id,
        SpreadBy::Country => one.site.country == other.site.country,
    }
}
