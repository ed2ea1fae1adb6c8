//! Exact composition: depth-first branch and bound over lower bounds from dynamic programming.
//!
//! [`solve`] minimises a weighted sum of price and carbon under all conditions of a [`Problem`], with optional
//! caps on the longest round trip and on the number of providers. It is exact when it ends by itself; when the
//! time runs out it says what it has and how much better an answer could be at most. Measures that do not add
//! up over slots (latency, providers) are minimised by its callers, by tightening those caps.

mod bound;
mod problem;
mod subsets;

use std::time::Instant;

use bound::{Bounds, Domains, Frame, Layer, Relation, Scratch, relations};

pub use bound::Weights;
pub use problem::{Apart, Candidate, Cost, Flow, Level, NANOS, Problem, RESOURCES, Rates, Site, Slot, Together};

use bound::NEVER;

/// What is sought in a problem.
#[derive(Debug, Clone, Copy)]
pub struct Query {
    /// What to minimise.
    pub weights: Weights,
    /// The longest acceptable round trip over flows and to fixed places, in microseconds.
    pub latency_cap: Option<i64>,
    /// The most providers.
    pub max_providers: Option<usize>,
    /// Only answers below this cost count.
    pub below: Option<Cost>,
    /// Whether any answer will do.
    pub any: bool,
    /// When to stop.
    pub deadline: Instant,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The best choice, a candidate's number for each slot, and its cost.
    pub best: Option<(Cost, Vec<usize>)>,
    /// No choice costs less; [`Cost::MAX`] when it is certain that there is none below the asked cost.
    pub lower: Cost,
    /// Whether the search came to its end.
    pub complete: bool,
    /// How many partial choices were looked at.
    pub nodes: u64,
}

/// Solves a problem.
#[must_use]
pub fn solve(problem: &Problem, query: &Query) -> Answer {
    let relations = relations(problem, query.latency_cap);
    let mut search = Search {
        problem,
        relations: &relations,
        query,
        objective: Layer::new(problem, query.weights),
        // A second bound on the price alone, where the budget is not the objective's own unit.
        price: problem.budget.map(|_| Layer::new(problem, Weights { price: 1, carbon: 0 })),
        best: None,
        below: query.below.unwrap_or(NEVER).min(NEVER),
        open: Cost::MAX,
        stopped: false,
        nodes: 0,
        scratch: Scratch::default(),
    };
    search.run();
    let lower = match &search.best {
        Some((cost, _)) if !search.stopped => *cost,
        Some((cost, _)) => search.open.min(*cost),
        None => search.open,
    };
    Answer { best: search.best, lower, complete: !search.stopped, nodes: search.nodes }
}

struct Search<'a> {
    problem: &'a Problem,
    relations: &'a [Relation],
    query: &'a Query,
    objective: Layer,
    price: Option<Layer>,
    best: Option<(Cost, Vec<usize>)>,
    below: Cost,
    /// The least bound of whatever was not looked into when the search stopped.
    open: Cost,
    stopped: bool,
    nodes: u64,
    scratch: Scratch,
}

