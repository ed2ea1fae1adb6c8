//! The audit log.

use clap::{Args, Subcommand};
use hansa_client::AuditFilter;

use crate::failure::{Exit, Failure};
use crate::session::Session;

/// The audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// List who did what, the newest first
    List(List),
    /// Check that nothing was changed, left out or cut off
    Verify(Verify),
}

/// List the audit log.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa audit list
  hansa audit list --action token.create -o json")]
pub(crate) struct List {
    /// Only about this thing
    #[arg(long, value_name = "ID")]
    subject: Option<String>,
    /// Only what this member, agent or `exchange` did
    #[arg(long, value_name = "ID")]
    actor: Option<String>,
    /// Only this action
    #[arg(long)]
    action: Option<String>,
}

/// Check the audit log.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa audit verify
  hansa audit verify -o name > head.txt")]
pub(crate) struct Verify;

impl Audit {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match self {
            Self::List(List { subject, actor, action }) => {
                session.output.list(&client.audit(&AuditFilter { subject, actor, action }).await?)
            }
            Self::Verify(Verify) => {
                let verification = client.verify_audit().await?;
                session.output.one(&verification)?;
                match verification.broken_at {
                    None => Ok(()),
                    Some(row) => {
                        let message = format!("the audit log was tampered with at row {row}");
                        Err(Failure::new(Exit::Failure, "audit-broken", message).into())
                    }
                }
            }
        }
    }
}
