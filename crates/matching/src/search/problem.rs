//! The bare problem: slots, candidates, flows between slots. No words of the market.

use std::ops::{Range, RangeInclusive};

use super::standby;

/// A cost in billionths of a micro unit of money, so that a byte at a price per GB is a whole number.
pub type Cost = i128;

/// Billionths in one micro unit of money: the bytes of a GB.
pub const NANOS: Cost = 1_000_000_000;

/// How much a unit of each measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// For a billionth of a micro unit of money.
    pub price: Cost,
    /// For a milligram of carbon.
    pub carbon: Cost,
    /// For a millionth of downtime.
    pub downtime: Cost,
}

impl Weights {
    /// The price and nothing else.
    pub const PRICE: Self = Self { price: 1, carbon: 0, downtime: 0 };

    /// What a candidate costs by itself, downtime aside.
    #[must_use]
    pub fn own(self, candidate: &Candidate) -> Cost {
        let price = Cost::from(candidate.price) * NANOS;
        price.saturating_mul(self.price).saturating_add(Cost::from(candidate.carbon).saturating_mul(self.carbon))
    }
}

/// One choice of one candidate for each slot is sought.
#[derive(Debug, Clone, Default)]
pub struct Problem {
    /// What has to be placed.
    pub slots: Vec<Slot>,
    /// Where things can be placed.
    pub sites: Vec<Site>,
    /// Round trips between sites in microseconds, by both sites' numbers, the same in both directions; empty when
    /// there are no flows.
    pub rtt: Vec<Vec<i64>>,
    /// Traffic between slots.
    pub flows: Vec<Flow>,
    /// Slots that are kept apart.
    pub aparts: Vec<Apart>,
    /// Slots that are kept together.
    pub togethers: Vec<Together>,
    /// Slots that stand in for each other: their downtime counts only when all are down. Each slot is in one at most.
    pub standbys: Vec<Range<usize>>,
    /// How many classes of candidates there are of which a choice keeps to one; with one or none there is no such
    /// condition.
    pub classes: usize,
    /// What is free at places that report it; candidates name a pool by its number.
    pub pools: Vec<[i64; RESOURCES]>,
    /// The highest price in micro units.
    pub budget: Option<i64>,
}

/// How many kinds of capacity there are.
pub const RESOURCES: usize = 4;

/// A site, which belongs to one provider and lies in one country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The provider's number.
    pub provider: usize,
    /// The country's number.
    pub country: usize,
}

/// One or more instances that go to one candidate together.
#[derive(Debug, Clone, Default)]
pub struct Slot {
    /// How many instances.
    pub instances: i64,
    /// Where they may go.
    pub candidates: Vec<Candidate>,
}

/// One possible place of a slot; all amounts are for all its instances together.
#[derive(Debug, Clone, Default)]
pub struct Candidate {
    /// The caller's number for it.
    pub tag: usize,
    /// The site's number.
    pub site: usize,
    /// Price a month without traffic, in micro units, not negative.
    pub price: i64,
    /// Carbon a month in milligrams, not negative.
    pub carbon: i64,
    /// The longest round trip to a fixed place that counts, in microseconds.
    pub near: i64,
    /// The share of time that it may be down, in millionths.
    pub downtime: i64,
    /// How sovereign it is; more is better.
    pub grade: u8,
    /// The class that it belongs to, where choices keep to one.
    pub class: usize,
    /// What traffic out of the site costs one instance.
    pub egress: Rates,
    /// The pool that it draws on.
    pub pool: Option<usize>,
    /// What it takes of the pool.
    pub takes: [i64; RESOURCES],
}

/// Traffic from one slot to another.
#[derive(Debug, Clone)]
pub struct Flow {
    /// The slot that sends and pays.
    pub from: usize,
    /// The slot that receives.
    pub to: usize,
    /// Bytes a month that each instance of `from` sends.
    pub bytes: i64,
    /// The round trips in microseconds that are acceptable.
    pub rtt: Option<RangeInclusive<i64>>,
}

