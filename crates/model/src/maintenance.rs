//! Maintenance: when a provider works on a site, and what runs there may be away.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{MaintenanceId, ParticipantId, SiteId};
use crate::name::Name;
use crate::time::Timestamp;

/// A time in which a provider works on a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaintenanceWindow {
    /// Its identifier.
    pub id: MaintenanceId,
    /// The site.
    pub site: SiteId,
    /// The site's name.
    pub site_name: Name,
    /// Whose site it is.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// When it begins.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// What is done and what buyers will notice, in a sentence.
    pub reason: String,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was called off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<Timestamp>,
}

/// A new maintenance window of one of the caller's sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewMaintenanceWindow {
    /// When it begins; not in the past.
    pub start: Timestamp,
    /// The first instant after it; at most seven days later.
    pub end: Timestamp,
    /// What is done and what buyers will notice, in a sentence.
    #[schema(min_length = 1, max_length = 500)]
    pub reason: String,
}
