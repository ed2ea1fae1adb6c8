//! Proposals.

use clap::{Args, Subcommand};
use hansa_client::ProposalFilter;
use hansa_model::proposal::ProposalState;

use super::Watch;
use crate::session::Session;
use crate::{input, render, resolve};

/// Proposals.
#[derive(Debug, Subcommand)]
pub(crate) enum Proposal {
    /// List what is proposed for what you run
    List(List),
    /// Show a proposal: what would move, what that brings and costs, and what to do
    Show(Show),
    /// Do away with a proposal that you do not want
    Dismiss(Dismiss),
}

/// List proposals.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa proposal list
  hansa proposal list --project web-shop --state withdrawn")]
pub(crate) struct List {
    /// Only those for what this order made, by identifier or name of the application
    #[arg(long)]
    order: Option<String>,
    /// Those in this state
    #[arg(long, default_value = "open", value_parser = input::word::<ProposalState>)]
    state: ProposalState,
    #[command(flatten)]
    watch: Watch,
}

/// Show a proposal.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa proposal show town-archive
  hansa proposal show ppl_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Show {
    /// Identifier, or name of the application that it is for
    proposal: String,
}

/// Dismiss a proposal.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa proposal dismiss town-archive
  hansa proposal dismiss ppl_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Dismiss {
    /// Identifier, or name of the application that it is for
    proposal: String,
}

impl Proposal {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let client = session.client()?;
        match self {
            Self::List(List { order, state, watch }) => {
                let project = match session.context()?.1.project {
                    Some(project) => Some(resolve::project(&client, &project).await?.id),
                    None => None,
                };
                let order = match order {
                    Some(order) => Some(resolve::order(&client, &order).await?),
                    None => None,
                };
                let filter = ProposalFilter { project, order, state: Some(state) };
                let draw = async || output.list(&client.proposals(&filter).await?);
                session.watched(&client, watch.watch, "proposal.", draw).await
            }
            Self::Show(Show { proposal }) => {
                let found = resolve::proposal(&client, &proposal).await?;
                let people = || render::proposals::whole(&found, output.paint());
                output.document(&found, people, || vec![found.id.to_string()])
            }
            Self::Dismiss(Dismiss { proposal }) => {
                let id = resolve::proposal(&client, &proposal).await?.id;
                output.one(&client.dismiss_proposal(id).await?)
            }
        }
    }
}