/// What two slots must or must not share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A site.
    Site,
    /// A provider.
    Provider,
    /// A country.
    Country,
}

/// Two slots that must not share something.
#[derive(Debug, Clone, Copy)]
pub struct Apart {
    /// The one.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// What they must not share.
    pub level: Level,
    /// Whether the two are interchangeable, so that only the rising order of numbers needs to be tried.
    pub ordered: bool,
}

/// Two slots that must share something.
#[derive(Debug, Clone, Copy)]
pub struct Together {
    /// The one.
    pub first: usize,
    /// The other.
    pub second: usize,
    /// What they must share.
    pub level: Level,
}

/// A price of traffic that changes with the month's volume.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rates {
    /// From how many bytes on, and how many micro units for a GB; rising in bytes, the first at zero.
    steps: Vec<(i64, i64)>,
}

impl Rates {
    /// Rates from steps `(from bytes, micro units for a GB)`; before the first step traffic is free.
    ///
    /// Negative rates count as zero.
    #[must_use]
    pub fn new(mut steps: Vec<(i64, i64)>) -> Self {
        steps.sort_by_key(|(start, _)| *start);
        let mut clean: Vec<(i64, i64)> = vec![(0, 0)];
        for (start, rate) in steps {
            let (start, rate) = (start.max(0), rate.max(0));
            if clean.last().is_some_and(|(last, _)| *last == start) {
                clean.pop();
            }
            if clean.last().is_none_or(|(_, last)| *last != rate) {
                clean.push((start, rate));
            }
        }
        if clean == [(0, 0)] {
            clean.clear();
        }
        Self { steps: clean }
    }

    /// Both rates on top of each other.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let starts = self.steps.iter().chain(&other.steps).map(|(start, _)| *start);
        let mut starts: Vec<i64> = starts.collect();
        starts.sort_unstable();
        starts.dedup();
        Self::new(
            starts.into_iter().map(|start| (start, self.rate_at(start).saturating_add(other.rate_at(start)))).collect(),
        )
    }

    fn rate_at(&self, byte: i64) -> i64 {
        self.steps.iter().take_while(|(start, _)| *start <= byte).last().map_or(0, |(_, rate)| *rate)
    }

    /// Whether nothing is ever charged.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether every byte costs the same.
    #[must_use]
    pub fn is_flat(&self) -> bool {
        self.steps.len() <= 1
    }

    /// What so many bytes of one month cost.
    #[must_use]
    pub fn cost(&self, bytes: i64) -> Cost {
        let mut sum = 0;
        for (index, (start, rate)) in self.steps.iter().enumerate() {
            let end = self.steps.get(index + 1).map_or(i64::MAX, |(next, _)| *next);
            let within = bytes.min(end).saturating_sub(*start).max(0);
            sum = Cost::saturating_add(sum, Cost::from(within) * Cost::from(*rate));
        }
        sum
    }

    /// The least that `bytes` add to whatever else flows, when all that may flow is `total`.
    #[must_use]
    pub fn least_share(&self, bytes: i64, total: i64) -> Cost {
        let reached = || self.steps.iter().take_while(|(start, _)| *start < total);
        if self.steps.windows(2).all(|pair| pair[0].1 <= pair[1].1) {
            // Rising rates: a flow never costs less beside others than alone.
            return self.cost(bytes);
        }
        let lowest = reached().map(|(_, rate)| *rate).min().unwrap_or_default();
        Cost::from(bytes).saturating_mul(Cost::from(lowest))
    }
}

impl Problem {
    /// The bytes that an instance of the slot sends to other sites under a choice of candidates.
    #[must_use]
    pub fn remote_bytes(&self, slot: usize, choice: &[usize]) -> i64 {
        let site = |slot: usize| self.slots[slot].candidates[choice[slot]].site;
        let remote = self.flows.iter().filter(|flow| flow.from == slot && site(flow.to) != site(slot));
        remote.map(|flow| flow.bytes).fold(0, i64::saturating_add)
    }

