//! One worker of a search: tightens, branches, and hands over what it can't do itself.

use std::time::Instant;

use super::bound::Bounder;
use super::domains::Domains;
use super::problem::Cost;
use super::prune::keep_below;
use super::relation::Layer;
use super::shadow::{self, Worth};
use super::subsets::Plan;
use super::{NEVER, Part, Search};

/// How many levels of a search may be handed over to somebody idle; parts below are too small.
const SHARED_LEVELS: usize = 6;

/// How often the prices of capacity are adapted where a part begins, and at every node below.
const CHARGES: [u32; 2] = [25, 10];

pub(super) struct Worker<'s, 'a> {
    pub(super) search: &'s Search<'a>,
    pub(super) bounder: Bounder<'s>,
    pub(super) nodes: u64,
    /// From how many nodes on everything is handed over.
    pub(super) node_limit: u64,
    /// The cost to stay below, as of `version`.
    pub(super) below: Cost,
    version: u64,
    /// The choice read off the last bound, and its provider numbers.
    choice: Vec<usize>,
    pub(super) providers: Vec<usize>,
    pub(super) taken: Vec<[i64; super::RESOURCES]>,
    pub(super) mask: Vec<u64>,
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
        self.nodes += 1;
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
        let mut layer = self.charged.take().unwrap_or_else(|| search.objective.clone());
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
}
