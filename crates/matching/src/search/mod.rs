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
pub(crate) mod standby;
mod subsets;
mod uniform;
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
    /// The least grade that every candidate has.
    pub least_grade: u8,
    /// Only answers below this cost count.
    pub below: Option<Cost>,
    /// Whether any answer will do.
    pub any: bool,
    /// When to stop.
    pub deadline: Instant,
    /// How many threads may work on a long search, this one included.
    pub workers: usize,
    /// Whether the same choice is to be found however many threads there are and however they take turns; a long search
    /// then looks once more, alone, for the first choice of the cost that it found.
    pub repeatable: bool,
}

impl Query {
    /// The cheapest by these weights, until then, by this thread alone.
    #[must_use]
    pub const fn least(weights: Weights, deadline: Instant) -> Self {
        Self {
            weights,
            latency_cap: None,
            max_providers: None,
            least_grade: 0,
            below: None,
            any: false,
            deadline,
            workers: 1,
            repeatable: false,
        }
    }

    /// Whether a candidate may be chosen by itself.
    fn allows(&self, candidate: &Candidate, class: Option<usize>) -> bool {
        self.latency_cap.is_none_or(|cap| candidate.near <= cap)
            && candidate.grade >= self.least_grade
            && class.is_none_or(|class| candidate.class == class)
    }
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
    if problem.classes > 1 {
        uniform::solve(problem, &relations, query)
    } else {
        solve_within(problem, &relations, query, None)
    }
}

/// Solves a problem with the candidates of one class, or with all.
fn solve_within(problem: &Problem, relations: &Relations, query: &Query, class: Option<usize>) -> Answer {
    let search = Search::new(problem, relations, query, class);
    let Run { mut nodes, long } = search.run();
    let (mut best, lower, complete) = search.incumbent.into_result();
    if let Some((cost, choice)) = best.as_mut().filter(|_| query.repeatable && complete && long) {
        let first = Query { below: Some(cost.saturating_add(1)), any: true, workers: 1, ..*query };
        let again = Search::new(problem, relations, &first, class);
        nodes += again.run().nodes;
        if let (Some((_, first)), ..) = again.incumbent.into_result() {
            *choice = first;
        }
    }
    Answer { best, lower, complete, nodes }
}

/// What a search took.
struct Run {
    nodes: u64,
    /// Whether it was long enough to be shared.
    long: bool,
}

/// What all workers share.
struct Search<'a> {
    problem: &'a Problem,
    relations: &'a Relations,
    query: &'a Query,
    /// The class that candidates have to belong to.
    class: Option<usize>,
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
    fn new(problem: &'a Problem, relations: &'a Relations, query: &'a Query, class: Option<usize>) -> Self {
        let of_each = |what: &dyn Fn(&Candidate) -> usize| {
            problem.slots.iter().map(|slot| slot.candidates.iter().map(what).collect()).collect()
        };
        let ceiling = problem.budget.map(|budget| Ceiling::new(problem, budget, query.weights));
        let below = query.below.unwrap_or(NEVER).min(NEVER);
        let price = ceiling
            .as_ref()
            .filter(|ceiling| !ceiling.is_close)
            .map(|ceiling| (Layer::new(problem, relations, Weights::PRICE), ceiling.price));
        Self {
            problem,
            relations,
            query,
            class,
            sites: of_each(&|one| one.site),
            providers: of_each(&|one| problem.sites[one.site].provider),
            objective: Layer::new(problem, relations, query.weights),
            price,
            incumbent: Incumbent::new(ceiling.map_or(below, |ceiling| below.min(ceiling.objective)), query.any),
            queue: Queue::default(),
        }
    }

    /// Runs to the end and says what that took.
    fn run(&self) -> Run {
        let mut first = Worker::new(self, ALONE);
        first.start();
        if self.queue.is_empty() {
            return Run { nodes: first.nodes, long: false };
        }
        first.node_limit = u64::MAX;
        if self.query.workers <= 1 {
            first.work();
            return Run { nodes: first.nodes, long: true };
        }
        let nodes = std::thread::scope(|scope| {
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
        });
        Run { nodes, long: true }
    }

    /// Every candidate that may be chosen by itself.
    fn everything(&self) -> Domains {
        Domains::new(self.problem.slots.iter().map(|slot| {
            let numbered = slot.candidates.iter().enumerate();
            numbered.filter(|(_, candidate)| self.query.allows(candidate, self.class)).map(|(number, _)| number)
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
        let most = |slot: &Slot| slot.candidates.iter().map(|one| Cost::from(one.downtime)).max().unwrap_or_default();
        let downtime = problem.slots.iter().map(most).fold(0, Cost::saturating_add).saturating_mul(weights.downtime);
        let beside = carbon.saturating_add(downtime);
        let weighted = price.saturating_mul(weights.price);
        let is_close = weights.price > 0 && beside <= weighted / 10_000;
        Self { price, objective: weighted.saturating_add(beside).saturating_add(1), is_close }
    }
}
