//! Which of the best packages are told: none that another beats, and five at most.
//!
//! The chosen and the cheapest stay. Of the others those stay that are best at what weighs most for the buyer; of equal
//! weights in the order carbon, providers, latency, sovereignty, availability.

use hansa_model::application::Objective;
use hansa_model::package::Package;

/// The most packages that are told.
const MOST: usize = 5;

/// What a package may be best at, in the order in which axes of equal weight are told, with the weight.
fn axes(objective: &Objective) -> [(&'static str, f64); 5] {
    [
        ("greenest", objective.carbon),
        ("fewest-providers", objective.providers),
        ("lowest-latency", objective.latency),
        ("most-sovereign", objective.sovereignty),
        ("most-available", objective.availability),
    ]
}

/// Drops packages that another beats, puts those first that matter more to the buyer, and keeps five.
pub(crate) fn choose(packages: &mut Vec<Package>, objective: &Objective) {
    drop_beaten(packages);
    let weight = |package: &Package| {
        let own = axes(objective).into_iter().find(|(name, _)| *name == package.name);
        own.map_or(f64::INFINITY, |(_, weight)| weight)
    };
    // Stable: equal weights stay in the order of the axes.
    packages.sort_by(|one, other| weight(other).total_cmp(&weight(one)));
    packages.truncate(MOST);
}

/// Leaves out packages that another is no worse than on every axis, but never the chosen one.
fn drop_beaten(packages: &mut Vec<Package>) {
    let beaten: Vec<bool> = (0..packages.len())
        .map(|number| {
            let package = &packages[number];
            let by = |other: usize| {
                let as_good = is_no_worse(package, &packages[other]);
                other != number && is_no_worse(&packages[other], package) && (!as_good || other < number)
            };
            !package.chosen && (0..packages.len()).any(by)
        })
        .collect();
    let mut beaten = beaten.into_iter();
    packages.retain(|_| !beaten.next().unwrap_or_default());
}

fn is_no_worse(one: &Package, other: &Package) -> bool {
    let rtt = |package: &Package| package.worst_rtt.map(|round_trip| round_trip.rtt);
    one.price.monthly.micros() <= other.price.monthly.micros()
        && one.carbon <= other.carbon
        && one.providers.len() <= other.providers.len()
        && rtt(one) <= rtt(other)
        && one.sovereignty >= other.sovereignty
        && one.availability >= other.availability
}
