//! Choices that keep to one class of candidates: each class is a problem of its own, and smaller.
//!
//! Those classes come first that may be cheapest, and only as long as they may beat the best answer so far.

use std::time::Instant;

use super::problem::{Cost, Problem};
use super::relation::Relations;
use super::{Answer, NEVER, Query, solve_within};

/// The best choice over all classes.
pub(super) fn solve(problem: &Problem, relations: &Relations, query: &Query) -> Answer {
    let mut classes: Vec<(Cost, usize)> =
        least_costs(problem, query).into_iter().zip(0..).filter(|(least, _)| *least < NEVER).collect();
    classes.sort_unstable();
    let mut all = Answer { best: None, lower: Cost::MAX, complete: true, nodes: 0 };
    for (least, class) in classes {
        let found = all.best.as_ref().map(|(cost, _)| *cost);
        let below = [query.below, found].into_iter().flatten().min();
        if below.is_some_and(|below| least >= below) || query.any && found.is_some() {
            break;
        }
        if Instant::now() >= query.deadline {
            // The rest costs no less.
            all.lower = all.lower.min(least);
            all.complete = false;
            break;
        }
        let Answer { best, lower, complete, nodes } =
            solve_within(problem, relations, &Query { below, ..*query }, Some(class));
        all.nodes += nodes;
        all.complete &= complete;
        all.lower = all.lower.min(lower.max(least));
        all.best = best.or(all.best);
    }
    all.lower = all.lower.min(all.best.as_ref().map_or(Cost::MAX, |(cost, _)| *cost));
    all
}

/// What each class costs at least, without traffic; [`NEVER`] where a slot has no candidate of it.
fn least_costs(problem: &Problem, query: &Query) -> Vec<Cost> {
    let mut sums: Vec<Cost> = vec![0; problem.classes];
    for slot in &problem.slots {
        let mut least = vec![NEVER; problem.classes];
        for candidate in &slot.candidates {
            if query.allows(candidate, None) {
                let least = &mut least[candidate.class];
                *least = query.weights.own(candidate).min(*least);
            }
        }
        for (sum, least) in sums.iter_mut().zip(least) {
            *sum = sum.saturating_add(least).min(NEVER);
        }
    }
    sums
}
