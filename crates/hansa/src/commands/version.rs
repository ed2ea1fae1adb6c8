//! Versions.

use clap::Args;
use serde_json::{Value, json};

use crate::session::Session;

/// Show versions.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa version
  hansa version --client -o json")]
pub(crate) struct Version {
    /// Do not ask the exchange
    #[arg(long)]
    client: bool,
}

impl Version {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let own = env!("CARGO_PKG_VERSION");
        let mut exchange = None;
        if !self.client {
            let client = session.client()?;
            match client.get::<Value>("/openapi.json").await {
                Ok(document) => exchange = document["info"]["version"].as_str().map(str::to_owned),
                Err(error) => session.output.note(&error.to_string()),
            }
        }
        let told = exchange.as_deref().unwrap_or("unknown");
        let people = || format!("hansa {own}\nexchange {told}\n");
        session.output.document(&json!({"client": own, "exchange": exchange}), people, || vec![own.to_owned()])
    }
}
