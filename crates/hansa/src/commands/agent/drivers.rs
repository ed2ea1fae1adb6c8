//! The drivers that an agent's configuration can name.

use std::sync::Arc;

use anyhow::Context as _;
use hansa_agent::Placement;
use hansa_agent::config::DriverConfig;
use hansa_agent::driver::Driver;
use hansa_driver_mariadb::MariaDbDriver;
use hansa_driver_postgres::PostgresDriver;
use hansa_driver_qemu::QemuDriver;
use hansa_driver_simulated::Simulated;
use hansa_model::time::Clock;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::wording::{self, Wording};

/// Opens a driver as it is configured.
pub(super) async fn open(config: &DriverConfig) -> anyhow::Result<Placement> {
    let driver = named(config).await.with_context(|| format!("the driver {} at {}", config.kind, config.site))?;
    Ok(Placement { site: config.site.clone(), driver })
}

async fn named(config: &DriverConfig) -> anyhow::Result<Arc<dyn Driver>> {
    let clock = Clock::System;
    Ok(match config.kind.as_str() {
        "simulated" => Arc::new(Simulated::open(options(config)?, clock)?),
        "qemu" => Arc::new(QemuDriver::new(options(config)?)?),
        "postgres" => Arc::new(PostgresDriver::start(options(config)?, clock).await?),
        "mariadb" => Arc::new(MariaDbDriver::start(options(config)?, clock).await?),
        other => {
            let failure = Failure::usage(format!("there is no driver `{other}`"));
            return Err(failure.hint("drivers are qemu, postgres, mariadb and simulated").into());
        }
    })
}

fn options<T: DeserializeOwned>(config: &DriverConfig) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(config.options.clone())).map_err(|error| {
        let Wording { message, hint } = wording::of(&error.to_string());
        Failure { hint, ..Failure::new(Exit::Failure, "invalid-input", message) }
    })
}
