//! Matching: requirements and a catalogue in; ranked packages, their proof, and why the rest was left out, out.
//!
//! Pure: no I/O beyond the facts compiled in, no state, and no clock but the one that ends a search in time.
//!
//! [`find`] goes four steps. `prepare` numbers the document's constraints and judges every offer by every
//! requirement; `compose` turns what is left into a bare [`search::Problem`]; [`search`] solves it exactly, once for
//! each measure that `rank` asks for; `explain` and `conflict` say what was left out and why nothing fits.

pub mod carbon;
mod compose;
mod conflict;
mod explain;
pub mod geo;
mod prepare;
mod rank;
mod requirement;
pub mod search;

use std::time::Instant;

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::MatchOutcome;

pub use geo::Geo;
pub use prepare::Options;

/// The seed catalogue as a catalogue file: public list prices of European providers
/// (`data/market/SOURCE.md` has their origin).
pub const SEED_CATALOGUE: &str = include_str!("../../../data/market/catalogue.yaml");

/// The best packages for an application, and why everything else was left out.
///
/// Exact unless the time runs out; then each package's proof says how much better one could be. When nothing
/// fits there are no packages, and `conflict` says why.
#[must_use]
pub fn find(application: &Application, catalogue: &Catalogue, options: &Options<'_>) -> MatchOutcome {
    let start = Instant::now();
    let prepared = prepare::Prepared::new(application, catalogue, options);
    let (packages, conflict) = match rank::rank(&prepared, options, start) {
        rank::Ranked::Found(packages) => (packages, Vec::new()),
        rank::Ranked::Nothing => (Vec::new(), conflict::conflicts(&prepared, options)),
    };
    MatchOutcome {
        catalogue_version: catalogue.version,
        packages,
        excluded: explain::exclusions(&prepared),
        requirements: explain::counts(&prepared),
        conflict,
    }
}
