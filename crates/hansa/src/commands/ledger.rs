//! The books.

use clap::{Args, Subcommand};

use crate::render::statements;
use crate::session::Session;

/// The books of the exchange.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Show the sum of every account, and that all of them balance
    TrialBalance(TrialBalance),
}

/// Show the trial balance.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa ledger trial-balance
  hansa ledger trial-balance -o json")]
pub(crate) struct TrialBalance;

impl Ledger {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Self::TrialBalance(TrialBalance) = self;
        let balance = session.client()?.trial_balance().await?;
        let output = session.output;
        output.document(&balance, || statements::trial_balance(&balance, output.paint()), Vec::new)
    }
}
