//! Places where providers have capacity.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::country::Country;
use crate::id::{ParticipantId, SiteId};
use crate::name::Name;
use crate::quantity::CarbonIntensity;
use crate::time::Timestamp;

/// A place on the Earth in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coordinates {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Coordinates {
    /// Whether both are numbers within their range.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }
}

/// A place where a provider has capacity: data centre, edge location, single node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Site {
    /// Its identifier.
    pub id: SiteId,
    /// Whose it is.
    pub provider: ParticipantId,
    /// Its short name, unique within the provider.
    pub name: Name,
    /// The country it is in.
    pub country: Country,
    /// The city it is in or near.
    pub city: String,
    /// Where it is.
    pub coordinates: Coordinates,
    /// Power usage effectiveness in thousandths: 1200 is 1.2.
    pub pue_milli: u32,
    /// Carbon intensity of its electricity; that of its country when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon: Option<CarbonIntensity>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The power usage effectiveness of a site that does not say its own, in thousandths.
pub const DEFAULT_PUE_MILLI: u32 = 1500;

const fn default_pue() -> u32 {
    DEFAULT_PUE_MILLI
}

/// A new site of the caller's participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewSite {
    /// Its short name, unique within the provider.
    pub name: Name,
    /// The country it is in.
    pub country: Country,
    /// The city it is in or near.
    pub city: String,
    /// Where it is.
    pub coordinates: Coordinates,
    /// Power usage effectiveness in thousandths, at least 1000.
    #[serde(default = "default_pue")]
    pub pue_milli: u32,
    /// Carbon intensity of its electricity; that of its country when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carbon: Option<CarbonIntensity>,
}
