//! Searches of one problem, measure by measure.

use std::time::Instant;

use super::scale::Scale;
use super::{ABOVE_ALL, Best, measure};
use crate::compose::{ALWAYS, Composition};
use crate::search::{Answer, Cost, NANOS, Problem, Query, Weights, solve};

/// Searches one problem by several measures.
pub(super) struct Searcher<'s, 'p, 'a> {
    pub(super) composition: &'s Composition<'p, 'a>,
    pub(super) deadline: Instant,
    pub(super) workers: usize,
}

/// More than any price in nanos and any carbon in milligrams that a choice of the problem can have.
fn ceilings(problem: &Problem) -> (Cost, Cost) {
    let (mut price, mut carbon): (Cost, Cost) = (1, 1);
    for (number, slot) in problem.slots.iter().enumerate() {
        let sent = problem.flows.iter().filter(|flow| flow.from == number).map(|flow| flow.bytes);
        let sent = sent.fold(0, i64::saturating_add);
        let costs = slot.candidates.iter().map(|candidate| {
            let traffic = candidate.egress.cost(sent).saturating_mul(Cost::from(slot.instances));
            (Cost::from(candidate.price) * NANOS).saturating_add(traffic)
        });
        price = price.saturating_add(costs.max().unwrap_or_default());
        carbon = carbon.saturating_add(
            slot.candidates.iter().map(|candidate| Cost::from(candidate.carbon)).max().unwrap_or_default(),
        );
    }
    (price, carbon)
}

/// Weights that put one measure first and break its ties by the other, where the numbers leave room for that.
fn first_then(first: Cost, second: Cost) -> Option<Cost> {
    let room = Cost::MAX / 16;
    first.checked_mul(second).filter(|product| *product < room).map(|_| second)
}

