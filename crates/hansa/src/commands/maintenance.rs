//! Maintenance windows.

use clap::{Args, Subcommand};
use hansa_client::MaintenanceFilter;
use hansa_model::id::MaintenanceId;
use hansa_model::maintenance::NewMaintenanceWindow;
use hansa_model::time::Timestamp;

use crate::resolve;
use crate::session::Session;

/// Maintenance windows.
#[derive(Debug, Subcommand)]
pub(crate) enum Maintenance {
    /// List when providers work on their sites
    List(List),
    /// Plan to work on a site; everybody with something running there is told
    Create(Create),
    /// Call a maintenance window off
    Cancel(Cancel),
}

/// List windows.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa maintenance list
  hansa maintenance list --site hamburg-1 --all -o json")]
pub(crate) struct List {
    /// Those of this site
    #[arg(long)]
    site: Option<String>,
    /// Also those that are over or were called off
    #[arg(long)]
    all: bool,
}

/// Plan a window.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa maintenance create hamburg-1 --start 2026-12-01T22:00:00Z --end 2026-12-02T02:00:00Z --reason 'New power supply: machines restart once'
  hansa maintenance create sit_01h455vb4pex5vsknk084sn02q --start 2026-12-01T22:00:00Z --end 2026-12-01T23:00:00Z --reason 'New switch' -o name")]
pub(crate) struct Create {
    /// Identifier or name of the site
    site: String,
    /// When it begins
    #[arg(long, value_name = "TIME", value_parser = str::parse::<Timestamp>)]
    start: Timestamp,
    /// When it is over; at most seven days later
    #[arg(long, value_name = "TIME", value_parser = str::parse::<Timestamp>)]
    end: Timestamp,
    /// What is done, and what buyers will notice
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Call a window off.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa maintenance cancel mnt_01h455vb4pex5vsknk084sn02q
  hansa maintenance cancel mnt_01h455vb4pex5vsknk084sn02q -o json")]
pub(crate) struct Cancel {
    /// Its identifier
    #[arg(value_parser = str::parse::<MaintenanceId>)]
    window: MaintenanceId,
}

impl Maintenance {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        match self {
            Self::List(List { site, all }) => {
                let site = match site {
                    Some(site) => Some(resolve::site(&client, &site).await?.id),
                    None => None,
                };
                let wanted = MaintenanceFilter { site, provider: None, all };
                session.output.list(&client.maintenance(&wanted).await?)
            }
            Self::Create(Create { site, start, end, reason }) => {
                let site = resolve::site(&client, &site).await?.id;
                let window = NewMaintenanceWindow { start, end, reason };
                session.output.one(&client.plan_maintenance(site, &window).await?)
            }
            Self::Cancel(Cancel { window }) => {
                client.cancel_maintenance(window).await?;
                session.output.done("called off", &window.to_string())
            }
        }
    }
}
