//! Whether nothing is better than what is claimed: the catalogue searched again.

use std::time::Instant;

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, Package, ProofStatus};

use super::figures::{is_close, own_measure};
use super::{Check, Claim, Findings, VerifyOptions};
use crate::compose::{Composition, Obstacle};
use crate::index::Index;
use crate::prepare::{Options, Prepared};
use crate::rank::{Measures, Optima, Optimum, UNTIL, optima};
use crate::reach::Reach;

/// The most packages that an answer has.
const MOST_PACKAGES: usize = 5;

/// Checks the packages as a whole.
pub(super) fn check_choice(outcome: &MatchOutcome, findings: &mut Findings<'_>) {
    let packages = &outcome.packages;
    if packages.is_empty() {
        return;
    }
    let claim = Claim::Choice;
    findings.holds(claim, "packages", packages.len() <= MOST_PACKAGES, "5 at most", packages.len());
    let chosen = packages.iter().filter(|package| package.chosen).count();
    findings.holds(claim, "packages[0].chosen", chosen == 1 && packages[0].chosen, "the first", format!("{chosen}"));
    for (number, package) in packages.iter().enumerate() {
        let by = packages.iter().find(|other| other.name != package.name && beats(other, package));
        let holds = package.chosen || by.is_none();
        let found = by.map_or_else(String::new, |other| format!("beaten by {}", other.name));
        findings.holds(claim, format!("packages[{number}]"), holds, "beaten by none on every axis", found);
    }
}

/// Whether a package is better on an axis and no worse on any.
fn beats(one: &Package, other: &Package) -> bool {
    let axes = |package: &Package| {
        let rtt = package.worst_rtt.map_or(0, |trip| trip.rtt.base());
        let providers = i64::try_from(package.providers.len()).unwrap_or(i64::MAX);
        let higher = [-i64::from(package.sovereignty), -package.availability.base()];
        ([package.price.monthly.micros(), rtt, providers, higher[0], higher[1]], package.carbon)
    };
    let ((whole, carbon), (others, other_carbon)) = (axes(one), axes(other));
    let no_worse = carbon <= other_carbon && whole.iter().zip(&others).all(|(one, other)| one <= other);
    no_worse && (carbon < other_carbon || whole != others)
}

/// Searches again and holds the claims against what that finds.
pub(super) fn check(
    application: &Application,
    catalogue: &Catalogue,
    outcome: &MatchOutcome,
    measured: &[Option<Measures>],
    options: &VerifyOptions<'_>,
    checks: &mut Vec<Check>,
) {
    let index = Index::of(catalogue, options.geo);
    let snapshot = index.snapshot();
    let search = Options {
        orderable_only: options.orderable_only,
        time_limit: options.time_limit,
        geo: options.geo,
        ..Options::at(options.now)
    };
    let mut prepared = Prepared::new(application, &snapshot, &search);
    prepared.reach = Some(Reach::everything(&prepared));
    let start = Instant::now();
    let found = optima(&prepared, &search, start);
    let in_time = start.elapsed() < options.time_limit.mul_f64(UNTIL[0]);
    if outcome.packages.is_empty() {
        let mut findings = Findings { package: None, checks };
        let is_sure = in_time && !is_too_large(&prepared, options);
        return check_nothing(found.as_ref(), is_sure, options, &mut findings);
    }
    // The weights are multiples of the best on each axis, so only where those are sure two searches weigh alike.
    let is_sure = |found: &Optima| found.named.values().all(|best| best.bound >= best.objective);
    let weighs_alike = found.as_ref().is_some_and(is_sure) && are_proven(outcome);
    for (number, (package, measures)) in outcome.packages.iter().zip(measured).enumerate() {
        let mut findings = Findings { package: Some(package), checks };
        let field = format!("packages[{number}].proof.bound");
        let Some(found) = &found else {
            findings.unchecked(Claim::Bound, field, "the search of its own found nothing in time");
            continue;
        };
        let chosen = package.name == "chosen";
        let Some(optimum) = found.named.get(package.name.as_str()).filter(|_| !chosen || weighs_alike) else {
            let why = "what the weights are measured by is not proven, so two searches may weigh differently";
            let same = "all offers are equal by this measure";
            findings.unchecked(Claim::Bound, field, if chosen { why } else { same });
            continue;
        };
        if let Some(measures) = measures.as_ref().filter(|_| chosen) {
            check_weighted(package, found, measures, number, &mut findings);
        }
        check_bound(package, *optimum, field, options, &mut findings);
        let own = measures.as_ref().and_then(|measures| own_measure(&package.name, measures));
        check_optimal(package, *optimum, own, number, options, &mut findings);
    }
}