impl Search<'_> {
    fn run(&mut self) {
        let mut root: Domains = self
            .problem
            .slots
            .iter()
            .map(|slot| {
                let fits = |near: i64| self.query.latency_cap.is_none_or(|cap| near <= cap);
                (0..slot.candidates.len()).filter(|candidate| fits(slot.candidates[*candidate].near)).collect()
            })
            .collect();
        if self.tighten(&mut root).is_none() {
            return;
        }
        match subsets::plan(self.problem, &root, self.query.max_providers) {
            Some(plan) => self.by_providers(&root, &plan),
            None => self.descend(root, 0),
        }
    }

    /// Looks into one set of providers after the other, those that may be best first.
    fn by_providers(&mut self, root: &Domains, plan: &subsets::Plan) {
        let mut sets = plan.bounded_sets(self.problem, root, &self.objective.own);
        sets.sort();
        for (lower, set) in sets {
            if lower >= self.below || self.is_satisfied() {
                return;
            }
            if self.out_of_time(lower) {
                return;
            }
            let allowed = |slot: usize, candidate: usize| {
                plan.contains(set, self.problem.sites[self.problem.slots[slot].candidates[candidate].site].provider)
            };
            let domains = root
                .iter()
                .enumerate()
                .map(|(slot, domain)| domain.iter().copied().filter(|candidate| allowed(slot, *candidate)).collect())
                .collect();
            self.descend(domains, lower);
        }
    }

    fn is_satisfied(&self) -> bool {
        self.query.any && self.best.is_some()
    }

    /// Whether the time is over; then whatever has this bound stays open.
    fn out_of_time(&mut self, lower: Cost) -> bool {
        if self.stopped || Instant::now() >= self.query.deadline {
            self.stopped = true;
            self.open = self.open.min(lower);
        }
        self.stopped
    }

    fn descend(&mut self, mut domains: Domains, lower: Cost) {
        if self.out_of_time(lower) {
            return;
        }
        self.nodes += 1;
        let Some(bounds) = self.tighten(&mut domains) else { return };
        let branching =
            (0..domains.len()).filter(|slot| domains[*slot].len() > 1).min_by_key(|slot| domains[*slot].len());
        let Some(slot) = branching else {
            self.note(&domains, bounds.lower);
            return;
        };
        let mut values: Vec<(Cost, usize)> =
            bounds.marginals[slot].iter().copied().zip(domains[slot].iter().copied()).collect();
        values.sort_unstable();
        for (least, candidate) in values {
            if least >= self.below || self.is_satisfied() {
                return;
            }
            let mut child = domains.clone();
            child[slot] = vec![candidate];
            self.descend(child, least);
        }
    }

    /// Takes a full choice as the best so far.
    fn note(&mut self, domains: &Domains, cost: Cost) {
        let choice: Vec<usize> = domains.iter().map(|domain| domain[0]).collect();
        if self.problem.budget.is_none_or(|budget| self.problem.price(&choice) <= budget) {
            self.below = cost;
            self.best = Some((cost, choice));
        }
    }

    /// Takes away every candidate that can't be part of a better answer, until nothing changes.
    /// `None` when no better answer is left.
    fn tighten(&mut self, domains: &mut Domains) -> Option<Bounds> {
        let frame = Frame { problem: self.problem, relations: self.relations };
        loop {
            let before = size(domains);
            frame.prune_unsupported(domains)?;
            self.prune_full(domains)?;
            self.prune_providers(domains)?;
            if size(domains) < before {
                // What became settled just now may leave less for the rest.
                continue;
            }
            let bounds = frame.bounds(domains, &self.objective, &mut self.scratch)?;
            if bounds.lower >= self.below {
                return None;
            }
            let mut changed = keep_below(domains, &bounds, self.below)?;
            if !changed && let (Some(layer), Some(budget)) = (&self.price, self.problem.budget) {
                // Traffic is rounded to micro units once for each slot, so the exact sum may lie that much above.
                let rounding = Cost::from(self.problem.slots.iter().map(|slot| slot.instances).sum::<i64>());
                let limit = (Cost::from(budget) + rounding + 1) * NANOS;
                let prices = frame.bounds(domains, layer, &mut self.scratch)?;
                if prices.lower >= limit {
                    return None;
                }
                changed = keep_below(domains, &prices, limit)?;
            }
            if !changed {
                return Some(bounds);
            }
        }
    }

    /// Takes away what no longer fits into its pool beside what is settled.
    fn prune_full(&self, domains: &mut Domains) -> Option<()> {
        if self.problem.pools.is_empty() {
            return Some(());
        }
        let mut free = self.problem.pools.clone();
        let candidate = |slot: usize, number: usize| &self.problem.slots[slot].candidates[number];
        for (slot, domain) in domains.iter().enumerate() {
            let [only] = domain[..] else { continue };
            let Some(pool) = candidate(slot, only).pool else { continue };
            for (free, taken) in free[pool].iter_mut().zip(candidate(slot, only).takes) {
                *free = free.saturating_sub(taken);
                if *free < 0 {
                    return None;
                }
            }
        }
        for (slot, domain) in domains.iter_mut().enumerate().filter(|(_, domain)| domain.len() > 1) {
            domain.retain(|number| {
                let candidate = candidate(slot, *number);
                candidate
                    .pool
                    .is_none_or(|pool| free[pool].iter().zip(candidate.takes).all(|(free, takes)| takes <= *free))
            });
            if domain.is_empty() {
                return None;
            }
        }
        Some(())
    }

    /// Once as many providers are settled as may be, takes away all others.
    fn prune_providers(&self, domains: &mut Domains) -> Option<()> {
        let Some(most) = self.query.max_providers else { return Some(()) };
        let provider =
            |slot: usize, number: usize| self.problem.sites[self.problem.slots[slot].candidates[number].site].provider;
        let mut used: Vec<usize> = Vec::new();
        for (slot, domain) in domains.iter().enumerate() {
            let first = provider(slot, *domain.first()?);
            if !used.contains(&first) && domain.iter().all(|number| provider(slot, *number) == first) {
                used.push(first);
            }
        }
        if used.len() > most {
            return None;
        }
        if used.len() == most {
            for (slot, domain) in domains.iter_mut().enumerate() {
                domain.retain(|number| used.contains(&provider(slot, *number)));
                if domain.is_empty() {
                    return None;
                }
            }
        }
        Some(())
    }
}

fn size(domains: &Domains) -> usize {
    domains.iter().map(Vec::len).sum()
}

/// Keeps the candidates whose bound is below `limit` and says whether any went; `None` when a slot has none left.
fn keep_below(domains: &mut Domains, bounds: &Bounds, limit: Cost) -> Option<bool> {
    let mut changed = false;
    for (domain, marginals) in domains.iter_mut().zip(&bounds.marginals) {
        let mut costs = marginals.iter();
        let before = domain.len();
        domain.retain(|_| costs.next().is_some_and(|cost| *cost < limit));
        if domain.is_empty() {
            return None;
        }
        changed |= domain.len() < before;
    }
    Some(changed)
}
