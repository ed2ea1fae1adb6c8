//! What matching looks at: certificates, levels, control, as evaluated from evidence.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::time::Timestamp;

/// The scheme of labels that are known.
pub const GAIA_X: &str = "gaia-x";
/// The labels of the scheme `gaia-x`, the lowest first.
pub const GAIA_X_LABELS: [&str; 4] = ["SC", "L1", "L2", "L3"];

/// Where a label of the scheme `gaia-x` stands among the others; `None` when it is none of them.
#[must_use]
pub fn gaia_x_rank(label: &str) -> Option<usize> {
    GAIA_X_LABELS.iter().position(|known| *known == label)
}

/// Where a fact comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The participant says so.
    #[default]
    Declared,
    /// The operator of the exchange has looked at the evidence.
    Verified,
}

/// A certificate that is held.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificate {
    /// The scheme, in capitals without blanks: `ISO27001`, `C5`, `HDS`, `SECNUMCLOUD`.
    pub scheme: String,
    /// Where the fact comes from.
    #[serde(default)]
    pub source: Source,
    /// When it ends; open when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

/// Which third countries can reach a provider through control over it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", tag = "thirdCountry", content = "countries")]
pub enum Control {
    /// Not known; never counts as none.
    #[default]
    Unknown,
    /// None can.
    None,
    /// These can.
    Some(Vec<Country>),
}

/// Who else has a hand in what is offered.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subcontracting {
    /// The countries where subcontractors are registered or that apply their law to them, without doubles.
    pub countries: Vec<Country>,
    /// The third countries that can reach subcontractors with access to the customer's data or identities; unknown
    /// when that is unknown of one of them.
    pub control: Control,
}

/// Why a level is not reached: what is missing for one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Lack {
    /// The criterion that binds, by its name in the rule set: `P2.1.1`, `sov-2-q2`.
    pub criterion: String,
    /// What evidence is missing or stands against it, for people.
    pub missing: String,
}

/// What is known about a provider, or about one of its offers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Assurance {
    /// The certificates that count.
    pub certificates: Vec<Certificate>,
    /// Labels by scheme: `gaia-x` is one of `SC`, `L1`, `L2`, `L3`.
    pub labels: BTreeMap<String, String>,
    /// The level of the EC Cloud Sovereignty Framework, 0 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<u8>,
    /// The assurance level of the proposed Cloud and AI Development Act, 1 to 4; absent when none is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cada: Option<u8>,
    /// Which third countries can reach it.
    pub control: Control,
    /// Where its legal person is incorporated, has its headquarters and its main establishment, as evidenced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<Country>,
    /// Its subcontractors; absent when nothing is known, empty when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subcontracting: Option<Subcontracting>,
    /// Countries other than the site's where customers' data may go, as evidenced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_countries: Vec<Country>,
    /// Until when all this stands by itself: the levels count as unknown from then on until they are evaluated anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Why levels are not reached, the criteria that bind first: by `gaia-x:L2`, `seal:3`, `cada:2`,
    /// `certifications:ISO27001`, `control`, `subcontractors`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lacks: BTreeMap<String, Vec<Lack>>,
}

impl Assurance {
    /// Whether a certificate of the scheme is held that is valid at `now`.
    #[must_use]
    pub fn holds(&self, scheme: &str, now: Timestamp) -> bool {
        self.certificates.iter().any(|held| held.scheme == scheme && held.valid_until.is_none_or(|end| now < end))
    }

    /// Whether its levels still stand at `now`.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.valid_until.is_none_or(|end| now < end)
    }
}
