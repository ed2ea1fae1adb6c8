//! Agents.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Watch, Yes};
use crate::logs::{self, LogFormat};
use crate::session::Session;
use crate::{prompt, resolve, station};

/// Agents.
#[derive(Debug, Subcommand)]
pub(super) enum Agent {
    /// List agents
    List(List),
    /// Show an agent
    Show(Show),
    /// Take an agent's right to speak away
    Revoke(Revoke),
    /// Make this machine an agent, with a one-time token
    Enrol(Enrol),
    /// Run the agent of this machine
    Run(Run),
}

/// Enrol an agent.
#[derive(Debug, Args)]
#[command(after_help = "The token comes from `hansa enrolment create NAME`. The agent's key is made here and stays here.

Examples:
  hansa agent enrol --exchange https://exchange.example --state /var/lib/hansa-agent TOKEN
  hansa agent enrol --exchange http://127.0.0.1:7443 --state ./agent TOKEN")]
pub(super) struct Enrol {
    /// One-time token
    #[arg(value_name = "ENROLMENT")]
    enrolment: String,
    /// Directory of the agent's key and journal
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
}

/// Run an agent.
#[derive(Debug, Args)]
#[command(after_help = "The file names the exchange, the state directory and the drivers with their options.

Examples:
  hansa agent run --config /etc/hansa/agent.yaml
  HANSA_LOG=debug hansa agent run --config agent.yaml --log json")]
pub(super) struct Run {
    /// Configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Form of the log on stderr
    #[arg(long, value_enum, default_value_t)]
    log: LogFormat,
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
            Self::Enrol(Enrol { enrolment, state }) => {
                let exchange = session.client()?.address().to_owned();
                let agent = hansa_agent::enrol(&state, &exchange, &enrolment).await?;
                session.output.one(&agent)
            }
            Self::Run(Run { config, log }) => {
                logs::start(log, "info");
                station::run(&config).await
            }
        }
    }
}
