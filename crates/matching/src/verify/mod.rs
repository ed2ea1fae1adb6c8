//! Re-checking an answer of matching, from the document, the catalogue and the answer alone.
//!
//! Whether a package fits and comes to what it says is worked out here once more, by the definitions and without
//! anything of the search. Whether nothing is better is a question of its own: the whole catalogue is searched again,
//! under a time limit, and what that search did not finish is said to be unchecked.

mod bounds;
mod conditions;
mod figures;
mod offers;
mod parts;

use std::fmt;
use std::time::Duration;

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::{MatchOutcome, Package};
use hansa_model::time::Timestamp;
use serde::Serialize;

use crate::geo::Geo;
use parts::Parts;

/// How to re-check.
#[derive(Debug, Clone, Copy)]
pub struct VerifyOptions<'a> {
    /// By when certificates and reports must be valid.
    pub now: Timestamp,
    /// Whether the answer was asked for among offers only that can be ordered.
    pub orderable_only: bool,
    /// How long to search for something better.
    pub time_limit: Duration,
    /// Places, round trips and carbon intensities.
    pub geo: &'a Geo,
    /// Whether the catalogue tells what is free at sites, and its own version, as the one that was searched did.
    pub is_original: bool,
}

impl VerifyOptions<'static> {
    /// All offers of the catalogue that was searched, ten seconds, and the facts that come with Hansa.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let geo = Geo::embedded();
        Self { now, orderable_only: false, time_limit: Duration::from_secs(10), geo, is_original: true }
    }
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Claim {
    /// The offers are those of the catalogue, published and of the right kind.
    Offers,
    /// Every offer meets every requirement of its component.
    Requirements,
    /// Everything is placed as often as asked.
    Counts,
    /// What is to be kept apart is.
    Spread,
    /// What is to be kept together is.
    Together,
    /// Round trips of links are within their bounds.
    RoundTrips,
    /// There are no more providers than allowed.
    Providers,
    /// All parts have the same of what is to be uniform.
    Uniform,
    /// It is within the budget.
    Budget,
    /// Everything fits into what is free.
    Capacity,
    /// Prices are what the plans of the offers come to.
    Prices,
    /// Traffic costs what the senders' plans come to.
    Traffic,
    /// The carbon footprint is what the machines come to.
    Carbon,
    /// The levels of each part, and of the package as the weakest of them.
    Levels,
    /// The other figures of the package.
    Figures,
    /// The measure of the package, and what the proof makes of it.
    Objective,
    /// No package is better than the bound.
    Bound,
    /// The packages as a whole: how many, which is chosen, none beaten.
    Choice,
    /// Nothing fits.
    Nothing,
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Offers => "offers",
            Self::Requirements => "requirements",
            Self::Counts => "counts",
            Self::Spread => "spread",
            Self::Together => "together",
            Self::RoundTrips => "round trips",
            Self::Providers => "providers",
            Self::Uniform => "uniform",
            Self::Budget => "budget",
            Self::Capacity => "capacity",
            Self::Prices => "prices",
            Self::Traffic => "traffic",
            Self::Carbon => "carbon",
            Self::Levels => "levels",
            Self::Figures => "figures",
            Self::Objective => "objective",
            Self::Bound => "bound",
            Self::Choice => "choice",
            Self::Nothing => "nothing fits",
        })
    }
}

/// What came of re-checking a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum Verdict {
    /// It is so.
    Holds,
    /// It is not so.
    False {
        /// What is claimed or required.
        claimed: String,
        /// What was found instead.
        found: String,
    },
    /// It could not be re-checked.
    Unchecked {
        /// Why not.
        why: String,
    },
}

/// One claim and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// The package; absent for claims on the answer as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// What is claimed.
    pub claim: Claim,
    /// The field of the document (`spec.budget.monthly`) or of the answer (`packages[0].price.monthly`).
    pub field: String,
    /// What came of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// Everything that was re-checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verification {
    /// In the order of the packages.
    pub checks: Vec<Check>,
}

impl Verification {
    /// The claims that are not so.
    pub fn falsehoods(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.verdict, Verdict::False { .. }))
    }

    /// The claims that could not be re-checked.
    pub fn unchecked(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| matches!(check.verdict, Verdict::Unchecked { .. }))
    }
}

/// Gathers checks on one package, or on the answer.
struct Findings<'v> {
    package: Option<&'v Package>,
    checks: &'v mut Vec<Check>,
}

impl Findings<'_> {
    fn add(&mut self, claim: Claim, field: impl Into<String>, verdict: Verdict) {
        let package = self.package.map(|package| package.name.clone());
        self.checks.push(Check { package, claim, field: field.into(), verdict });
    }

    /// Notes whether something is as claimed.
    fn equal<T: PartialEq + fmt::Display>(&mut self, claim: Claim, field: impl Into<String>, claimed: T, found: T) {
        let holds = claimed == found;
        self.holds(claim, field, holds, claimed, found);
    }

    fn holds(
        &mut self,
        claim: Claim,
        field: impl Into<String>,
        holds: bool,
        claimed: impl fmt::Display,
        found: impl fmt::Display,
    ) {
        let verdict = match holds {
            true => Verdict::Holds,
            false => Verdict::False { claimed: claimed.to_string(), found: found.to_string() },
        };
        self.add(claim, field, verdict);
    }

    fn unchecked(&mut self, claim: Claim, field: impl Into<String>, why: impl Into<String>) {
        self.add(claim, field, Verdict::Unchecked { why: why.into() });
    }
}

/// Re-checks an answer.
#[must_use]
pub fn verify(
    application: &Application,
    catalogue: &Catalogue,
    outcome: &MatchOutcome,
    options: &VerifyOptions<'_>,
) -> Verification {
    let mut verification = Verification::default();
    let mut measured = Vec::new();
    for (number, package) in outcome.packages.iter().enumerate() {
        let mut findings = Findings { package: Some(package), checks: &mut verification.checks };
        let place = format!("packages[{number}]");
        let parts = Parts::new(application, catalogue, package, options, &place, &mut findings);
        measured.push(parts.map(|parts| {
            conditions::check(&parts, &mut findings);
            figures::check(&parts, &mut findings)
        }));
    }
    let mut findings = Findings { package: None, checks: &mut verification.checks };
    bounds::check_choice(outcome, &mut findings);
    bounds::check(application, catalogue, outcome, &measured, options, &mut verification.checks);
    verification
}
