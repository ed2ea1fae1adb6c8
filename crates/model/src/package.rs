//! What matching answers: packages with their proof, and why everything else was left out.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::application::{Application, Change};
use crate::country::Country;
use crate::evidence::{Assurance, GAIA_X, Lack, gaia_x_rank};
use crate::id::{OfferId, ParticipantId, SiteId};
use crate::kind::Properties;
use crate::money::Money;
use crate::name::Name;
use crate::quantity::{Percentage, Quantity, TimeSpan};
use crate::time::Timestamp;

/// What a package or a part of it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PackagePrice {
    /// In a month of 730 hours, traffic between components included.
    pub monthly: Money,
    /// Once, at the start.
    pub one_off: Money,
    /// The part of `monthly` that is for traffic between components.
    pub traffic: Money,
}

/// The levels of trust that an offer has, or that everything in a package has at least. What is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Levels {
    /// The Gaia-X label: `SC`, `L1`, `L2` or `L3`.
    #[serde(rename = "gaia-x", skip_serializing_if = "Option::is_none")]
    pub gaia_x: Option<String>,
    /// The level of the EC Cloud Sovereignty Framework, 0 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<u8>,
    /// The assurance level of the proposed Cloud and AI Development Act, 1 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cada: Option<u8>,
    /// Until when they stand by themselves; open when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

impl Levels {
    /// The levels that stand at `now`.
    #[must_use]
    pub fn of(assurance: &Assurance, now: Timestamp) -> Self {
        let levels = Self {
            gaia_x: assurance.labels.get(GAIA_X).filter(|label| gaia_x_rank(label).is_some()).cloned(),
            seal: assurance.seal,
            cada: assurance.cada,
            valid_until: assurance.valid_until,
        };
        if assurance.stands(now) && !levels.is_empty() { levels } else { Self::default() }
    }

    /// Whether no level is known.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.gaia_x.is_none() && self.seal.is_none() && self.cada.is_none()
    }

    /// What everything has at least, until the first of it ends; nothing of nothing.
    #[must_use]
    pub fn weakest<'l>(all: impl IntoIterator<Item = &'l Self>) -> Self {
        let weakest = all.into_iter().cloned().reduce(|one, other| Self {
            gaia_x: one.gaia_x.zip(other.gaia_x).map(|(a, b)| std::cmp::min_by_key(a, b, |label| gaia_x_rank(label))),
            // Nothing known is less than any level.
            seal: one.seal.min(other.seal),
            cada: one.cada.min(other.cada),
            valid_until: one.valid_until.into_iter().chain(other.valid_until).min(),
        });
        weakest.filter(|levels| !levels.is_empty()).unwrap_or_default()
    }
}

/// Instances of one component on one offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replica {
    /// How people name the offer: `provider/site/sku`.
    pub offer: String,
    /// The offer.
    pub offer_id: OfferId,
    /// The version of the offer that was matched.
    pub offer_version: u32,
    /// The provider's short name.
    pub provider: Name,
    /// The provider.
    pub provider_id: ParticipantId,
    /// The site's short name.
    pub site: Name,
    /// The site.
    pub site_id: SiteId,
    /// The country of the site.
    pub country: Country,
    /// How many instances.
    pub count: u32,
    /// What they cost together, without traffic.
    pub price: Money,
    /// The properties that each instance gets.
    pub properties: Properties,
    /// Whether it can be ordered now.
    pub orderable: bool,
    /// What the number of instances takes off recurring prices; absent when nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Percentage>,
    /// For how long the offer binds at least; absent when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_term: Option<TimeSpan>,
    /// How the facts about it are known that it was matched by: `availability`, `capacity`, `carbon`, `assurance`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, FactSource>,
    /// The levels that the offer has.
    #[serde(default, skip_serializing_if = "Levels::is_empty")]
    pub levels: Levels,
}

/// How a fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FactSource {
    /// An agent measures and reports it, and the report is fresh.
    Measured,
    /// An agent reported it, and the report is out of date.
    Stale,
    /// The operator of the exchange has looked at the evidence.
    Verified,
    /// The provider says so.
    Declared,
    /// It is computed from what is usual: a country's average, a distance.
    Estimated,
}

/// Where one component goes. The fields beside `replicas` tell of the first offer, `count` and `price` of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// How people name the first offer: `provider/site/sku`.
    pub offer: String,
    /// The provider of the first offer.
    pub provider: Name,
    /// The site of the first offer.
    pub site: Name,
    /// The country of that site.
    pub country: Country,
    /// How many instances over all offers.
    pub count: u32,
    /// What they cost in a month over all offers, without traffic.
    pub price: Money,
    /// One entry for each offer; more than one when instances are kept apart.
    pub replicas: Vec<Replica>,
}

