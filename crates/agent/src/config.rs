//! The configuration file of an agent.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hansa_model::name::Name;
use hansa_model::quantity::{Quantity, Span};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::options::Options;

/// Why a configuration file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It can't be read.
    #[error("the configuration {0} can't be read")]
    Read(PathBuf, #[source] std::io::Error),
    /// It says something that is not understood.
    #[error("the configuration {path} is not understood: {reason}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        reason: String,
    },
    /// No driver is named.
    #[error("the configuration {0} names no driver: add one below `drivers`")]
    NoDriver(PathBuf),
}

/// The configuration of an agent, a YAML document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentConfig {
    /// The address of the exchange.
    pub exchange: String,
    /// The directory of the agent's key and journal.
    pub state: PathBuf,
    /// Where metrics are served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// How often it reports at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heartbeat: Option<Quantity<Span>>,
    /// How often it looks after services that are as they should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_every: Option<Quantity<Span>>,
    /// How often it closes intervals of usage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meter_every: Option<Quantity<Span>>,
    /// How many calls each driver gets at the same time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<usize>,
    /// Its drivers.
    pub drivers: Vec<DriverConfig>,
}

/// One driver at one site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriverConfig {
    /// The site's short name.
    pub site: Name,
    /// The driver: `qemu`, `postgres`, `mariadb`, `simulated`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The driver's own options.
    #[serde(flatten)]
    pub options: Map<String, Value>,
}

impl AgentConfig {
    /// Reads a configuration file. Relative paths are relative to the working directory.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Read(path.to_owned(), error))?;
        let format =
            |error: yaml_serde::Error| ConfigError::Format { path: path.to_owned(), reason: error.to_string() };
        let config: Self = yaml_serde::from_str(&text).map_err(format)?;
        if config.drivers.is_empty() {
            return Err(ConfigError::NoDriver(path.to_owned()));
        }
        Ok(config)
    }

    /// How the agent is to behave.
    #[must_use]
    pub fn options(&self) -> Options {
        let usual = Options::default();
        let or = |span: Option<Quantity<Span>>, usual: Duration| span.map_or(usual, duration);
        Options {
            heartbeat: or(self.heartbeat, usual.heartbeat),
            check_every: or(self.check_every, usual.check_every),
            meter_every: or(self.meter_every, usual.meter_every),
            concurrency: self.concurrency.unwrap_or(usual.concurrency),
            ..usual
        }
    }
}

/// A duration of at least a second; nothing here makes sense more often.
fn duration(span: Quantity<Span>) -> Duration {
    Duration::from_micros(u64::try_from(span.base()).unwrap_or_default()).max(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<AgentConfig, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("agent.yaml");
        std::fs::write(&path, text).unwrap();
        AgentConfig::load(&path)
    }

    #[test]
    fn a_file_says_where_what_and_how() {
        let config = load(
            "exchange: https://exchange.example\n\
             state: /var/lib/hansa-agent\n\
             metrics: 127.0.0.1:9464\n\
             meterEvery: 1 min\n\
             drivers:\n  \
             - {site: utrecht, type: simulated, kind: compute.instance, latencyMs: {min: 1, max: 2}}\n",
        );
        let config = config.unwrap();
        assert_eq!(config.options().meter_every, Duration::from_mins(1));
        assert_eq!(config.options().heartbeat, Options::default().heartbeat);
        let driver = &config.drivers[0];
        assert_eq!((driver.site.as_str(), driver.kind.as_str()), ("utrecht", "simulated"));
        assert_eq!(driver.options["latencyMs"]["max"], 2);
        assert!(!driver.options.contains_key("site"));
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = load("exchange: a\nstate: b\nheartbaet: 1s\ndrivers: []\n").unwrap_err().to_string();
        assert!(unknown.contains("heartbaet"), "{unknown}");
        assert!(matches!(load("exchange: a\nstate: b\ndrivers: []\n"), Err(ConfigError::NoDriver(_))));
    }
}
