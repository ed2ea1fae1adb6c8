//! Maintenance windows.

use hansa_model::id::{MaintenanceId, ParticipantId, SiteId};
use hansa_model::maintenance::{MaintenanceWindow, NewMaintenanceWindow};
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which windows to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct MaintenanceFilter {
    /// Those of this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub site: Option<SiteId>,
    /// Those of this provider's sites.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ParticipantId>,
    /// Also those that are over or were called off.
    pub all: bool,
}

impl Client {
    /// When providers work on their sites.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn maintenance(&self, filter: &MaintenanceFilter) -> Result<Vec<MaintenanceWindow>, ClientError> {
        self.all("/v1/maintenance", filter).await
    }

    /// Plans to work on one of the caller's sites.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn plan_maintenance(
        &self,
        site: SiteId,
        window: &NewMaintenanceWindow,
    ) -> Result<MaintenanceWindow, ClientError> {
        self.post(format!("/v1/sites/{site}/maintenance"), window).await
    }

    /// Calls a window off.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn cancel_maintenance(&self, window: MaintenanceId) -> Result<(), ClientError> {
        self.delete(format!("/v1/maintenance/{window}")).await
    }
}
