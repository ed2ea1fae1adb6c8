//! What a worker takes away without branching.

use super::domains::Domains;
use super::problem::Cost;
use super::worker::Worker;
use super::{NANOS, NEVER, Search, dominance};

impl Worker<'_, '_> {
    /// Takes away what breaks a condition whatever else is chosen. Whether anything went; `None` when nothing is left.
    pub(super) fn prune(&mut self, domains: &mut Domains, within_cap: bool) -> Option<bool> {
        let unsupported = self.prune_unsupported(domains)?;
        let full = self.prune_full(domains)?;
        let providers = !within_cap && self.prune_providers(domains)?;
        Some(unsupported || full || providers)
    }

    /// Takes away candidates that go with none of a neighbour's.
    fn prune_unsupported(&mut self, domains: &mut Domains) -> Option<bool> {
        let Search { problem, relations, sites, .. } = self.search;
        let mut changed = false;
        for (number, relation) in relations.all.iter().enumerate() {
            let Some(table) = relations.table(number) else { continue };
            for end in [0, 1] {
                let [own, other] = [relation.ends[end], relation.ends[1 - end]];
                self.mask.clear();
                self.mask.resize(problem.sites.len().div_ceil(64), 0);
                for number in domains.of(other) {
                    let site = sites[other][*number];
                    self.mask[site / 64] |= 1 << (site % 64);
                }
                changed |= domains.retain(own, |_, number| table.row(end, sites[own][number]).meets(&self.mask))?;
            }
        }
        // A slot without any relation may have been empty from the start.
        (0..domains.slots()).all(|slot| domains.length(slot) > 0).then_some(changed)
    }

    /// Takes away what no longer fits into its pool beside what is settled.
    fn prune_full(&mut self, domains: &mut Domains) -> Option<bool> {
        let problem = self.search.problem;
        if problem.pools.is_empty() {
            return Some(false);
        }
        let free = &mut self.taken;
        free.clone_from(&problem.pools);
        let candidate = |slot: usize, number: usize| &problem.slots[slot].candidates[number];
        for slot in 0..domains.slots() {
            let Some(only) = domains.settled(slot) else { continue };
            let Some(pool) = candidate(slot, only).pool else { continue };
            for (free, taken) in free[pool].iter_mut().zip(candidate(slot, only).takes) {
                *free = free.saturating_sub(taken);
                if *free < 0 {
                    return None;
                }
            }
        }
        let mut changed = false;
        for slot in 0..domains.slots() {
            if domains.is_settled(slot) {
                continue;
            }
            changed |= domains.retain(slot, |_, number| {
                let candidate = candidate(slot, number);
                candidate
                    .pool
                    .is_none_or(|pool| free[pool].iter().zip(candidate.takes).all(|(free, takes)| takes <= *free))
            })?;
        }
        Some(changed)
    }

    /// Once as many providers are settled as may be, takes away all others.
    fn prune_providers(&mut self, domains: &mut Domains) -> Option<bool> {
        let Some(most) = self.search.query.max_providers else { return Some(false) };
        let provider = |slot: usize, number: usize| self.search.providers[slot][number];
        let used = &mut self.providers;
        used.clear();
        for slot in 0..domains.slots() {
            let first = provider(slot, *domains.of(slot).first()?);
            if !used.contains(&first) && domains.of(slot).iter().all(|number| provider(slot, *number) == first) {
                used.push(first);
            }
        }
        if used.len() > most {
            return None;
        }
        let mut changed = false;
        if used.len() == most {
            for slot in 0..domains.slots() {
                changed |= domains.retain(slot, |_, number| used.contains(&provider(slot, number)))?;
            }
        }
        Some(changed)
    }

    /// Takes away what the budget does not allow, where the objective does not say so already.
    pub(super) fn prune_dear(&mut self, domains: &mut Domains) -> Option<bool> {
        let Some((layer, ceiling)) = &self.search.price else { return Some(false) };
        if self.bounder.lower(domains, layer)? >= *ceiling {
            return None;
        }
        let changed = keep_below(domains, self.bounder.marginals(), *ceiling)?;
        if !changed {
            // Branching goes by the objective.
            self.bounder.lower(domains, &self.search.objective)?;
        }
        Some(changed)
    }

    /// Takes away what is dominated, where that is valid.
    pub(super) fn drop_dominated(&self, domains: &mut Domains) {
        let Search { problem, relations, query, sites, objective, price, .. } = self.search;
        let rates = problem.slots.iter().flat_map(|slot| &slot.candidates).map(|candidate| &candidate.egress);
        let alone = problem.pools.is_empty() && price.is_none() && rates.clone().all(super::Rates::is_flat);
        let grouped = query.weights.downtime > 0 && !problem.standbys.is_empty();
        if !alone || grouped || query.max_providers.is_some() {
            return;
        }
        // Below the margin rounding could lift the cheaper choice above the budget.
        let margin = match problem.budget {
            Some(_) if query.weights.carbon > 0 || query.weights.downtime > 0 => return,
            Some(_) => (Search::rounding(problem) * NANOS).saturating_mul(query.weights.price).min(NEVER),
            None => 0,
        };
        dominance::eliminate(problem, relations, sites, objective, domains, margin);
    }
}

/// Keeps the candidates whose bound is below `limit` and says whether any went; `None` when a slot has none left.
pub(super) fn keep_below(domains: &mut Domains, marginals: &[Cost], limit: Cost) -> Option<bool> {
    let mut changed = false;
    for slot in 0..domains.slots() {
        changed |= domains.retain(slot, |place, _| marginals[place] < limit)?;
    }
    Some(changed)
}
