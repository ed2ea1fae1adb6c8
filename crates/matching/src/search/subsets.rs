//! Sets of providers, where only so many are allowed: within a small set few candidates are left for each slot,
//! so conditions and bounds bite at once.

use super::bound::{Domains, NEVER};
use super::problem::{Cost, Problem};

/// The most sets that are tried one by one; beyond, the number of providers is watched during the search only.
const MOST_SETS: usize = 200_000;

/// Providers that occur, and how many of them may be used.
pub(super) struct Plan {
    providers: Vec<usize>,
    size: usize,
}

/// A set of providers, as positions within the plan, one bit each.
pub(super) type Set = [u64; 4];

/// Whether it pays to go through sets of providers, and through which.
pub(super) fn plan(problem: &Problem, domains: &Domains, most: Option<usize>) -> Option<Plan> {
    let size = most?;
    let mut providers: Vec<usize> = domains
        .iter()
        .zip(&problem.slots)
        .flat_map(|(domain, slot)| domain.iter().map(|number| problem.sites[slot.candidates[*number].site].provider))
        .collect();
    providers.sort_unstable();
    providers.dedup();
    let bounded = size < providers.len() && size < problem.slots.len() && providers.len() <= 256;
    (bounded && combinations(providers.len(), size) <= MOST_SETS).then_some(Plan { providers, size })
}

fn combinations(n: usize, k: usize) -> usize {
    (0..k).fold(1usize, |sets, index| sets.saturating_mul(n - index) / (index + 1))
}

impl Plan {
    /// Whether the provider is in the set.
    pub(super) fn contains(&self, set: Set, provider: usize) -> bool {
        self.providers.binary_search(&provider).is_ok_and(|position| set[position / 64] >> (position % 64) & 1 == 1)
    }

    /// Every set that has a candidate for each slot, with what it costs at least without traffic.
    pub(super) fn bounded_sets(&self, problem: &Problem, domains: &Domains, own: &[Vec<Cost>]) -> Vec<(Cost, Set)> {
        let mut least = vec![vec![NEVER; domains.len()]; self.providers.len()];
        for (slot, domain) in domains.iter().enumerate() {
            for number in domain {
                let provider = problem.sites[problem.slots[slot].candidates[*number].site].provider;
                if let Ok(position) = self.providers.binary_search(&provider) {
                    least[position][slot] = least[position][slot].min(own[slot][*number]);
                }
            }
        }
        let mut sets = Vec::new();
        extend(&least, self.size, 0, [0; 4], &vec![NEVER; domains.len()], &mut sets);
        sets
    }
}

/// Adds every set that has `left` more members from position `start` on.
fn extend(least: &[Vec<Cost>], left: usize, start: usize, set: Set, costs: &[Cost], sets: &mut Vec<(Cost, Set)>) {
    if left == 0 {
        if costs.iter().all(|cost| *cost < NEVER) {
            sets.push((costs.iter().fold(0, |sum: Cost, cost| sum.saturating_add(*cost)), set));
        }
        return;
    }
    for position in start..=least.len() - left {
        let mut set = set;
        set[position / 64] |= 1 << (position % 64);
        let costs: Vec<Cost> = costs.iter().zip(&least[position]).map(|(a, b)| *a.min(b)).collect();
        extend(least, left - 1, position + 1, set, &costs, sets);
    }
}
