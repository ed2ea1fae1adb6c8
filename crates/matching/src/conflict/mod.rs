//! Why nothing fits: a smallest set of the document's constraints that can't all be met, and what would help.
//!
//! `smallest` finds the set by asking `oracle` which constraints go together. A repair changes constraints that every
//! conflict has one of: `relax` knows how less could be asked of each, `repair` looks for the least change that
//! helps and tries it out by matching the changed document.

mod oracle;
mod relax;
mod repair;
mod set;
mod smallest;
mod words;

use std::time::{Duration, Instant};

use hansa_model::package::{Conflict, ConflictStatus, Repair};

use crate::compose::{MOST_SLOTS, is_too_large};
use crate::index::Mask;
use crate::prepare::{Options, Prepared, Target, Wish};
use oracle::Oracle;
use repair::{MOST_GENTLE, Repaired, Repairer};
use set::Set;
use smallest::{Explorer, Reduced, Verdict};

/// The most repairs that are suggested.
const MOST_REPAIRS: usize = 3;
/// Of how many sets of constraints to change together repairs are sought at most.
const MOST_JOINT: usize = 4;

/// Why nothing fits.
pub(crate) struct Impossible {
    pub(crate) conflict: Vec<Conflict>,
    pub(crate) status: ConflictStatus,
    pub(crate) repairs: Vec<Repair>,
}

impl Impossible {
    fn plainly(field: &str, message: String, repair: Option<&str>, status: ConflictStatus) -> Self {
        let conflict = Conflict { field: field.to_owned(), message, repair: repair.map(str::to_owned) };
        Self { conflict: vec![conflict], status, repairs: Vec::new() }
    }
}

/// What is in the way of an application for which nothing was found since `start`; `certain` says whether that means
/// that there is nothing. Takes as long as is left of the time limit, and half of the limit at least; but where it is
/// not certain and many offers are left, it would find out no more than the search did, and is not begun.
pub(crate) fn analyse(prepared: &Prepared<'_>, options: &Options<'_>, start: Instant, certain: bool) -> Impossible {
    let size = prepared.constraints.len();
    if is_too_large(prepared) {
        let message = format!("the application comes to more than {MOST_SLOTS} places, or too many links between them");
        return Impossible::plainly("spec.components", message, None, ConflictStatus::Minimal);
    }
    if !certain && is_wide(prepared) {
        return unfinished(options.time_limit);
    }
    let left = options.time_limit.saturating_sub(start.elapsed()).max(options.time_limit / 2);
    let now = Instant::now();
    let oracle = Oracle::new(prepared, now + left.mul_f64(0.6), options.workers);
    if !certain && oracle.verdict(&vec![false; size]) != Verdict::Impossible {
        return unfinished(options.time_limit);
    }
    let mut explorer = Explorer::new(size, |kept: &Set| oracle.verdict(&kept.waived()));
    let (conflict, reduced) = explorer.conflict();
    if conflict.is_empty() {
        return unwaivable(prepared, options, &oracle);
    }
    let repairer = Repairer { prepared, options, deadline: now + left };
    let repaired = repairs(prepared, &mut explorer, &repairer, &conflict);
    let mut order = conflict;
    order.sort_by_key(|number| softness(prepared, *number));
    let alone = |number: usize| {
        let own = repaired.iter().find(|repaired| repaired.constraints == [number]);
        own.map(|repaired| repaired.repair.summary.clone())
    };
    let conflict = order.into_iter().map(|number| Conflict {
        field: prepared.constraints[number].field.clone(),
        message: words::message(prepared, number),
        repair: alone(number),
    });
    Impossible {
        conflict: conflict.collect(),
        status: match reduced {
            Reduced::Smallest => ConflictStatus::Smallest,
            Reduced::Minimal => ConflictStatus::Minimal,
            Reduced::Partly => ConflictStatus::Reducible,
        },
        repairs: repaired.into_iter().take(MOST_REPAIRS).map(|repaired| repaired.repair).collect(),
    }
}

/// Whether more offers than this are left for a component by all that it asks for.
fn is_wide(prepared: &Prepared<'_>) -> bool {
    const MANY: u32 = 2_000;
    prepared.wishes.iter().any(|wish| wish.scan.admitted.iter().map(Mask::count).sum::<u32>() > MANY)
}

