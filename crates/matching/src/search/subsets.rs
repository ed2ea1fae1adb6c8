//! Sets of providers, where only so many are allowed: within a small set few candidates are left for each slot,
//! so conditions and bounds bite at once.

use super::NEVER;
use super::domains::Domains;
use super::problem::{Cost, Problem};

/// The most sets that are looked into one by one; beyond, the number of providers is watched during the search only.
const MOST_SETS: usize = 100_000;
/// The most partial sets that are tried in finding those.
const MOST_TRIED: usize = 3_000_000;

/// Providers that occur, and how many of them may be used.
pub(super) struct Plan {
    providers: Vec<usize>,
    size: usize,
    /// For each provider what each slot costs there at least by itself.
    least: Vec<Vec<Cost>>,
}

/// A set of providers, as positions within the plan, one bit each.
pub(super) type Set = [u64; 4];

impl Plan {
    /// `None` when the number of providers can't be exceeded, or there are too many of them for sets.
    pub(super) fn new(problem: &Problem, domains: &Domains, own: &[Vec<Cost>], size: usize) -> Option<Self> {
        let provider = |slot: usize, number: usize| problem.sites[problem.slots[slot].candidates[number].site].provider;
        let mut providers: Vec<usize> = (0..domains.slots())
            .flat_map(|slot| domains.of(slot).iter().map(move |number| provider(slot, *number)))
            .collect();
        providers.sort_unstable();
        providers.dedup();
        let bounded = size > 0 && size < providers.len() && size < problem.slots.len() && providers.len() <= 256;
        if !bounded {
            return None;
        }
        let mut least = vec![vec![NEVER; domains.slots()]; providers.len()];
        for slot in 0..domains.slots() {
            for number in domains.of(slot) {
                if let Ok(position) = providers.binary_search(&provider(slot, *number)) {
                    least[position][slot] = least[position][slot].min(own[slot][*number]);
                }
            }
        }
        Some(Self { providers, size, least })
    }

    /// What a set leaves of some domains.
    pub(super) fn within(&self, set: Set, domains: &Domains, providers: &[Vec<usize>]) -> Domains {
        Domains::new((0..domains.slots()).map(|slot| {
            let providers = &providers[slot];
            domains.of(slot).iter().copied().filter(move |number| self.contains(set, providers[*number]))
        }))
    }

    /// Whether the provider is in the set.
    fn contains(&self, set: Set, provider: usize) -> bool {
        self.providers.binary_search(&provider).is_ok_and(|position| has(set, position))
    }

    /// What a set costs at least without traffic.
    fn cost(&self, set: Set) -> Cost {
        let slots = 0..self.least[0].len();
        let members: Vec<&Vec<Cost>> = (0..self.least.len())
            .filter(|position| has(set, *position))
            .map(|position| &self.least[position])
            .collect();
        let cheapest = |slot| members.iter().map(|costs| costs[slot]).min().unwrap_or(NEVER);
        slots.map(cheapest).fold(0, |sum: Cost, cost| sum.saturating_add(cost))
    }

    /// A set that is likely good: the cheapest provider for what is left, one after the other, then exchanged one by
    /// one as long as that makes the set cheaper.
    pub(super) fn promising(&self) -> Set {
        let mut set = [0; 4];
        let with = |mut set: Set, position: usize| {
            set[position / 64] |= 1 << (position % 64);
            set
        };
        for _ in 0..self.size {
            let free = (0..self.least.len()).filter(|position| !has(set, *position));
            set = free.map(|position| with(set, position)).min_by_key(|set| self.cost(*set)).unwrap_or(set);
        }
        let mut cost = self.cost(set);
        loop {
            let members = (0..self.least.len()).filter(|position| has(set, *position));
            let exchanges = members.flat_map(|member| {
                let mut without = set;
                without[member / 64] &= !(1 << (member % 64));
                (0..self.least.len()).filter(move |other| !has(set, *other)).map(move |other| with(without, other))
            });
            match exchanges.map(|set| (self.cost(set), set)).min() {
                Some((better, exchanged)) if better < cost => (cost, set) = (better, exchanged),
                _ => return set,
            }
        }
    }

    /// Every set that has a candidate for each slot and may cost less than `below`, with what it costs at least
    /// without traffic; `None` when there are too many.
    pub(super) fn bounded_sets(&self, below: Cost) -> Option<Vec<(Cost, Set)>> {
        let slots = self.least[0].len();
        // From each position on, what each slot costs at least with any of the providers that are left.
        let mut rest = vec![vec![NEVER; slots]; self.least.len() + 1];
        for position in (0..self.least.len()).rev() {
            rest[position] = cheaper(&rest[position + 1], &self.least[position]);
        }
        let mut growth = Growth { plan: self, rest, below, found: Vec::new(), tried: 0 };
        let mut levels = vec![vec![NEVER; slots]; self.size + 1];
        growth.extend(0, [0; 4], &mut levels, 0)?;
        Some(growth.found)
    }
}

fn has(set: Set, position: usize) -> bool {
    set[position / 64] >> (position % 64) & 1 == 1
}

fn cheaper(one: &[Cost], other: &[Cost]) -> Vec<Cost> {
    one.iter().zip(other).map(|(one, other)| *one.min(other)).collect()
}

/// Sets growing by one provider after the other, in rising order.
struct Growth<'a> {
    plan: &'a Plan,
    rest: Vec<Vec<Cost>>,
    below: Cost,
    found: Vec<(Cost, Set)>,
    tried: usize,
}

impl Growth<'_> {
    /// Adds to a set of `members` every provider from `start` on; `levels` holds the costs of each smaller set.
    fn extend(&mut self, members: usize, set: Set, levels: &mut [Vec<Cost>], start: usize) -> Option<()> {
        if members == self.plan.size {
            let cost = levels[members].iter().fold(0, |sum: Cost, cost| sum.saturating_add(*cost));
            self.found.push((cost, set));
            return (self.found.len() <= MOST_SETS).then_some(());
        }
        for position in start..=self.plan.least.len() - (self.plan.size - members) {
            self.tried += 1;
            if self.tried > MOST_TRIED {
                return None;
            }
            // Whatever is added, no slot gets cheaper than the set and all that may still come.
            let (own, rest) = (&levels[members], &self.rest[position]);
            if sum_of_least(own, rest) >= self.below {
                return Some(());
            }
            let (smaller, larger) = levels.split_at_mut(members + 1);
            let costs = smaller[members].iter().zip(&self.plan.least[position]);
            for (cost, (before, here)) in larger[0].iter_mut().zip(costs) {
                *cost = *before.min(here);
            }
            let ends = members + 1 == self.plan.size;
            let left = if ends { &levels[members + 1] } else { &self.rest[position + 1] };
            if sum_of_least(&levels[members + 1], left) < self.below {
                let mut set = set;
                set[position / 64] |= 1 << (position % 64);
                self.extend(members + 1, set, levels, position + 1)?;
            }
        }
        Some(())
    }
}

fn sum_of_least(one: &[Cost], other: &[Cost]) -> Cost {
    one.iter().zip(other).fold(0, |sum: Cost, (one, other)| sum.saturating_add(*one.min(other)))
}
