//! Exact composition: branch and bound over lower bounds from dynamic programming.
//!
//! [`solve`] minimises a weighted sum of price and carbon under all conditions of a [`Problem`], with optional
//! caps on the longest round trip and on the number of providers. It is exact when it ends by itself; when the
//! time runs out it says what it has and how much better an answer could be at most. Measures that do not add
//! up over slots (latency, providers) are minimised by its callers, by tightening those caps.
//!
//! A search begins alone; once it proves to be long, what is left of it is shared among [`Query::workers`]
//! threads. The cost of the answer does not depend on their number; among choices of equal cost another may be found.

mod bound;
mod domains;
mod dominance;
mod incumbent;
mod problem;
mod prune;
mod queue;
mod relation;
mod shadow;
mod subsets;
mod worker;

use std::time::Instant;

use domains::Domains;
use incumbent::Incumbent;
use queue::{Part, Queue};
use relation::{Layer, Relations};
use worker::Worker;

pub use problem::{
    Apart, Candidate, Cost, Flow, Level, NANOS, Problem, RESOURCES, Rates, Site, Slot, Together, Weights,
};

/// More than any cost.
const NEVER: Cost = Cost::MAX / 4;

/// After how many nodes a search is shared.
const ALONE: u64 = 500;

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
    /// How many threads may work on a long search, this one included.
    pub workers: usize,
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
    let relations = Relations::new(problem, query.latency_cap);
    let search = Search::new(problem, &relations, query);
    let nodes = search.run();
    let (best, lower, complete) = search.incumbent.into_result();
    Answer { best, lower, complete, nodes }
}

/// What all workers share.
struct Search<'a> {
    problem: &'a Problem,
    relations: &'a Relations,
    query: &'a Query,
    /// The site and the provider of each candidate of each slot.
    sites: Vec<Vec<usize>>,
    providers: Vec<Vec<usize>>,
    objective: Layer,
    /// A second bound on the price alone, where the objective does not bound it closely enough.
    price: Option<(Layer, Cost)>,
    incumbent: Incumbent,
    queue: Queue,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, relations: &'a Relations, query: &'a Query) -> Self {
        let of_each = |what: &dyn Fn(&Candidate) -> usize| {
            problem.slots.iter().map(|slot| slot.candidates.iter().map(what).collect()).collect()
        };
        let ceiling = problem.budget.map(|budget| Ceiling::new(problem, budget, query.weights));
        let below = query.below.unwrap_or(NEVER).min(NEVER);
        let price = ceiling.as_ref().filter(|ceiling| !ceiling.is_close).map(|ceiling| {
            let alone = Weights { price: 1, carbon: 0 };
            (Layer::new(problem, relations, alone), ceiling.price)
        });
        Self {
            problem,
            relations,
            query,
            sites: of_each(&|one| one.site),
            providers: of_each(&|one| problem.sites[one.site].provider),
            objective: Layer::new(problem, relations, query.weights),
            price,
            incumbent: Incumbent::new(ceiling.map_or(below, |ceiling| below.min(ceiling.objective)), query.any),
            queue: Queue::default(),
        }
    }

    /// Runs to the end and says how many nodes that took.
    fn run(&self) -> u64 {
        let mut first = Worker::new(self, ALONE);
        first.start();
        if self.queue.is_empty() {
            return first.nodes;
        }
        first.node_limit = u64::MAX;
        if self.query.workers <= 1 {
            first.work();
            return first.nodes;
        }
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..self.query.workers)
                .map(|_| {
                    scope.spawn(|| {
                        let mut worker = Worker::new(self, u64::MAX);
                        worker.work();
                        worker.nodes
                    })
                })
                .collect();
            first.work();
            // A worker that panicked takes the search with it, so what it would have counted does not matter.
            others.into_iter().fold(first.nodes, |nodes, other| nodes + other.join().unwrap_or_default())
        })
    }

    /// Every candidate that is near enough by itself.
    fn everything(&self) -> Domains {
        let near = |candidate: &Candidate| self.query.latency_cap.is_none_or(|cap| candidate.near <= cap);
        Domains::new(self.problem.slots.iter().map(|slot| {
            let numbered = slot.candidates.iter().enumerate();
            numbered.filter(|(_, candidate)| near(candidate)).map(|(number, _)| number)
        }))
    }

    /// Rounding of traffic, once for each instance, may lift the price that much above the exact sum.
    fn rounding(problem: &Problem) -> Cost {
        problem.slots.iter().map(|slot| Cost::from(slot.instances)).sum::<Cost>() + 1
    }
}

/// What a budget says about costs.
struct Ceiling {
    /// Every choice within the budget has a lower price in nanos.
    price: Cost,
    /// Every choice within the budget costs less by the weights.
    objective: Cost,
    /// Whether the second follows closely from the first.
    is_close: bool,
}

impl Ceiling {
    fn new(problem: &Problem, budget: i64, weights: Weights) -> Self {
        let price = (Cost::from(budget) + Search::rounding(problem)) * NANOS;
        let most = |slot: &Slot| slot.candidates.iter().map(|one| Cost::from(one.carbon)).max().unwrap_or_default();
        let carbon = problem.slots.iter().map(most).fold(0, Cost::saturating_add).saturating_mul(weights.carbon);
        let weighted = price.saturating_mul(weights.price);
        let is_close = weights.price > 0 && carbon <= weighted / 10_000;
        Self { price, objective: weighted.saturating_add(carbon).saturating_add(1), is_close }
    }
}