const fn nothing() -> Percentage {
    Quantity::from_base(0)
}

/// The class of a promised availability: the highest of 99 %, 99.5 %, 99.9 %, 99.95 %, 99.99 %, 99.995 % and 99.999 %
/// that it reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlaClass(u8);

impl SlaClass {
    /// Where the classes begin, in millionths.
    const STEPS: [i64; 7] = [990_000, 995_000, 999_000, 999_500, 999_900, 999_950, 999_990];

    /// The class of a promise; below 99 % there is one more.
    #[must_use]
    pub fn of(availability: Percentage) -> Self {
        let reached = Self::STEPS.iter().filter(|step| availability.base() >= **step).count();
        Self(u8::try_from(reached).unwrap_or(u8::MAX))
    }
}

/// How sure it is that no better package exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProofStatus {
    /// Proven: no package is better by this package's own measure.
    Optimal,
    /// The time ran out first; the bound says how much better one could be.
    Feasible,
}

/// What a package's claim to be the best rests on, so that anybody can check it again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Proof {
    /// How sure it is.
    pub status: ProofStatus,
    /// No package has a measure below this; in the unit of `objective`.
    pub bound: f64,
    /// This package's own measure: micro units of money for the price, grams for carbon, microseconds for latency, a
    /// number of providers, SEAL levels below 5 for sovereignty, millionths of downtime for availability.
    pub objective: f64,
    /// The share of the objective by which one could be better at most: 0 when proven.
    #[serde(default)]
    pub gap: f64,
    /// The version of the catalogue that was searched.
    pub catalogue_version: u64,
    /// How many partial packages were looked at.
    pub nodes: u64,
    /// What decided among equals: the same seed gives the same packages, unless the time ran out.
    #[serde(default)]
    pub seed: u64,
}

/// How a round trip is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum LatencySource {
    /// It was measured between these places.
    Measured,
    /// It is computed from the distance: 5.27 ms + 0.0194 ms/km.
    Estimated,
}

/// A round trip and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundTrip {
    /// How long.
    pub rtt: TimeSpan,
    /// How it is known.
    pub source: LatencySource,
}

/// One candidate offer (or several) per component that together satisfy all requirements.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Package {
    /// What it is best at: `chosen`, `cheapest`, `greenest`, `fewest-providers`, `lowest-latency`, `most-sovereign`,
    /// `most-available`.
    pub name: String,
    /// Whether it is the best by the buyer's own weights among those that can be ordered.
    pub chosen: bool,
    /// Whether every part of it can be ordered now.
    pub orderable: bool,
    /// What it costs.
    pub price: PackagePrice,
    /// Where each component goes.
    #[schema(value_type = BTreeMap<String, Placement>)]
    pub components: IndexMap<Name, Placement>,
    /// The providers, each once.
    pub providers: Vec<Name>,
    /// The countries of the sites, each once.
    pub countries: Vec<Country>,
    /// The expected carbon footprint in kg CO2 equivalent a month.
    pub carbon: f64,
    /// The longest round trip over the application's links and places; absent when there is none.
    #[serde(rename = "worst_rtt")]
    pub worst_rtt: Option<RoundTrip>,
    /// The lowest SEAL level among its parts, 0 to 4; unknown counts as 0.
    #[serde(default)]
    pub sovereignty: u8,
    /// The levels that every part of it has at least.
    #[serde(default, skip_serializing_if = "Levels::is_empty")]
    pub levels: Levels,
    /// The promised availability: what is left when the promised downtimes of all components are added up. Instances
    /// that are kept apart are down when all of them are; what promises nothing is always down.
    #[serde(default = "nothing")]
    pub availability: Percentage,
    /// For how long the longest of its offers binds; absent when none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_term: Option<TimeSpan>,
    /// Why it is the best at what it is best at.
    pub proof: Proof,
}

/// Why one offer is no candidate for one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exclusion {
    /// The component.
    #[schema(value_type = String)]
    pub component: Name,
    /// How people name the offer: `provider/site/sku`.
    pub offer: String,
    /// The requirement that it fails, as a path: `seal`, `certifications.ISO27001`, `cpu`, `near`.
    pub requirement: String,
    /// What is required.
    pub required: String,
    /// What is offered.
    pub offered: String,
    /// How far that is from what is required, where it is a number: `4`, `12 GiB`, `5.4 ms`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<String>,
    /// Which criteria bind and what evidence is missing for them, where that is known: three at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub because: Vec<Lack>,
}

