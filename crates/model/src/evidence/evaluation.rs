//! What a rule set makes of evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::EvidenceId;
use crate::time::Timestamp;

/// Whether a rule set is law, a published framework, or a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It applies.
    InForce,
    /// It is proposed; its results are no law.
    Proposal,
    /// A later version took its place.
    Superseded,
}

/// What became of one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CriterionOutcome {
    /// The criterion, by its name in the rule set.
    pub criterion: String,
    /// The outcome: `certified`, `declared`, `met`, `missing`, `against` (something known stands against it),
    /// `not-applicable` (it is for other kinds of service), or the number of an answer.
    pub outcome: String,
    /// The level it allows at most, where the criterion alone decides that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allows: Option<String>,
    /// The evidence it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceId>,
}

/// A criterion that keeps a level from being reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// The criterion.
    pub criterion: String,
    /// What it asks, for people.
    pub title: String,
    /// What evidence would meet it, or what stands against it, for people.
    pub missing: String,
}

/// What one version of a rule set makes of the evidence about one subject at one instant. The same evidence and
/// version give the same result, byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Evaluation {
    /// The rule set: `gaia-x`, `csf`, `cada`, `secnumcloud-ownership`, `data-act`.
    pub rule_set: String,
    /// Its version.
    pub version: String,
    /// Whether it applies.
    pub standing: Standing,
    /// The level that is reached; absent when not even the lowest is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Scores in hundredths of a percent by the name of their weights, where the rule set has any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, i64>,
    /// Every criterion.
    pub outcomes: Vec<CriterionOutcome>,
    /// By level that is not reached: the criteria that bind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gaps: BTreeMap<String, Vec<Gap>>,
    /// When the result first changes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}