impl Searcher<'_, '_, '_> {
    fn problem(&self) -> &Problem {
        &self.composition.problem
    }

    fn query(&self, weights: Weights) -> Query {
        Query {
            max_providers: self.composition.max_providers,
            workers: self.workers,
            repeatable: true,
            ..Query::least(weights, self.deadline)
        }
    }

    /// The weights of the price, and what a micro unit of money weighs.
    fn price_first(&self) -> (Weights, Cost) {
        let (price, carbon) = ceilings(self.problem());
        match first_then(price, carbon) {
            Some(factor) => (Weights { price: factor, carbon: 1, downtime: 0 }, factor * NANOS),
            None => (Weights::PRICE, NANOS),
        }
    }

    fn solve_price(&self, query: impl FnOnce(Query) -> Query) -> (Answer, Cost) {
        let (weights, unit) = self.price_first();
        (solve(self.problem(), &query(self.query(weights))), unit)
    }

    pub(super) fn cheapest(&self, latency_cap: Option<i64>) -> Option<Best> {
        let (answer, unit) = self.solve_price(|query| Query { latency_cap, ..query });
        let (cost, choice) = answer.best?;
        let objective = measure(Cost::from(self.problem().price(&choice)));
        let bound = if answer.lower >= cost { objective } else { measure(answer.lower / unit) };
        Some(Best { choice, objective, bound, nodes: answer.nodes })
    }

    pub(super) fn greenest(&self) -> Option<Best> {
        let (price, carbon) = ceilings(self.problem());
        let (weights, unit) = match first_then(carbon, price) {
            Some(factor) => (Weights { carbon: factor, ..Weights::PRICE }, factor),
            None => (Weights { price: 0, carbon: 1, downtime: 0 }, 1),
        };
        let answer = solve(self.problem(), &self.query(weights));
        let (cost, choice) = answer.best?;
        let grams = |milligrams: f64| milligrams / 1000.0;
        let objective = grams(measure(Cost::from(self.problem().carbon(&choice))));
        let bound = if answer.lower >= cost { objective } else { grams(measure(answer.lower / unit)) };
        Some(Best { choice, objective, bound, nodes: answer.nodes })
    }

    /// The cheapest over the smallest number of providers.
    pub(super) fn fewest_providers(&self, cheapest: &Best) -> Option<Best> {
        let known = self.problem().providers(&cheapest.choice);
        let (mut bound, mut nodes) = (1, 0);
        for most in 1..=known {
            let (answer, _) = self.solve_price(|query| Query { max_providers: Some(most), ..query });
            nodes += answer.nodes;
            if let Some((_, choice)) = answer.best {
                let objective = measure(Cost::try_from(self.problem().providers(&choice)).unwrap_or_default());
                return Some(Best { choice, objective, bound: f64::from(bound), nodes });
            }
            if answer.complete && bound == u32::try_from(most).unwrap_or(u32::MAX) {
                bound += 1;
            }
        }
        None
    }

    /// The cheapest with the smallest worst round trip.
    pub(super) fn lowest_latency(&self, cheapest: &Best) -> Option<Best> {
        let known = self.problem().latency(&cheapest.choice)?;
        let values = round_trips(self.problem(), known);
        // Everything before `impossible` is proven impossible, everything before `refused` was not found;
        // `possible` was.
        let (mut impossible, mut refused, mut possible) = (0, 0, values.len() - 1);
        let mut nodes = 0;
        while refused < possible {
            let middle = usize::midpoint(refused, possible);
            let (answer, _) = self.solve_price(|query| Query { latency_cap: Some(values[middle]), any: true, ..query });
            nodes += answer.nodes;
            match answer.best {
                Some((_, choice)) => {
                    let reached = self.problem().latency(&choice).unwrap_or_default();
                    possible = values.partition_point(|value| *value < reached).min(middle);
                }
                None => {
                    refused = middle + 1;
                    if answer.complete {
                        impossible = refused;
                    }
                }
            }
        }
        let best = self.cheapest(Some(values[possible]))?;
        let objective = self.problem().latency(&best.choice).unwrap_or_default();
        let bound = values[impossible.min(possible)].min(objective);
        Some(Best {
            objective: measure(Cost::from(objective)),
            bound: measure(Cost::from(bound)),
            nodes: nodes + best.nodes,
            choice: best.choice,
        })
    }

    /// The cheapest of the highest grade.
    pub(super) fn most_sovereign(&self, cheapest: &Best) -> Option<Best> {
        let known = self.problem().grade(&cheapest.choice);
        let grades = grades(self.problem());
        if grades.len() < 2 {
            return None;
        }
        let (mut bound, mut nodes) = (lack(*grades.last()?), 0);
        for (number, grade) in grades.iter().enumerate().rev().filter(|(_, grade)| **grade > known) {
            let (answer, _) = self.solve_price(|query| Query { least_grade: *grade, ..query });
            nodes += answer.nodes;
            if let Some((_, choice)) = answer.best {
                let objective = lack(self.problem().grade(&choice));
                return Some(Best { choice, objective: measure(objective), bound: measure(bound), nodes });
            }
            if answer.complete && bound == lack(*grade) {
                bound = lack(grades[number.saturating_sub(1)]);
            }
        }
        let objective = lack(known);
        let choice = cheapest.choice.clone();
        Some(Best { choice, objective: measure(objective), bound: measure(bound), nodes })
    }

    /// The cheapest with the least promised downtime.
    pub(super) fn most_available(&self) -> Option<Best> {
        let problem = self.problem();
        let mut downtimes = problem.slots.iter().flat_map(|slot| &slot.candidates).map(|one| one.downtime);
        let first = downtimes.next()?;
        if downtimes.all(|downtime| downtime == first) {
            return None;
        }
        let downtime = Cost::try_from(problem.slots.len()).unwrap_or(Cost::MAX).saturating_mul(ALWAYS.into());
        let (price, _) = ceilings(problem);
        let (weights, unit) = match first_then(downtime, price) {
            Some(factor) => (Weights { downtime: factor, ..Weights::PRICE }, factor),
            None => (Weights { price: 0, carbon: 0, downtime: 1 }, 1),
        };
        let answer = solve(problem, &self.query(weights));
        let (cost, choice) = answer.best?;
        let objective = measure(Cost::from(problem.downtime(&choice)));
        let bound = if answer.lower >= cost { objective } else { measure(answer.lower / unit) };
        Some(Best { choice, objective, bound, nodes: answer.nodes })
    }

    /// The best by the buyer's weights; the cheapest may be known already.
    ///
    /// Latency, providers and sovereignty do not add up over slots. They are capped instead: the grade from the highest
    /// on, the number of providers from one on, the round trip ever closer; under each cap the rest adds up, and what it
    /// may cost at most shrinks.
    pub(super) fn weighted(&self, scale: &Scale, cheapest: Option<&Best>) -> Option<Best> {
        if scale.is_price_alone() {
            return cheapest.cloned().or_else(|| self.cheapest(None));
        }
        let problem = self.problem();
        let first = solve(problem, &self.query(scale.additive));
        let mut weighing = Weighing {
            best: first.best.map(|(cost, choice)| (scale.total(problem, cost, &choice), choice))?,
            least_additive: first.lower,
            nodes: first.nodes,
            complete: first.complete,
        };
        let grades = if scale.lack > 0 { grades(problem) } else { vec![0] };
        for least_grade in grades.iter().rev().copied() {
            if scale.provider > 0 {
                let most = self.composition.max_providers.unwrap_or(usize::MAX).min(problem.slots.len());
                for providers in 1..=most {
                    self.weigh(scale, Caps { max_providers: Some(providers), least_grade }, &mut weighing);
                }
            } else if scale.latency > 0 || scale.lack > 0 {
                let max_providers = self.composition.max_providers;
                self.weigh(scale, Caps { max_providers, least_grade }, &mut weighing);
            }
        }
        let objective = scale.in_micros(weighing.best.0);
        let highest = grades.last().copied().unwrap_or_default();
        let least = weighing.least_additive.saturating_add(scale.fixed(1, highest));
        let bound = if weighing.complete { objective } else { scale.in_micros(least).min(objective) };
        Some(Best { choice: weighing.best.1, objective, bound, nodes: weighing.nodes })
    }

    /// Looks for something better within caps, and ever closer ones on the round trip.
    fn weigh(&self, scale: &Scale, caps: Caps, weighing: &mut Weighing) {
        let Caps { max_providers, least_grade } = caps;
        let problem = self.problem();
        let fixed = scale.fixed(max_providers.unwrap_or_default(), least_grade);
        let mut latency_cap = None;
        loop {
            // Whoever uses fewer providers than the cap, or has a higher grade, was found under a closer one.
            let below = weighing.best.0.saturating_sub(fixed);
            if below <= weighing.least_additive {
                return;
            }
            let below = Some(below);
            let query = Query { latency_cap, max_providers, least_grade, below, ..self.query(scale.additive) };
            let answer = solve(problem, &query);
            weighing.nodes += answer.nodes;
            weighing.complete &= answer.complete;
            let Some((cost, choice)) = answer.best else { return };
            let latency = problem.latency(&choice).unwrap_or_default();
            let total = scale.total(problem, cost, &choice);
            if total < weighing.best.0 {
                weighing.best = (total, choice);
            }
            if scale.latency == 0 || latency <= scale.least_latency {
                return;
            }
            // Nothing cheaper has this round trip or a longer one.
            latency_cap = Some(latency - 1);
        }
    }
}

