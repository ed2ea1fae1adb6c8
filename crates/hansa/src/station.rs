//! Puts an agent together: its drivers by the words of its configuration.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use hansa_agent::config::{AgentConfig, DriverConfig};
use hansa_agent::driver::Driver;
use hansa_agent::{Agent, Directory, Http, Placement, key_file};
use hansa_client::{AgentKey, Client, Credentials};
use hansa_driver_mariadb::MariaDbDriver;
use hansa_driver_postgres::PostgresDriver;
use hansa_driver_qemu::QemuDriver;
use hansa_driver_simulated::Simulated;
use hansa_model::time::Clock;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// The driver that a configuration names.
async fn driver(config: &DriverConfig) -> anyhow::Result<Arc<dyn Driver>> {
    let options = Value::Object(config.options.clone());
    Ok(match config.kind.as_str() {
        "qemu" => Arc::new(QemuDriver::new(serde_json::from_value(options)?)?),
        "postgres" => Arc::new(PostgresDriver::start(serde_json::from_value(options)?, Clock::System).await?),
        "mariadb" => Arc::new(MariaDbDriver::start(serde_json::from_value(options)?, Clock::System).await?),
        "simulated" => Arc::new(Simulated::open(serde_json::from_value(options)?, Clock::System)?),
        other => bail!("`{other}` is no driver: use qemu, postgres, mariadb or simulated"),
    })
}

/// Runs an agent until it is told to stop.
///
/// # Errors
/// When the configuration, a driver or the agent's state can't be used.
pub async fn run(path: &Path) -> anyhow::Result<()> {
    let config = AgentConfig::load(path)?;
    let mut placements = Vec::new();
    for named in &config.drivers {
        let driver = driver(named)
            .await
            .with_context(|| format!("the driver `{}` of {} can't be used", named.kind, named.site))?;
        placements.push(Placement { site: named.site.clone(), driver });
    }
    let key = AgentKey::load(&key_file(&config.state))
        .context("this agent has not enrolled: run `hansa agent enrol` first")?;
    let client = Client::new(&config.exchange, Credentials::Agent(key))?;
    let storage = Directory::open(&config.state).await?;
    let mut agent = Agent::open(config.options(), placements, Http::new(client), storage).await?;
    if let Some(address) = config.metrics {
        let listener = TcpListener::bind(address).await.with_context(|| format!("{address} can't be listened on"))?;
        agent = agent.serve_metrics(listener);
    }
    let handle = agent.handle();
    let mut terminated = signal(SignalKind::terminate())?;
    let running = agent.run();
    tokio::pin!(running);
    tokio::select! {
        ended = &mut running => return Ok(ended?),
        _ = terminated.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tracing::info!("ending; what runs is left alone");
    handle.shutdown();
    Ok(running.await?)
}
