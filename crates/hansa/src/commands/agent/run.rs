//! Running an agent.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use hansa_agent::config::AgentConfig;
use hansa_agent::{Directory, Http};
use hansa_client::{AgentKey, Client, Credentials};

use super::drivers;
use crate::logs::{self, LogFormat};
use crate::stop;

/// Run an agent.
#[derive(Debug, Args)]
#[command(
    after_help = "It only makes outbound connections, and may be stopped or killed at any point: services run on.

Examples:
  hansa agent run --config agent.yaml
  hansa agent run --config /etc/hansa/agent.yaml --log json"
)]
pub(crate) struct Run {
    /// The configuration, in YAML
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Form of the log
    #[arg(long, value_enum, default_value_t)]
    log: LogFormat,
}

impl Run {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        logs::start(self.log, "info");
        let config = AgentConfig::load(&self.config)?;
        let key = AgentKey::load(&hansa_agent::key_file(&config.state))
            .context("the agent has not enrolled: run `hansa agent enrol` first")?;
        let mut placements = Vec::with_capacity(config.drivers.len());
        for driver in &config.drivers {
            placements.push(drivers::open(driver).await?);
        }
        let storage = Directory::open(&config.state).await?;
        let link = Http::new(Client::new(&config.exchange, Credentials::Agent(key))?);
        let mut agent = hansa_agent::Agent::open(config.options(), placements, link, storage).await?;
        if let Some(address) = config.metrics {
            let listener = tokio::net::TcpListener::bind(address).await;
            agent = agent.serve_metrics(listener.with_context(|| format!("{address} can't be listened on"))?);
        }
        let handle = agent.handle();
        tokio::spawn(async move {
            stop::asked().await;
            handle.shutdown();
        });
        tracing::info!(exchange = config.exchange, drivers = config.drivers.len(), "the agent runs");
        Ok(agent.run().await?)
    }
}
