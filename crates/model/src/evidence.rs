//! What is known about a participant, site or offer beyond its price: certificates, labels, sovereignty,
//! control. Each fact carries where it comes from; what is not known never counts as fulfilled.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::time::Timestamp;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
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

/// What is known about a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Assurance {
    /// The certificates it holds.
    pub certificates: Vec<Certificate>,
    /// Labels by scheme: `gaia-x` is one of `SC`, `L1`, `L2`, `L3`.
    pub labels: BTreeMap<String, String>,
    /// The level of the EC Cloud Sovereignty Framework, 0 to 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<u8>,
    /// Which third countries can reach it.
    pub control: Control,
}

impl Assurance {
    /// Whether a certificate of the scheme is held that is valid at `now`.
    #[must_use]
    pub fn holds(&self, scheme: &str, now: Timestamp) -> bool {
        self.certificates.iter().any(|held| held.scheme == scheme && held.valid_until.is_none_or(|end| now < end))
    }
}
