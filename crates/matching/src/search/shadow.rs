//! Shadow prices of capacity: what a unit at a full place is charged, so that bounds see that not everything fits.
//!
//! Whatever the prices, the least cost with them, less what all that is free is worth at them, is a lower bound
//! (Lagrangian relaxation). The prices are raised where the bound's own choice takes too much and lowered where it
//! leaves something, by subgradient steps.

use super::NEVER;
use super::problem::{Cost, Problem, RESOURCES};
use super::relation::Layer;

/// What all that is free of each resource of each pool is worth.
pub(super) type Worth = Vec<f64>;

/// The most that anything is worth: a million of it are still no more than [`NEVER`].
const MOST: f64 = 4e31;

/// Nothing is charged.
pub(super) fn nothing(problem: &Problem) -> Worth {
    vec![0.0; problem.pools.len() * RESOURCES]
}

#[allow(clippy::cast_precision_loss, reason = "any price gives a valid bound")]
const fn amount(number: Cost) -> f64 {
    number as f64
}

/// Charges for capacity on top of a plain layer.
#[allow(clippy::cast_possible_truncation, reason = "a price beyond the range becomes its end, and is valid")]
pub(super) fn charge(problem: &Problem, plain: &Layer, worth: &Worth, layer: &mut Layer) {
    layer.credit = 0;
    let free = problem.pools.iter().flatten();
    let prices: Vec<Cost> = worth
        .iter()
        .zip(free)
        .map(|(worth, free)| {
            let price = (worth / amount(Cost::from((*free).max(1)))).round() as Cost;
            layer.credit += price * Cost::from(*free);
            price
        })
        .collect();
    let slots = problem.slots.iter().zip(&plain.own).zip(&mut layer.own);
    for ((slot, plain), own) in slots {
        for ((candidate, plain), own) in slot.candidates.iter().zip(plain).zip(own) {
            *own = *plain;
            let Some(pool) = candidate.pool else { continue };
            for (price, takes) in prices[pool * RESOURCES..].iter().zip(candidate.takes) {
                // Only what is too large for its pool anyway gets anywhere near.
                *own = own.saturating_add(price.saturating_mul(Cost::from(takes))).min(NEVER);
            }
        }
    }
}

/// How much more than is free a choice takes, as shares of that; nothing for what is neither short nor charged for.
pub(super) fn excess(problem: &Problem, worth: &Worth, choice: &[usize], shares: &mut Vec<f64>) {
    let mut excess: Vec<Cost> = problem.pools.iter().flatten().map(|free| -Cost::from(*free)).collect();
    for (slot, number) in problem.slots.iter().zip(choice) {
        let candidate = &slot.candidates[*number];
        let Some(pool) = candidate.pool else { continue };
        for (excess, takes) in excess[pool * RESOURCES..].iter_mut().zip(candidate.takes) {
            *excess += Cost::from(takes);
        }
    }
    let share = |((excess, free), worth): ((&Cost, &i64), &f64)| {
        if *excess > 0 || *worth > 0.0 { amount(*excess) / amount(Cost::from((*free).max(1))) } else { 0.0 }
    };
    shares.clear();
    shares.extend(excess.iter().zip(problem.pools.iter().flatten()).zip(worth).map(share));
}

/// Goes towards a bound that is `distance` higher; `false` when there is nowhere to go.
pub(super) fn step(worth: &mut Worth, shares: &[f64], distance: Cost) -> bool {
    let length: f64 = shares.iter().map(|share| share * share).sum();
    if length == 0.0 {
        return false;
    }
    for (worth, share) in worth.iter_mut().zip(shares) {
        *worth = (*worth + amount(distance) * share / length).clamp(0.0, MOST);
    }
    true
}
