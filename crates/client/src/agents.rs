//! Agents as their providers manage them.

use hansa_model::agent::{Agent, Enrolment, NewEnrolment};
use hansa_model::id::AgentId;

use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// Makes a one-time enrolment token.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create_enrolment(&self, new: &NewEnrolment) -> Result<Enrolment, ClientError> {
        self.post("/v1/agents/enrolments", new).await
    }

    /// The agents of the caller's participant.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn agents(&self) -> Result<Vec<Agent>, ClientError> {
        self.all("/v1/agents", ()).await
    }

    /// One agent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn agent(&self, id: AgentId) -> Result<Agent, ClientError> {
        self.get(format!("/v1/agents/{id}")).await
    }

    /// Takes an agent's right to speak away.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn revoke_agent(&self, id: AgentId) -> Result<(), ClientError> {
        self.delete(format!("/v1/agents/{id}")).await
    }
}
