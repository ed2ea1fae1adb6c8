//! Agents.

use clap::{Args, Subcommand};

use super::{Watch, Yes};
use crate::session::Session;
use crate::{prompt, resolve};

/// Agents.
#[derive(Debug, Subcommand)]
pub(super) enum Agent {
    /// List agents
    List(List),
    /// Show an agent
    Show(Show),
    /// Take an agent's right to speak away
    Revoke(Revoke),
}

/// List agents.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa agent list
  hansa agent list --watch")]
pub(super) struct List {
    #[command(flatten)]
    watch: Watch,
}

/// Show an agent.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa agent show hamburg
  hansa agent show agt_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(super) struct Show {
    /// Identifier or name
    agent: String,
}

/// Revoke an agent.
#[derive(Debug, Args)]
#[command(after_help = "What it made runs on, but counts as unreachable until another agent takes over.

Examples:
  hansa agent revoke hamburg
  hansa agent revoke agt_01h455vb4pex5vsknk084sn02q -y")]
pub(super) struct Revoke {
    /// Identifier or name
    agent: String,
    #[command(flatten)]
    yes: Yes,
}

impl Agent {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::List(List { watch }) => {
                let client = session.client()?;
                let draw = async || session.output.list(&client.agents().await?);
                session.watched(&client, watch.watch, "agent.", draw).await
            }
            Self::Show(Show { agent }) => {
                let client = session.client()?;
                session.output.one(&resolve::agent(&client, &agent).await?)
            }
            Self::Revoke(Revoke { agent, yes }) => {
                let client = session.client()?;
                let found = resolve::agent(&client, &agent).await?;
                let what = format!("At {}: agent {} will not be heard any more.", client.address(), found.name);
                prompt::type_name(&what, &agent, yes.yes)?;
                client.revoke_agent(found.id).await?;
                session.output.done("revoked", &found.id.to_string())
            }
        }
    }
}
