//! One worker of a search: tightens, branches, and hands over what it can't do itself.

use std::time::Instant;

use super::bound::Bounder;
use super::domains::Domains;
use super::problem::Cost;
use super::relation::Layer;
use super::shadow::{self, Worth};
use super::subsets::Plan;
use super::{NANOS, NEVER, Part, Search, dominance};

/// How many levels of a search may be handed over to somebody idle; parts below are too small.
const SHARED_LEVELS: usize = 6;

/// How often the prices of capacity are adapted where a part begins, and at every node below.
const CHARGES: [u32; 2] = [25, 10];

pub(super) struct Worker<'s, 'a> {
    search: &'s Search<'a>,
    bounder: Bounder<'s>,
    pub(super) nodes: u64,
    /// From how many nodes on everything is handed over.
    pub(super) node_limit: u64,
    /// The cost to stay below, as of `version`.
    below: Cost,
    version: u64,
    /// The choice read off the last bound, and its provider numbers.
    choice: Vec<usize>,
    providers: Vec<usize>,
    taken: Vec<[i64; super::RESOURCES]>,
    mask: Vec<u64>,
    /// A layer with prices of capacity.
    charged: Option<Layer>,
    /// How often they are adapted.
    charges: u32,
    /// Domains that are not in use.
    spare: Vec<Domains>,
}

/// What is left after tightening.
enum Left {
    Nothing,
    /// No choice costs less than this, and it branches at this slot.
    Branching(Cost, usize),
}

impl<'s, 'a> Worker<'s, 'a> {
    pub(super) fn new(search: &'s Search<'a>, node_limit: u64) -> Self {
        Self {
            search,
            bounder: Bounder::new(search.problem, search.relations, &search.sites),
            nodes: 0,
            node_limit,
            below: search.incumbent.below(),
            version: search.incumbent.version(),
            choice: Vec::new(),
            providers: Vec::new(),
            taken: Vec::new(),
            mask: Vec::new(),
            charged: None,
            charges: CHARGES[0],
            spare: Vec::new(),
        }
    }

    /// Looks at everything at once, splits it by providers where their number is limited, and works on that.
    pub(super) fn start(&mut self) {
        let mut root = self.search.everything();
        if self.out_of_time(0) {
            return;
        }
        let within_cap = self.search.query.max_providers.is_none();
        let mut worth = shadow::nothing(self.search.problem);
        let Left::Branching(lower, _) = self.tighten(&mut root, within_cap, &mut worth) else { return };
        match self.search.query.max_providers {
            None => {
                self.drop_dominated(&mut root);
                self.descend(Part { lower, domains: root, within_cap, worth }, 0);
            }
            Some(most) => self.start_by_providers(root, lower, most, worth),
        }
    }

    /// Tries a promising set of providers first; then only sets count that may be cheaper.
    fn start_by_providers(&mut self, mut root: Domains, lower: Cost, most: usize, mut worth: Worth) {
        let own = &self.search.objective.own;
        let Some(plan) = Plan::new(self.search.problem, &root, own, most) else {
            // Sets would not help; the number is watched on the way, where it matters at all.
            return self.descend(Part { lower, domains: root, within_cap: false, worth }, 0);
        };
        self.descend(self.within(&plan, plan.promising(), &root, lower, &worth), 0);
        let Left::Branching(lower, _) = self.tighten(&mut root, false, &mut worth) else { return };
        let sets = Plan::new(self.search.problem, &root, own, most)
            .and_then(|plan| Some((plan.bounded_sets(self.below)?, plan)));
        let Some((mut sets, plan)) = sets else {
            return self.descend(Part { lower, domains: root, within_cap: false, worth }, 0);
        };
        sets.sort_unstable();
        for (cost, set) in sets {
            let lower = lower.max(cost);
            if lower >= self.below {
                return;
            }
            if self.out_of_time(lower) {
                return;
            }
            let part = self.within(&plan, set, &root, lower, &worth);
            self.explore(part, 0);
        }
    }

    /// What is left of some domains with a set of providers.
    fn within(&self, plan: &Plan, set: super::subsets::Set, domains: &Domains, lower: Cost, worth: &Worth) -> Part {
        let domains = plan.within(set, domains, &self.search.providers);
        Part { lower, domains, within_cap: true, worth: worth.clone() }
    }

    /// Works on waiting parts until none is left.
    pub(super) fn work(&mut self) {
        while let Some(part) = self.search.queue.take() {
            self.refresh();
            if part.lower < self.below {
                self.descend(part, 0);
            }
            self.search.queue.done();
        }
    }

    fn refresh(&mut self) {
        let version = self.search.incumbent.version();
        if version != self.version {
            self.version = version;
            self.below = self.search.incumbent.below();
        }
    }

