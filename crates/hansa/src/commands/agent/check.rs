//! Trying an agent's configuration out, before it sells anything.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use hansa_agent::Directory;
use hansa_agent::config::{AgentConfig, DriverConfig};
use hansa_agent::driver::Description;
use hansa_model::kind::Resource;
use serde::Serialize;

use super::drivers;
use crate::failure::{Exit, Failure};
use crate::output::Shown;
use crate::render::words;
use crate::session::Session;

/// Try an agent's configuration out.
#[derive(Debug, Args)]
#[command(
    after_help = "Every driver is opened as the agent would, and asked what it can deliver. Nothing is made or removed, but
servers that drivers keep themselves are started. It can't be done while the agent runs.

Examples:
  hansa agent check --config agent.yaml
  hansa agent check --config /var/lib/hansa/agent.yaml -o json"
)]
pub(crate) struct Check {
    /// The configuration, in YAML
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// What came of one driver.
#[derive(Debug, Serialize)]
struct Tried {
    site: String,
    driver: String,
    /// What it delivers, of what, from which images.
    delivers: Option<String>,
    /// In base units: thousandths of processors, bytes, services.
    capacity: BTreeMap<Resource, i64>,
    images: Vec<String>,
    /// Why it does not.
    fault: Option<String>,
}

impl Shown for Tried {
    const COLUMNS: &'static [&'static str] = &["site", "driver", "delivers", "capacity", "images", "state"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.site.clone(),
            self.driver.clone(),
            self.delivers.clone().unwrap_or_default(),
            self.capacity.iter().map(|(of, amount)| words::amount(*of, *amount)).collect::<Vec<_>>().join("\n"),
            self.images.join("\n"),
            self.fault.clone().unwrap_or_else(|| "ready".to_owned()),
        ]
    }

    fn name(&self) -> String {
        format!("{}={}", self.site, self.driver)
    }
}

impl Check {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let config = AgentConfig::load(&self.config)?;
        // Held while drivers are open, since they must not be opened twice.
        let _alone = Directory::open(&config.state).await?;
        let mut tried = Vec::with_capacity(config.drivers.len());
        for driver in &config.drivers {
            tried.push(Tried::of(driver).await);
        }
        session.output.list(&tried)?;
        let faulty = tried.iter().filter(|one| one.fault.is_some()).count();
        if faulty == 0 {
            return Ok(());
        }
        let failure = Failure::new(Exit::Impossible, "not-ready", format!("{faulty} of {} can't deliver", tried.len()));
        Err(failure.hint("mend what is named above, then check again").into())
    }
}

impl Tried {
    async fn of(config: &DriverConfig) -> Self {
        let mut tried = Self {
            site: config.site.to_string(),
            driver: config.kind.clone(),
            delivers: None,
            capacity: BTreeMap::new(),
            images: vec![],
            fault: None,
        };
        let described = match drivers::open(config).await {
            Ok(placement) => placement.driver.describe().await.map_err(anyhow::Error::from),
            Err(error) => Err(error),
        };
        match described {
            Ok(description) => tried.take(description),
            Err(error) => tried.fault = Some(format!("{error:#}")),
        }
        tried
    }

    fn take(&mut self, description: Description) {
        let note = if description.simulated { " (simulated)" } else { "" };
        self.delivers = Some(format!("{}{note}", description.kind));
        self.capacity = description.capacity;
        self.images = description.images.into_keys().collect();
        if self.images.is_empty() && description.driver == "qemu" {
            self.fault = Some("there is no image to start machines from: `hansa image build` makes one".to_owned());
        }
    }
}
