//! Agents.

mod back_end;
mod check;
mod configure;
mod draft;
mod drivers;
mod host;
mod run;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use hansa_agent::EnrolError;
use hansa_client::ClientError;

use super::{Watch, Yes};
use crate::failure::{Exit, Failure};
use crate::profile;
use crate::session::Session;
use crate::{prompt, resolve};

/// Agents.
#[derive(Debug, Subcommand)]
pub(crate) enum Agent {
    /// Become an agent with a one-time token
    Enrol(Enrol),
    /// Write a configuration that fits this machine
    Configure(configure::Configure),
    /// Try a configuration out: what could be delivered, and what is missing
    Check(check::Check),
    /// Run an agent
    Run(run::Run),
    /// List agents
    List(List),
    /// Show an agent
    Show(Show),
    /// Take an agent's right to speak away
    Revoke(Revoke),
}

/// Become an agent.
#[derive(Debug, Args)]
#[command(after_help = "--token takes the one-time token of `hansa enrolment create`.

Examples:
  hansa agent enrol --exchange https://exchange.example --token hansa-enrol_abc --state /var/lib/hansa-agent
  HANSA_TOKEN=hansa-enrol_abc hansa agent enrol --state ./agent")]
pub(crate) struct Enrol {
    /// Directory that will hold the agent's key and journal
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
}

impl Enrol {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        let globals = session.globals();
        let exchange = globals.exchange.as_deref().unwrap_or(profile::DEFAULT_EXCHANGE);
        let Some(token) = &globals.token else {
            let failure = Failure::usage("an agent enrols with a one-time token");
            return Err(failure.hint("its provider makes one: `hansa enrolment create NAME`").into());
        };
        let agent = hansa_agent::enrol(&self.state, exchange, token).await.map_err(not_enrolled)?;
        session.output.one(&agent)
    }
}

/// A token that does not work is no matter of logging in.
fn not_enrolled(error: EnrolError) -> anyhow::Error {
    match error {
        EnrolError::Exchange(ClientError::Problem(problem)) if problem.status == 401 => {
            let failure = Failure::new(Exit::Refused, "enrolment-refused", problem.detail.clone());
            failure.hint("its provider makes another token: `hansa enrolment create NAME`").into()
        }
        EnrolError::Exchange(refusal) => refusal.into(),
        other => other.into(),
    }
}

/// List agents.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa agent list
  hansa agent list --watch")]
pub(crate) struct List {
    #[command(flatten)]
    watch: Watch,
}

/// Show an agent.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa agent show hamburg
  hansa agent show agt_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Identifier or name
    agent: String,
}

/// Revoke an agent.
#[derive(Debug, Args)]
#[command(after_help = "What it made runs on, but counts as unreachable until another agent takes over.

Examples:
  hansa agent revoke hamburg
  hansa agent revoke agt_01h455vb4pex5vsknk084sn02q -y")]
pub(crate) struct Revoke {
    /// Identifier or name
    agent: String,
    #[command(flatten)]
    yes: Yes,
}

impl Agent {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Enrol(command) => command.run(session).await,
            Self::Configure(command) => command.run(session),
            Self::Check(command) => command.run(session).await,
            Self::Run(command) => command.run().await,
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