    /// Whether the time is over; then whatever has this bound stays open.
    fn out_of_time(&self, lower: Cost) -> bool {
        let over = self.search.incumbent.is_stopped() || Instant::now() >= self.search.query.deadline;
        if over {
            self.search.incumbent.leave_open(lower);
        }
        over
    }

    /// Works on a part or hands it over.
    fn explore(&mut self, part: Part, level: usize) {
        let wanted = level < SHARED_LEVELS && self.search.queue.is_wanted();
        if self.nodes >= self.node_limit || wanted {
            self.search.queue.push(part);
        } else {
            self.descend(part, level);
        }
    }

    fn descend(&mut self, part: Part, level: usize) {
        let Part { lower, mut domains, within_cap, mut worth } = part;
        if self.out_of_time(lower) {
            return;
        }
        self.nodes += 1;
        self.charges = CHARGES[usize::from(level > 0)];
        self.refresh();
        if let Left::Branching(_, slot) = self.tighten(&mut domains, within_cap, &mut worth) {
            let marginals = &self.bounder.marginals()[domains.range(slot)];
            let mut values: Vec<(Cost, usize)> =
                marginals.iter().copied().zip(domains.of(slot).iter().copied()).collect();
            values.sort_unstable();
            for (least, number) in values {
                self.refresh();
                if least >= self.below {
                    break;
                }
                let mut child = self.spare.pop().unwrap_or_default();
                child.settle(&domains, slot, number);
                self.explore(Part { lower: least, domains: child, within_cap, worth: worth.clone() }, level + 1);
            }
        }
        self.spare.push(domains);
    }

    /// Takes away every candidate that can't be part of a better answer, until nothing changes, and takes the choice
    /// that the bound suggests as an answer if it is one.
    fn tighten(&mut self, domains: &mut Domains, within_cap: bool, worth: &mut Worth) -> Left {
        loop {
            let Some(changed) = self.prune(domains, within_cap) else { return Left::Nothing };
            if changed {
                // What became settled just now may leave less for the rest.
                continue;
            }
            let Some(lower) = self.bounder.lower(domains, &self.search.objective) else { return Left::Nothing };
            if lower >= self.below {
                return Left::Nothing;
            }
            let gap = self.bounder.decode(domains, &self.search.objective, &mut self.choice);
            if self.note() && lower >= self.below {
                return Left::Nothing;
            }
            match keep_below(domains, self.bounder.marginals(), self.below) {
                None => return Left::Nothing,
                Some(true) => continue,
                Some(false) => {}
            }
            match self.prune_dear(domains) {
                None => return Left::Nothing,
                Some(true) => continue,
                Some(false) => {}
            }
            let mut lower = lower;
            if self.is_short() || worth.iter().any(|worth| *worth > 0.0) {
                match self.charge(domains, worth) {
                    None => return Left::Nothing,
                    Some((_, true)) => continue,
                    Some((charged, false)) => lower = charged,
                }
            }
            let smaller = |[one, other]: [usize; 2]| {
                if domains.length(one) <= domains.length(other) { one } else { other }
            };
            let open = || (0..domains.slots()).filter(|slot| !domains.is_settled(*slot));
            let slot = gap
                .map(|gap| smaller(gap.ends))
                .or_else(|| self.overfull(open()))
                .or_else(|| open().min_by_key(|slot| domains.length(*slot)));
            // Where everything is settled the bound is exact, and the choice was noted or breaks a condition.
            return slot.map_or(Left::Nothing, |slot| Left::Branching(lower, slot));
        }
    }

    /// Whether the choice that was judged last takes more than is free somewhere.
    fn is_short(&self) -> bool {
        self.overfull(0..self.search.problem.slots.len()).is_some()
    }

    /// Bounds with prices of capacity, which are brought closer to the best ones. The last bound, and whether
    /// anything went; `None` when nothing is left.
    fn charge(&mut self, domains: &mut Domains, worth: &mut Worth) -> Option<(Cost, bool)> {
        let search = self.search;
        let mut layer = std::mem::replace(&mut self.charged, None).unwrap_or_else(|| search.objective.clone());
        let mut shares = Vec::new();
        let mut best: Option<(Cost, Worth)> = None;
        let mut result = None;
        let mut divisor = 1;
        for left in (0..self.charges).rev() {
            if left == 0
                && let Some((_, best)) = &best
            {
                worth.clone_from(best);
            }
            shadow::charge(search.problem, &search.objective, worth, &mut layer);
            let Some(lower) = self.bounder.lower(domains, &layer).filter(|lower| *lower < self.below) else {
                result = None;
                break;
            };
            self.bounder.decode(domains, &layer, &mut self.choice);
            if self.note() && lower >= self.below {
                result = None;
                break;
            }
            let changed = keep_below(domains, self.bounder.marginals(), self.below);
            result = changed.map(|changed| (lower, changed));
            if changed != Some(false) {
                break;
            }
            if best.as_ref().is_none_or(|(most, _)| lower > *most) {
                best = Some((lower, worth.clone()));
            } else {
                divisor *= 2;
            }
            shadow::excess(search.problem, worth, &self.choice, &mut shares);
            let target = if self.below < NEVER { self.below } else { lower + lower.abs() / 20 };
            if left > 0 && !shadow::step(worth, &shares, (target - lower) / divisor) {
                break;
            }
        }
        self.charged = Some(layer);
        result
    }

