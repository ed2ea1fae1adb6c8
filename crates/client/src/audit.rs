//! The audit log.

use hansa_model::event::{AuditRow, AuditVerification};
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which rows of the audit log to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AuditFilter {
    /// Those about this thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What this member, agent or `exchange` did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Those of this action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}

impl Client {
    /// The audit log, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRow>, ClientError> {
        self.all("/v1/audit", filter).await
    }

    /// Checks every row of the audit log.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn verify_audit(&self) -> Result<AuditVerification, ClientError> {
        self.get("/v1/audit/verify").await
    }
}