    /// What the traffic of a slot costs a month in micro units, rounded once for each instance.
    #[must_use]
    pub fn traffic_price(&self, slot: usize, choice: &[usize]) -> i64 {
        let candidate = &self.slots[slot].candidates[choice[slot]];
        let one = hansa_model::money::div_half_even(candidate.egress.cost(self.remote_bytes(slot, choice)), NANOS);
        let all = one.saturating_mul(Cost::from(self.slots[slot].instances));
        i64::try_from(all).unwrap_or(i64::MAX)
    }

    /// What a choice costs a month in micro units, traffic included.
    #[must_use]
    pub fn price(&self, choice: &[usize]) -> i64 {
        (0..self.slots.len())
            .map(|slot| {
                self.slots[slot].candidates[choice[slot]].price.saturating_add(self.traffic_price(slot, choice))
            })
            .fold(0, i64::saturating_add)
    }

    /// What a choice costs by weights, traffic included and nothing rounded.
    #[must_use]
    pub fn cost(&self, choice: &[usize], weights: Weights) -> Cost {
        let slots = self.slots.iter().zip(choice).enumerate().map(|(number, (slot, chosen))| {
            let candidate = &slot.candidates[*chosen];
            let traffic = candidate.egress.cost(self.remote_bytes(number, choice));
            let traffic = traffic.saturating_mul(Cost::from(slot.instances)).saturating_mul(weights.price);
            weights.own(candidate).saturating_add(traffic)
        });
        let downtime = match weights.downtime {
            0 => 0,
            weight => Cost::from(self.downtime(choice)).saturating_mul(weight),
        };
        slots.fold(downtime, Cost::saturating_add)
    }

    /// The downtime of a choice in millionths: the sum over all slots, of which those that stand in for each other
    /// count together.
    #[must_use]
    pub fn downtime(&self, choice: &[usize]) -> i64 {
        let of = |slot: usize| self.slots[slot].candidates[choice[slot]].downtime;
        let alone = (0..self.slots.len()).filter(|slot| !self.standbys.iter().any(|group| group.contains(slot)));
        let together = self.standbys.iter().map(|group| standby::downtime(group.clone().map(of)));
        alone.map(of).chain(together).fold(0, i64::saturating_add)
    }

    /// The least grade of a choice.
    #[must_use]
    pub fn grade(&self, choice: &[usize]) -> u8 {
        let grades = self.slots.iter().zip(choice).map(|(slot, chosen)| slot.candidates[*chosen].grade);
        grades.min().unwrap_or_default()
    }

    /// The carbon of a choice in milligrams a month.
    #[must_use]
    pub fn carbon(&self, choice: &[usize]) -> i64 {
        self.slots.iter().zip(choice).map(|(slot, chosen)| slot.candidates[*chosen].carbon).fold(0, i64::saturating_add)
    }

    /// The longest round trip of a choice in microseconds; `None` when there is nothing to travel to.
    #[must_use]
    pub fn latency(&self, choice: &[usize]) -> Option<i64> {
        let site = |slot: usize| self.slots[slot].candidates[choice[slot]].site;
        let flows = self.flows.iter().map(|flow| self.rtt[site(flow.from)][site(flow.to)]);
        let near = self.slots.iter().zip(choice).map(|(slot, chosen)| slot.candidates[*chosen].near);
        flows.chain(near.filter(|rtt| *rtt > 0)).max()
    }

    /// How many providers a choice is spread over.
    #[must_use]
    pub fn providers(&self, choice: &[usize]) -> usize {
        let used =
            self.slots.iter().zip(choice).map(|(slot, chosen)| self.sites[slot.candidates[*chosen].site].provider);
        used.collect::<std::collections::BTreeSet<_>>().len()
    }
}
