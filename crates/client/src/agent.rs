//! What agents ask of an exchange.

use std::time::Duration;

use hansa_model::agent::{Agent, Assignments, EnrolRequest, Report, ReportReceipt};
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;

/// How much longer than the long poll itself its answer may take.
const SLACK: Duration = Duration::from_secs(15);

impl Client {
    /// Turns a one-time token and a public key into an agent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn enrol_agent(&self, request: &EnrolRequest) -> Result<Agent, ClientError> {
        self.post("/v1/agents/enrol", request).await
    }

    /// Every intent that changed after the cursor; waits for the first change, but not longer than `wait`.
    /// Made once: whoever polls decides when to try again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn assignments(&self, cursor: u64, wait: Duration) -> Result<Assignments, ClientError> {
        self.call(Method::GET, "/v1/agent/assignments")
            .query(&[("cursor", cursor), ("wait", wait.as_secs())])
            .timeout(Some(wait + SLACK))
            .attempts(1)
            .send()
            .await
    }

    /// Hands in a report; its number makes a repetition harmless. Made once: whoever reports decides when to
    /// try again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn report(&self, report: &Report) -> Result<ReportReceipt, ClientError> {
        self.call(Method::POST, "/v1/agent/reports").body(report).attempts(1).send().await
    }
}
