//! Why offers are not in the package.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hansa_model::money::Money;
use hansa_model::package::{Exclusion, Package, RequirementCount, RunnerUp};

use crate::render::paint::Paint;
use crate::render::{table, words};

/// How many near misses are shown.
const MOST_MISSES: usize = 5;

/// A difference of prices in words: `3.20 EUR more`, `3.20 EUR less`, `the same price`.
fn difference(more: Money) -> String {
    let absolute = Money::from_micros(more.micros().saturating_abs(), more.currency()).rounded();
    match more.micros() {
        0 => "the same price".to_owned(),
        1.. => format!("{absolute} more"),
        _ => format!("{absolute} less"),
    }
}

/// Offers that meet everything and were not chosen, against those that were.
pub(super) fn runners_up(runners: &[RunnerUp], paint: Paint) -> String {
    let rows = runners.iter().map(|one| {
        let verdict = match &one.breaks {
            None => String::new(),
            Some(what) if what == "orderable" => "can't be ordered now".to_owned(),
            Some(field) => format!("breaks {}", field.strip_prefix("spec.").unwrap_or(field)),
        };
        vec![
            one.component.to_string(),
            one.offer.clone(),
            difference(one.monthly),
            format!("{:+.1}", one.carbon),
            one.beaten_by.clone(),
            verdict,
        ]
    });
    table::rows(&["component", "offer", "a month", "kg CO2e", "instead of", ""], rows, paint)
}

/// How many offers meet each requirement over all components, and what there would be without it; prices against
/// those of the package, if there is one.
pub(super) fn left_out(counts: &[RequirementCount], package: Option<&Package>, paint: Paint) -> String {
    let mut grouped: BTreeMap<&str, Vec<&RequirementCount>> = BTreeMap::new();
    for count in counts {
        grouped.entry(&count.requirement).or_default().push(count);
    }
    let sum = |counts: &[&RequirementCount], of: fn(&RequirementCount) -> u32| counts.iter().map(|one| of(one)).sum();
    let mut grouped: Vec<(&str, Vec<&RequirementCount>, u32, u32)> = grouped
        .into_iter()
        .map(|(name, counts)| {
            let (excluded, alone) = (sum(&counts, |one| one.excluded), sum(&counts, |one| one.alone));
            (name, counts, excluded, alone)
        })
        .collect();
    grouped.sort_by_key(|(name, _, excluded, alone)| (Reverse((*excluded, *alone)), *name));
    let rows = grouped.into_iter().map(|(name, counts, excluded, alone)| {
        let offers: u32 = sum(&counts, |one| one.offers);
        let without = match (alone, from(&counts, package)) {
            (0, _) => "no more".to_owned(),
            (_, Some(price)) => format!("{alone} more, from {price}"),
            (_, None) => format!("{alone} more"),
        };
        let components: Vec<_> = counts.iter().map(|one| one.component.as_str()).collect();
        vec![name.to_owned(), format!("{} of {offers} offers", offers - excluded), without, components.join(", ")]
    });
    table::rows(&["requirement", "met by", "without it", "of components"], rows, paint)
}

/// From which price on there is more without a requirement: `38.00 EUR cheaper` than in the package, else as it is.
fn from(counts: &[&RequirementCount], package: Option<&Package>) -> Option<String> {
    let Some(package) = package else {
        let least = counts.iter().filter_map(|one| one.opens_from).min_by_key(|price| price.micros());
        return least.map(Money::rounded);
    };
    let more = counts.iter().filter_map(|one| {
        let now = package.components.get(&one.component)?.price;
        one.opens_from?.checked_sub(now).ok()
    });
    let more = more.min_by_key(|more| more.micros())?;
    let absolute = Money::from_micros(more.micros().saturating_abs(), more.currency()).rounded();
    Some(match more.micros() {
        0 => "the same price".to_owned(),
        1.. => format!("{absolute} dearer"),
        _ => format!("{absolute} cheaper"),
    })
}

/// The offers that came nearest, with what they lack.
pub(super) fn nearest_misses(excluded: &[Exclusion], paint: Paint) -> String {
    let rows = excluded.iter().take(MOST_MISSES).map(|one| {
        let lacks = match &one.distance {
            Some(distance) => format!("{} ({distance} off)", one.offered),
            None => one.offered.clone(),
        };
        vec![one.component.to_string(), one.offer.clone(), one.requirement.clone(), one.required.clone(), lacks]
    });
    table::rows(&["component", "offer", "requirement", "required", "offered"], rows, paint)
}

/// Which evidence would let offers in, told once for all offers that lack the same.
pub(super) fn missing_evidence(excluded: &[Exclusion]) -> String {
    let mut told: Vec<(String, &str, usize)> = Vec::new();
    for one in excluded.iter().filter(|one| !one.because.is_empty()) {
        let needed = one.required.strip_prefix(">= ").unwrap_or(&one.required);
        let text = format!("{}: {}, needs {needed}: {}", one.requirement, one.offered, words::lacks(&one.because));
        match told.iter_mut().find(|(known, ..)| *known == text) {
            Some((.., more)) => *more += 1,
            None => told.push((text, &one.offer, 0)),
        }
    }
    let lines = told.into_iter().take(MOST_MISSES).map(|(text, offer, more)| match more {
        0 => format!("  {text} ({offer})\n"),
        more => format!("  {text} ({offer} and {more} more)\n"),
    });
    lines.collect()
}