/// What a choice by the buyer's weights keeps to.
#[derive(Clone, Copy)]
struct Caps {
    max_providers: Option<usize>,
    least_grade: u8,
}

/// Every grade of a candidate, in rising order.
pub(super) fn grades(problem: &Problem) -> Vec<u8> {
    let grades = problem.slots.iter().flat_map(|slot| &slot.candidates).map(|candidate| candidate.grade);
    let grades: std::collections::BTreeSet<u8> = grades.collect();
    grades.into_iter().collect()
}

/// How many levels a grade is below the one that nobody has.
pub(super) fn lack(grade: u8) -> Cost {
    Cost::from(ABOVE_ALL.saturating_sub(grade))
}

/// How far the search by the buyer's weights has come.
struct Weighing {
    best: (Cost, Vec<usize>),
    /// No choice has a smaller sum of what adds up.
    least_additive: Cost,
    nodes: u64,
    complete: bool,
}

/// Every round trip up to `most` that a choice of the problem may have as its longest, in rising order; `most`
/// is the last.
fn round_trips(problem: &Problem, most: i64) -> Vec<i64> {
    let between = problem.rtt.iter().flatten().copied();
    let near = problem.slots.iter().flat_map(|slot| slot.candidates.iter().map(|candidate| candidate.near));
    let mut values: Vec<i64> = between.chain(near).filter(|value| *value < most).chain([most]).collect();
    values.sort_unstable();
    values.dedup();
    values
}
