//! How an agent talks to its exchange.

use std::time::Duration;

use async_trait::async_trait;
use hansa_client::{Client, ClientError, Console};
use hansa_model::agent::{Assignments, Report, ReportReceipt};

/// Why the exchange could not be talked to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It does not answer, or can't just now.
    #[error("{0}")]
    Unreachable(String),
    /// It understood and said no. The agent goes on asking, since workloads must not depend on it.
    #[error("{0}")]
    Refused(String),
}

/// How an agent talks to its exchange. Calls may be repeated, and cut short at any point.
#[async_trait]
pub trait Link: Send + Sync + 'static {
    /// Every intent that changed after the cursor; waits for the first change, but not longer than `wait`.
    async fn poll(&self, cursor: u64, wait: Duration) -> Result<Assignments, LinkError>;

    /// Hands in a report.
    async fn report(&self, report: &Report) -> Result<ReportReceipt, LinkError>;

    /// Opens the connection that a console which was asked for travels on.
    async fn console(&self, _ticket: &str) -> Result<Console, LinkError> {
        Err(LinkError::Refused("this link carries no consoles".to_owned()))
    }
}

/// The native API over HTTP.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
}

impl Http {
    /// Talks through the given client, which has an agent's credentials.
    #[must_use]
    pub const fn new(client: Client) -> Self {
        Self { client }
    }
}

#[async_trait]
impl Link for Http {
    async fn poll(&self, cursor: u64, wait: Duration) -> Result<Assignments, LinkError> {
        self.client.assignments(cursor, wait).await.map_err(|error| explain(&error))
    }

    async fn report(&self, report: &Report) -> Result<ReportReceipt, LinkError> {
        self.client.report(report).await.map_err(|error| explain(&error))
    }

    async fn console(&self, ticket: &str) -> Result<Console, LinkError> {
        self.client.join_console(ticket).await.map_err(|error| explain(&error))
    }
}

fn explain(error: &ClientError) -> LinkError {
    if error.is_temporary() { LinkError::Unreachable(error.to_string()) } else { LinkError::Refused(error.to_string()) }
}
