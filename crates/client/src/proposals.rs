//! Proposals.

use hansa_model::id::{OrderId, ProjectId, ProposalId};
use hansa_model::proposal::{Proposal, ProposalState};
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which proposals to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProposalFilter {
    /// Those for services of this project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Those for what this order made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    /// Those in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ProposalState>,
}

impl Client {
    /// The proposals that the caller may see, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn proposals(&self, filter: &ProposalFilter) -> Result<Vec<Proposal>, ClientError> {
        self.all("/v1/proposals", filter).await
    }

    /// One proposal.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn proposal(&self, id: ProposalId) -> Result<Proposal, ClientError> {
        self.get(format!("/v1/proposals/{id}")).await
    }

    /// Does away with a proposal that is not wanted.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn dismiss_proposal(&self, id: ProposalId) -> Result<Proposal, ClientError> {
        self.post(format!("/v1/proposals/{id}/dismiss"), &()).await
    }
}
