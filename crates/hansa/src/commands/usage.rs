//! Usage.

use clap::{Args, Subcommand};
use hansa_client::UsageFilter;
use hansa_model::price::Meter;

use crate::resolve;
use crate::session::Session;

/// Usage.
#[derive(Debug, Subcommand)]
pub(crate) enum Usage {
    /// List usage records, the newest first
    List(List),
}

/// List usage.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa usage list
  hansa usage list --service web --meter network.egress -o json")]
pub(crate) struct List {
    /// Only of this service
    #[arg(long)]
    service: Option<String>,
    /// Only of this meter
    #[arg(long)]
    meter: Option<Meter>,
}

impl Usage {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Self::List(List { service, meter }) = self;
        let client = session.client()?;
        let service = match service {
            Some(service) => Some(resolve::service(&client, &service).await?.id),
            None => None,
        };
        session.output.list(&client.usage(&UsageFilter { service, meter }).await?)
    }
}
