//! Why offers were left out.

use hansa_model::money::Money;
use hansa_model::package::{CandidateCount, Exclusion, RequirementCount};

use crate::index::Mask;
use crate::prepare::{Prepared, Wish};
use crate::scan::{MOST_MISSES, Miss};

/// The first failed requirement of the offers that came nearest, of each component some: those that fail the fewest
/// first, then by component, then the cheapest.
pub(crate) fn exclusions(prepared: &Prepared<'_>) -> Vec<Exclusion> {
    let share = (MOST_MISSES / prepared.wishes.len().max(1)).max(1);
    let missed = prepared.wishes.iter().enumerate().flat_map(|(wish, it)| {
        it.scan.misses.iter().enumerate().map(move |(place, miss)| (place >= share, miss.failed, wish, miss))
    });
    let mut missed: Vec<(bool, usize, usize, &Miss)> = missed.collect();
    missed.sort_by_key(|(beyond, failed, ..)| (*beyond, *failed));
    missed.truncate(MOST_MISSES);
    missed.sort_by_key(|(_, failed, wish, _)| (*failed, *wish));
    let told = missed.into_iter().filter_map(|(_, _, wish, miss)| {
        let wish = &prepared.wishes[wish];
        let item = prepared.judge.market.chunks(wish.component.kind).get(miss.chunk)?.item(miss.row)?;
        let requirement = &wish.requirements[miss.requirement];
        let subject = prepared.judge.subject(item);
        Some(Exclusion {
            component: wish.name.clone(),
            offer: item.key(),
            requirement: requirement.name.clone(),
            required: requirement.check.required(),
            offered: requirement.check.offered(&subject, &prepared.judge),
            distance: requirement.check.distance(&subject, &prepared.judge),
            because: requirement.check.because(&subject),
        })
    });
    told.collect()
}

/// How many offers each component could go to by itself.
pub(crate) fn candidates(prepared: &Prepared<'_>) -> Vec<CandidateCount> {
    let count = |wish: &Wish<'_>| CandidateCount {
        component: wish.name.clone(),
        offers: wish.scan.offers,
        candidates: wish.scan.admitted.iter().map(Mask::count).sum(),
    };
    prepared.wishes.iter().map(count).collect()
}

/// How many offers each requirement that keeps any out does, how many it alone, and what those would cost.
pub(crate) fn counts(prepared: &Prepared<'_>) -> Vec<RequirementCount> {
    let mut counts = Vec::new();
    for wish in &prepared.wishes {
        for tally in wish.scan.tallies.iter().filter(|tally| tally.excluded > 0) {
            counts.push(RequirementCount {
                component: wish.name.clone(),
                requirement: wish.requirements[tally.requirements[0]].name.clone(),
                offers: wish.scan.offers,
                excluded: tally.excluded,
                alone: tally.alone,
                opens_from: tally.opens_from.map(|micros| Money::from_micros(micros, prepared.currency)),
            });
        }
    }
    counts
}
