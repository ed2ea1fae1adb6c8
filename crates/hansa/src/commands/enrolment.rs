//! Enrolment tokens.

use clap::{Args, Subcommand};
use hansa_model::agent::NewEnrolment;
use hansa_model::name::Name;

use crate::session::Session;

/// Enrolment tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Enrolment {
    /// Make a one-time token that lets one agent enrol
    Create(Create),
}

/// Make an enrolment token.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa enrolment create hamburg
  hansa enrolment create hamburg -o name")]
pub(crate) struct Create {
    /// What the agent will be called
    name: Name,
}

impl Enrolment {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Self::Create(Create { name }) = self;
        let client = session.client()?;
        session.output.one(&client.create_enrolment(&NewEnrolment { name }).await?)?;
        let address = client.address();
        session.output.note(&format!("use it once: hansa agent enrol --exchange {address} --token TOKEN --state DIR"));
        Ok(())
    }
}