fn are_proven(outcome: &MatchOutcome) -> bool {
    outcome.packages.iter().all(|package| package.proof.status == ProofStatus::Optimal)
}

/// Whether the application comes to more than is searched.
fn is_too_large(prepared: &Prepared<'_>, options: &VerifyOptions<'_>) -> bool {
    let nothing_waived = vec![false; prepared.constraints.len()];
    Composition::new(prepared, &nothing_waived, options.orderable_only).err() == Some(Obstacle::TooLarge)
}

fn check_nothing(found: Option<&Optima>, is_sure: bool, options: &VerifyOptions<'_>, findings: &mut Findings<'_>) {
    match found {
        Some(_) if options.is_original => {
            findings.holds(Claim::Nothing, "packages", false, "nothing fits", "a package that fits");
        }
        Some(_) => {
            findings.unchecked(Claim::Nothing, "packages", "what is free at the sites is not known here");
        }
        None if is_sure => findings.holds(Claim::Nothing, "packages", true, "", ""),
        None => findings.unchecked(Claim::Nothing, "packages", "a search of its own is too large or took too long"),
    }
}

/// Whether the chosen package comes to what it says by the buyer's weights. Traffic is rounded once for each part.
fn check_weighted(package: &Package, found: &Optima, measures: &Measures, number: usize, findings: &mut Findings<'_>) {
    let own = found.scale.weigh(measures);
    let claimed = package.proof.objective;
    let holds = (claimed - own).abs() <= 1e-6 * own.abs() + 512.0;
    findings.holds(Claim::Objective, format!("packages[{number}].proof.objective"), holds, claimed, own);
}

/// Whether no package is below the claimed bound.
fn check_bound(
    package: &Package,
    optimum: Optimum,
    field: String,
    options: &VerifyOptions<'_>,
    findings: &mut Findings<'_>,
) {
    let claimed = package.proof.bound;
    let at_most = |one: f64, other: f64| one <= other || is_near(package, one, other);
    if at_most(claimed, optimum.bound) {
        findings.holds(Claim::Bound, field, true, "", "");
    } else if at_most(claimed, optimum.objective) {
        findings.unchecked(Claim::Bound, field, "the search of its own did not end in time");
    } else if !options.is_original {
        let why = "something is better when what is free at the sites is not regarded, and that is not known here";
        findings.unchecked(Claim::Bound, field, why);
    } else {
        findings.holds(Claim::Bound, field, false, format!("nothing below {claimed}"), optimum.objective);
    }
}

/// Whether what is said to be optimal is.
fn check_optimal(
    package: &Package,
    optimum: Optimum,
    own: Option<f64>,
    number: usize,
    options: &VerifyOptions<'_>,
    findings: &mut Findings<'_>,
) {
    if package.proof.status != ProofStatus::Optimal {
        return;
    }
    let field = format!("packages[{number}].proof.status");
    let own = own.unwrap_or(package.proof.objective);
    if own <= optimum.bound || is_near(package, own, optimum.bound) {
        findings.holds(Claim::Bound, field, true, "", "");
    } else if options.is_original && own > optimum.objective {
        findings.holds(Claim::Bound, field, false, format!("optimal at {own}"), optimum.objective);
    } else {
        findings.unchecked(Claim::Bound, field, "the search of its own proves less");
    }
}

/// Whether two measures of a package are the same but for rounding; the buyer's weights are rounded to nine digits.
fn is_near(package: &Package, one: f64, other: f64) -> bool {
    is_close(one, other) || package.name == "chosen" && (one - other).abs() <= 1e-6 * one.abs().max(other.abs()) + 1.0
}
