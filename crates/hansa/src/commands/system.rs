//! The exchange as a running system.

use clap::{Args, Subcommand};

use super::Watch;
use crate::render::system;
use crate::session::Session;

/// The exchange as a running system.
#[derive(Debug, Subcommand)]
pub(crate) enum System {
    /// Show versions, storage, what waits, and backups
    Show(Show),
    /// Show orders that have not ended and the exchange's jobs, those in trouble first
    Work(Work),
    /// Copy the whole database into the exchange's directory for backups
    Backup(BackUp),
}

/// Show the system.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa system show
  hansa system show -o json")]
pub(crate) struct Show;

/// Show what the exchange is working on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa system work
  hansa system work --watch")]
pub(crate) struct Work {
    #[command(flatten)]
    watch: Watch,
}

/// Back the database up.
#[derive(Debug, Args)]
#[command(
    after_help = "Everybody goes on working meanwhile; the newest fourteen are kept. Keep the signing key with them.

Examples:
  hansa system backup
  hansa system backup -o name"
)]
pub(crate) struct BackUp;

impl System {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let output = session.output;
        match self {
            Self::Show(Show) => {
                let shown = client.system().await?;
                let names = || vec![shown.version.clone()];
                output.document(&shown, || system::show(&shown, output.paint()), names)
            }
            Self::Work(Work { watch }) => {
                let draw = async || {
                    let found = client.work().await?;
                    let names = || found.orders.iter().map(|at_work| at_work.order.to_string()).collect();
                    output.document(&found, || system::work(&found, output.paint()), names)
                };
                session.watched(&client, watch.watch, "order.", draw).await
            }
            Self::Backup(BackUp) => output.one(&client.back_up().await?),
        }
    }
}
