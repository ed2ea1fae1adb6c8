//! Services.

use hansa_model::id::{OrderId, ServiceId};
use hansa_model::kind::KindId;
use hansa_model::service::{Connection, MetricSeries, Service, ServiceState, Why};
use hansa_model::time::Timestamp;
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which services to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServiceFilter {
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ServiceState>,
    /// Those of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<KindId>,
    /// Those that this order made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// With those that are gone.
    pub all: bool,
}

impl Client {
    /// The services that the caller may see, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn services(&self, filter: &ServiceFilter) -> Result<Vec<Service>, ClientError> {
        self.all("/v1/services", filter).await
    }

    /// One service.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn service(&self, id: ServiceId) -> Result<Service, ClientError> {
        self.get(format!("/v1/services/{id}")).await
    }

    /// What a service waits for.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn why_service(&self, id: ServiceId) -> Result<Why, ClientError> {
        self.get(format!("/v1/services/{id}/why")).await
    }

    /// How a service is reached, with its secret.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn service_connection(&self, id: ServiceId) -> Result<Connection, ClientError> {
        self.get(format!("/v1/services/{id}/connection")).await
    }

    /// The metrics of a service since then; of the last hour when absent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn service_metrics(
        &self,
        id: ServiceId,
        since: Option<Timestamp>,
    ) -> Result<Vec<MetricSeries>, ClientError> {
        let query: Vec<_> = since.map(|since| ("since", since)).into_iter().collect();
        self.get_by(format!("/v1/services/{id}/metrics"), &query).await
    }
}