    /// Takes the choice as the best so far, if it is valid and better. Whether it was.
    fn note(&mut self) -> bool {
        let search = self.search;
        let cost = search.problem.cost(&self.choice, search.query.weights);
        if cost >= self.below || !self.is_valid() {
            return false;
        }
        search.incumbent.offer(cost, &self.choice);
        self.refresh();
        true
    }

    fn is_valid(&mut self) -> bool {
        let Search { problem, relations, query, .. } = self.search;
        let pairs_fit = relations.all.iter().enumerate().all(|(number, relation)| {
            let [first, second] = relation.ends.map(|slot| self.search.sites[slot][self.choice[slot]]);
            relations.table(number).is_none_or(|table| table.row(0, first).contains(second))
        });
        if !pairs_fit {
            return false;
        }
        if let Some(most) = query.max_providers {
            self.providers.clear();
            let providers =
                self.choice.iter().zip(&self.search.providers).map(|(number, providers)| providers[*number]);
            self.providers.extend(providers);
            self.providers.sort_unstable();
            self.providers.dedup();
            if self.providers.len() > most {
                return false;
            }
        }
        self.taken.clear();
        self.taken.resize(problem.pools.len(), [0; super::RESOURCES]);
        for (slot, number) in problem.slots.iter().zip(&self.choice) {
            let candidate = &slot.candidates[*number];
            let Some(pool) = candidate.pool else { continue };
            for (taken, takes) in self.taken[pool].iter_mut().zip(candidate.takes) {
                *taken = taken.saturating_add(takes);
            }
        }
        let overfull = |(taken, free): (&[i64; super::RESOURCES], &[i64; super::RESOURCES])| {
            taken.iter().zip(free).any(|(taken, free)| taken > free)
        };
        !self.taken.iter().zip(&problem.pools).any(overfull)
            && problem.budget.is_none_or(|budget| problem.price(&self.choice) <= budget)
    }

    /// Of some slots the one that takes most of a pool of which the choice takes too much.
    fn overfull(&self, slots: impl Iterator<Item = usize>) -> Option<usize> {
        let problem = self.search.problem;
        let mut excess = problem.pools.clone();
        let chosen = |slot: usize| &problem.slots[slot].candidates[self.choice[slot]];
        for slot in 0..problem.slots.len() {
            let Some(pool) = chosen(slot).pool else { continue };
            for (free, takes) in excess[pool].iter_mut().zip(chosen(slot).takes) {
                *free = free.saturating_sub(takes);
            }
        }
        let takes_too_much = |slot: &usize| {
            let candidate = chosen(*slot);
            let short = excess[candidate.pool?].iter().zip(candidate.takes).filter(|(free, _)| **free < 0);
            short.map(|(_, takes)| takes).max().filter(|takes| *takes > 0)
        };
        slots.filter_map(|slot| Some((takes_too_much(&slot)?, slot))).max().map(|(_, slot)| slot)
    }

    /// Takes away what breaks a condition whatever else is chosen. Whether anything went; `None` when nothing is left.
    fn prune(&mut self, domains: &mut Domains, within_cap: bool) -> Option<bool> {
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
    fn prune_dear(&mut self, domains: &mut Domains) -> Option<bool> {
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
    fn drop_dominated(&self, domains: &mut Domains) {
        let Search { problem, relations, query, sites, objective, price, .. } = self.search;
        let rates = problem.slots.iter().flat_map(|slot| &slot.candidates).map(|candidate| &candidate.egress);
        let alone = problem.pools.is_empty() && price.is_none() && rates.clone().all(super::Rates::is_flat);
        if !alone || query.max_providers.is_some() {
            return;
        }
        // Below the margin rounding could lift the cheaper choice above the budget.
        let margin = match problem.budget {
            Some(_) if query.weights.carbon > 0 => return,
            Some(_) => (Search::rounding(problem) * NANOS).saturating_mul(query.weights.price).min(NEVER),
            None => 0,
        };
        dominance::eliminate(problem, relations, sites, objective, domains, margin);
    }
}

/// Keeps the candidates whose bound is below `limit` and says whether any went; `None` when a slot has none left.
fn keep_below(domains: &mut Domains, marginals: &[Cost], limit: Cost) -> Option<bool> {
    let mut changed = false;
    for slot in 0..domains.slots() {
        changed |= domains.retain(slot, |place, _| marginals[place] < limit)?;
    }
    Some(changed)
}