/// How many offers meet all that one component asks by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CandidateCount {
    /// The component.
    #[schema(value_type = String)]
    pub component: Name,
    /// How many offers of the kind there are.
    pub offers: u32,
    /// How many of them are candidates.
    pub candidates: u32,
}

/// How many offers one requirement keeps out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequirementCount {
    /// The component.
    #[schema(value_type = String)]
    pub component: Name,
    /// The requirement.
    pub requirement: String,
    /// How many offers of the kind there are.
    pub offers: u32,
    /// How many of them fail it.
    pub excluded: u32,
    /// How many offers fail nothing else: dropping the requirement would admit them.
    pub alone: u32,
    /// What the cheapest of those would cost in a month, for all instances of the component without traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_from: Option<Money>,
}

/// Requirements that can't all be met together, and what would help.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The field of the document, like `spec.budget.monthly`.
    pub field: String,
    /// What is in the way, in a sentence.
    pub message: String,
    /// A change that would help, when one is known: `budget 488.20 EUR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
}

/// Changes of the document that make an impossible application possible, checked by matching the changed document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Repair {
    /// The changes, all of which are needed.
    pub changes: Vec<Change>,
    /// The same in a few words: `budget 450.00 EUR → 488.20 EUR`.
    pub summary: String,
    /// What the package comes to that the changed document is answered with first.
    pub gives: PackagePrice,
}

/// How sure it is that a conflict has no part too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConflictStatus {
    /// No fewer requirements are in conflict, and without any one of these the rest can be met.
    Smallest,
    /// Without any one of these the rest can be met; it was not found out whether fewer are in conflict elsewhere.
    Minimal,
    /// These can't all be met, and maybe some of them are not to blame: the time ran out.
    Reducible,
    /// The time ran out before it was certain that nothing fits.
    Uncertain,
}

/// An offer that meets everything its component asks and was not chosen, against the one that was.
///
/// Of the first package one component is moved to this offer, and everything else stays where it is. Where the
/// component's instances are kept apart, one of them is moved: the one that can be moved for the least.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunnerUp {
    /// The component.
    #[schema(value_type = String)]
    pub component: Name,
    /// How people name the offer: `provider/site/sku`.
    pub offer: String,
    /// The chosen offer that it would take the place of.
    pub beaten_by: String,
    /// How much more the package would cost in a month, traffic included; less than nothing when it would be cheaper.
    pub monthly: Money,
    /// How much more carbon the package would emit, in kg CO2 equivalent a month.
    pub carbon: f64,
    /// What the package would break, when it would: the field of a requirement, like `spec.links[0].rtt`; the field
    /// `count` of the component where there is too little room; `orderable` where everything else can be ordered and
    /// this can't. Where there is none and the price is no higher, the buyer's other wishes decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks: Option<String>,
}

/// The answer of matching.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatchOutcome {
    /// The version of the catalogue that was searched.
    pub catalogue_version: u64,
    /// At most five packages, the one that suits the buyer's weights best first; empty when nothing fits.
    pub packages: Vec<Package>,
    /// Why offers of the right kind are no candidates: the first failed requirement of each, nearest misses first.
    pub excluded: Vec<Exclusion>,
    /// How many offers each requirement keeps out.
    pub requirements: Vec<RequirementCount>,
    /// How many offers each component could go to by itself.
    #[serde(default)]
    pub candidates: Vec<CandidateCount>,
    /// When nothing fits: the smallest set of requirements that can't all be met.
    pub conflict: Vec<Conflict>,
    /// When nothing fits: how sure it is that the conflict has no part too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conflict_status: Option<ConflictStatus>,
    /// When nothing fits: up to three ready-made repairs, those with the fewest changes first, then the cheapest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<Repair>,
    /// Of each component up to three offers that meet everything it asks and were not chosen, of those with the 32
    /// lowest list prices: first those that fit, the one that would cost the least more first; the last is one that
    /// would be cheaper and does not fit, if there is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runners_up: Vec<RunnerUp>,
}

/// A request to match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MatchRequest {
    /// What is asked for.
    pub application: Application,
    /// Whether only offers count that can be ordered now; otherwise listed ones are shown as well.
    #[serde(default)]
    pub orderable_only: bool,
}

#[cfg(test)]
mod tests;