fn unfinished(limit: Duration) -> Impossible {
    let message =
        format!("no package was found within {} s, and it is not certain that there is none", limit.as_secs_f64());
    Impossible::plainly("spec", message, Some("allow more time"), ConflictStatus::Uncertain)
}

/// What is in the way when nothing is asked that could be waived: no offer at all, or too little room.
fn unwaivable(prepared: &Prepared<'_>, options: &Options<'_>, oracle: &Oracle<'_, '_>) -> Impossible {
    let all_waived = vec![true; prepared.constraints.len()];
    let offers = |wish: &Wish<'_>| prepared.rows_without(wish, &all_waived).iter().map(Mask::count).sum::<u32>();
    let without_offers = prepared.wishes.iter().find(|wish| offers(wish) == 0);
    let (field, message) = match (without_offers, oracle.without_room(&all_waived)) {
        (Some(wish), _) => {
            let which = if options.orderable_only { "orderable" } else { "usable" };
            let (offers, kind, currency) = (wish.scan.offers, wish.component.kind, prepared.currency);
            let message = format!("of {offers} offers of {kind} none is {which} in {currency}");
            (format!("spec.components.{}.kind", wish.name), message)
        }
        (None, Some(wish)) => {
            let together = if wish.component.spread.is_some() { 1 } else { wish.component.count };
            let message = format!("no site has room for {together} of {}", wish.name);
            (format!("spec.components.{}.count", wish.name), message)
        }
        (None, None) => ("spec.components".to_owned(), "no site has enough capacity free for all of it".to_owned()),
    };
    Impossible::plainly(&field, message, None, ConflictStatus::Smallest)
}

/// How hard it is for a buyer to ask less, the softest first.
fn softness(prepared: &Prepared<'_>, number: usize) -> u8 {
    match prepared.constraints[number].target {
        Target::Budget => 0,
        Target::Link(_) | Target::Near(_) => 1,
        Target::MaxProviders => 2,
        Target::Offers | Target::Uniform(_) => 3,
        Target::Spread(_) | Target::Together(_) => 4,
    }
}

/// Repairs, those with the fewest changes first, then the cheapest: each changes one constraint of the conflict, or,
/// where that never is enough, a few constraints together.
fn repairs(
    prepared: &Prepared<'_>,
    explorer: &mut Explorer<'_>,
    repairer: &Repairer<'_, '_>,
    conflict: &[usize],
) -> Vec<Repaired> {
    let all = Set::all(prepared.constraints.len());
    let mut found: Vec<Repaired> = Vec::new();
    for number in conflict {
        if explorer.verdict(&all.without(*number)) == Verdict::Possible {
            found.extend(repairer.repair(&[*number]));
        }
    }
    if found.is_empty() {
        for set in joint(prepared, explorer) {
            // Of what is no small change any more one is enough.
            if set.len() <= MOST_GENTLE || found.is_empty() {
                found.extend(repairer.repair(&set));
            }
        }
    }
    found.sort_by_key(|repaired| (repaired.repair.changes.len(), repaired.repair.gives.monthly.micros()));
    found
}

/// Sets of constraints of which no part is enough to change, the smallest first; in each the hardest to change first,
/// and of list items the last first, because the others move up when one is gone.
fn joint(prepared: &Prepared<'_>, explorer: &mut Explorer<'_>) -> Vec<Vec<usize>> {
    let size = prepared.constraints.len();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by_key(|number| std::cmp::Reverse((softness(prepared, *number), *number)));
    let mut sets: Vec<Vec<usize>> = Vec::new();
    let first = explorer.grown(Set::none(size), &order).rest();
    let others = first.clone().into_iter().map(Some);
    for kept in std::iter::once(None).chain(others) {
        let kept = Set::of(size, &kept.into_iter().collect::<Vec<_>>());
        if explorer.verdict(&kept) != Verdict::Possible {
            continue;
        }
        let rest = explorer.grown(kept, &order).rest();
        let set: Vec<usize> = order.iter().filter(|number| rest.contains(number)).copied().collect();
        if !set.is_empty() && !sets.contains(&set) {
            sets.push(set);
        }
    }
    sets.sort_by_key(Vec::len);
    sets.truncate(MOST_JOINT);
    sets
}
