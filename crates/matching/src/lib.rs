//! Matching: requirements and a catalogue in; ranked packages, their proof, and why the rest was left out, out.
//!
//! Pure: no I/O beyond the facts compiled in, no state, and no clock but the one that ends a search in time.
//!
//! [`find_in`] goes five steps. `prepare` numbers the document's constraints and turns requirements into filters;
//! `scan` walks over the [`Index`]'s bitmaps once and counts who meets what; `compose` turns what is left into a bare
//! [`search::Problem`]; [`search`] solves it exactly, once for each measure that `rank` asks for; `explain` and
//! `conflict` say what was left out and why nothing fits. [`find`] does the same for a catalogue that is looked at
//! once. [`watch`] matches again what runs, when that can change the answer.

pub mod carbon;
mod compose;
mod conflict;
mod evidence;
mod explain;
mod facts;
mod final_choice;
pub mod geo;
mod index;
mod prepare;
mod rank;
mod reach;
mod requirement;
mod runners_up;
mod scan;
pub mod search;
mod uniform;
mod verify;
pub mod watch;

use std::time::Instant;

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, Package};

pub use geo::Geo;
pub use index::{Index, IndexError, Snapshot};
pub use prepare::{Options, Viewer};
use reach::{Next, Reach};
use requirement::Subject;
pub use verify::{Check, Claim, Verdict, Verification, VerifyOptions, verify};

/// The seed catalogue as a catalogue file: public list prices of European providers
/// (`data/market/SOURCE.md` has their origin).
pub const SEED_CATALOGUE: &str = include_str!("../../../data/market/catalogue.yaml");

/// The best packages for an application, and why everything else was left out, in a catalogue that is looked at once.
/// Where more than one document is matched, an [`Index`] and [`find_in`] save most of the work.
#[must_use]
pub fn find(application: &Application, catalogue: &Catalogue, options: &Options<'_>) -> MatchOutcome {
    find_in(&Index::of(catalogue, options.geo).snapshot(), application, options)
}

/// The best packages for an application, and why everything else was left out.
///
/// Exact unless the time runs out; then each package's proof says how much better one could be. When nothing
/// fits there are no packages, and `conflict` says why.
#[must_use]
pub fn find_in(market: &Snapshot<'_>, application: &Application, options: &Options<'_>) -> MatchOutcome {
    let start = Instant::now();
    let mut prepared = prepare::Prepared::new(application, market, options);
    let Found { mut packages, placed, certain } = packages(&mut prepared, options, start);
    final_choice::choose(&mut packages, &application.objective);
    let chosen = packages.first();
    let runners_up = chosen.map(|chosen| runners_up::runners_up(&prepared, chosen, &placed)).unwrap_or_default();
    let impossible = packages.is_empty().then(|| conflict::analyse(&prepared, options, start, certain));
    let (conflict, conflict_status, repairs) = impossible
        .map_or_else(Default::default, |impossible| (impossible.conflict, Some(impossible.status), impossible.repairs));
    MatchOutcome {
        catalogue_version: market.version(),
        packages,
        excluded: explain::exclusions(&prepared),
        requirements: explain::counts(&prepared),
        candidates: explain::candidates(&prepared),
        conflict,
        conflict_status,
        repairs,
        runners_up,
    }
}

/// What came of looking among ever more offers.
struct Found<'a> {
    packages: Vec<Package>,
    /// The offers in the packages.
    placed: Vec<Subject<'a>>,
    /// Whether it is certain that there are no packages when there are none.
    certain: bool,
}

/// The best packages, found among ever more offers until no other could make them better, or time is short.
fn packages<'a>(prepared: &mut prepare::Prepared<'a>, options: &Options<'_>, start: Instant) -> Found<'a> {
    let mut reach = Reach::first(prepared);
    let mut found = Found { packages: Vec::new(), placed: Vec::new(), certain: false };
    loop {
        prepared.reach = Some(reach.rows());
        let ranked = rank::rank(prepared, options, start);
        prepared.reach = None;
        match ranked {
            rank::Ranked::Found(packages, placed) => (found.packages, found.placed) = (packages, placed),
            // What was found among fewer offers stands.
            rank::Ranked::Nothing if !found.packages.is_empty() => {
                reach.doubt(prepared, &mut found.packages);
                return found;
            }
            rank::Ranked::Nothing => {}
        }
        let time = options.time_limit.saturating_sub(start.elapsed()) / 2;
        // A search that had to end early looked at less than its reach.
        let in_time = !found.packages.is_empty() || start.elapsed() < options.time_limit.mul_f64(rank::UNTIL[0]);
        match reach.wider(prepared, &found.packages, time) {
            Next::Wider(wider) => reach = wider,
            Next::Done => {
                reach.qualify(prepared, &mut found.packages);
                return Found { certain: in_time, ..found };
            }
            Next::TooFar => {
                reach.doubt(prepared, &mut found.packages);
                return found;
            }
        }
    }
}
