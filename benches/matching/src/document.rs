//! The format of an instance.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::error::InstanceError;

/// A composition instance as it is written. Fields that only tell its origin are read and left alone.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What is to be placed.
    pub components: Vec<Component>,
    /// Traffic between components.
    pub edges: Vec<Edge>,
    /// The most money a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<f64>,
    /// The most providers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_providers: Option<usize>,
    /// Pairs of components that must be at different providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anti: Vec<[usize; 2]>,
    /// Pairs of components that must be at the same site.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_site: Vec<[usize; 2]>,
    /// Pairs of components that must be at the same provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_provider: Vec<[usize; 2]>,
    /// What is free at sites that have an end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacity: Vec<Capacity>,
    #[serde(default, rename = "seed", skip_serializing)]
    pub(crate) _seed: Option<IgnoredAny>,
    #[serde(default, rename = "ext", skip_serializing)]
    pub(crate) _ext: Option<IgnoredAny>,
    #[serde(default, rename = "n", skip_serializing)]
    pub(crate) _n: Option<IgnoredAny>,
    #[serde(default, rename = "cert", skip_serializing)]
    pub(crate) _cert: Option<IgnoredAny>,
    #[serde(default, rename = "euhq", skip_serializing)]
    pub(crate) _euhq: Option<IgnoredAny>,
}

/// Something to be placed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// How many instances, all at one place.
    pub count: i64,
    /// Where it may go.
    pub cands: Vec<Offer>,
    #[serde(default, rename = "id", skip_serializing)]
    pub(crate) _id: Option<IgnoredAny>,
    #[serde(default, rename = "req", skip_serializing)]
    pub(crate) _req: Option<IgnoredAny>,
}

/// An offer that a component may take.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Who offers it.
    pub provider: String,
    /// Where, by the provider's own name.
    pub region: String,
    /// Money for each instance a month.
    pub price: f64,
    /// Money for each GB that leaves the site.
    pub egress: f64,
    #[serde(default, rename = "country", skip_serializing)]
    pub(crate) _country: Option<IgnoredAny>,
    #[serde(default, rename = "sku", skip_serializing)]
    pub(crate) _sku: Option<IgnoredAny>,
}

/// Traffic from one component to another.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// The number of the component that sends and pays.
    pub src: usize,
    /// The number of the component that receives.
    pub dst: usize,
    /// GB a month, over all instances.
    pub gb: i64,
    /// The longest round trip in ms.
    #[serde(default)]
    pub max_rtt: Option<f64>,
    /// Round trips in ms, a row for each candidate of `src`, a column for each of `dst`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rtt: Option<Vec<Vec<f64>>>,
}

/// What is free at a site.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Whose site.
    pub provider: String,
    /// Which site.
    pub region: String,
    /// How many instances fit.
    pub instances: i64,
}

impl Component {
    /// A component from its parts.
    #[must_use]
    pub fn new(count: i64, cands: Vec<Offer>) -> Self {
        Self { count, cands, ..Self::default() }
    }
}

impl Offer {
    /// An offer from its parts.
    #[must_use]
    pub fn new(provider: String, region: String, price: f64, egress: f64) -> Self {
        Self { provider, region, price, egress, ..Self::default() }
    }

    /// Whether both are at one site.
    #[must_use]
    pub fn shares_site(&self, other: &Self) -> bool {
        self.provider == other.provider && self.region == other.region
    }
}

impl Document {
    /// Reads a document; what it means is judged by [`crate::instance::Instance::new`].
    ///
    /// # Errors
    /// When the text is no JSON, or a field is unknown, missing or of another type.
    pub fn read(text: &str) -> Result<Self, InstanceError> {
        let mut reader = serde_json::Deserializer::from_str(text);
        let document = serde_path_to_error::deserialize(&mut reader)
            .map_err(|error| InstanceError::Json { field: error.path().to_string(), source: error.into_inner() })?;
        reader.end().map_err(|source| InstanceError::Json { field: ".".to_owned(), source })?;
        Ok(document)
    }
}
