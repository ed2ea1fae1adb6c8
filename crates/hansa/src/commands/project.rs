//! Projects.

use std::collections::BTreeSet;

use clap::{Args, Subcommand};
use hansa_model::id::TenantId;
use hansa_model::money::Money;
use hansa_model::name::Name;
use hansa_model::participant::{NewProject, ProjectLimits, default_alerts};

use crate::resolve;
use crate::session::Session;

/// Projects.
#[derive(Debug, Subcommand)]
pub(crate) enum Project {
    /// List projects
    List(List),
    /// Show a project
    Show(Show),
    /// Make a project
    Create(Create),
    /// Give a project other limits; what is not named is taken away
    Limits(Limits),
}

/// List projects.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa project list
  hansa project list -o name")]
pub(crate) struct List;

/// Show a project.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa project show web-shop
  hansa project show prj_01h455vb4pex5vsknk084sn02q -o yaml")]
pub(crate) struct Show {
    /// Identifier or name
    name: String,
}

/// Make a project.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa project create web-shop
  hansa project create archive --budget '450 EUR' --approval-above '100 EUR'")]
pub(crate) struct Create {
    /// Name, unique within the tenant
    name: Name,
    /// What its services may cost in a month at most
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    budget: Option<Money>,
    /// Orders above this amount in a month wait for somebody's approval
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    approval_above: Option<Money>,
    /// Share of the budget, in percent, whose being reached is told; repeatable [default: 80 and 100]
    #[arg(long = "alert", value_name = "PERCENT")]
    alerts: Vec<u16>,
    /// The tenant; your only one by default
    #[arg(long)]
    tenant: Option<TenantId>,
}

/// Give a project other limits.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa project limits web-shop --budget '450 EUR'
  hansa project limits web-shop --budget '450 EUR' --alert 50 --alert 90
  hansa project limits web-shop --approval-above '0 EUR' -o json")]
pub(crate) struct Limits {
    /// Identifier or name
    name: String,
    /// What its services may cost in a month at most
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    budget: Option<Money>,
    /// Orders above this amount in a month wait for somebody's approval
    #[arg(long, value_name = "AMOUNT", value_parser = str::parse::<Money>)]
    approval_above: Option<Money>,
    /// Share of the budget, in percent, whose being reached is told; repeatable [default: 80 and 100]
    #[arg(long = "alert", value_name = "PERCENT")]
    alerts: Vec<u16>,
}

/// The shares that were named; those of everybody when none were.
fn or_default(alerts: Vec<u16>) -> BTreeSet<u16> {
    if alerts.is_empty() { default_alerts() } else { alerts.into_iter().collect() }
}

impl Project {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let output = session.output;
        match self {
            Self::List(List) => output.list(&client.projects().await?),
            Self::Show(Show { name }) => output.one(&resolve::project(&client, &name).await?),
            Self::Create(Create { name, budget, approval_above, alerts, tenant }) => {
                let new = NewProject { tenant, name, budget, approval_above, alerts: or_default(alerts) };
                output.one(&client.create_project(&new).await?)
            }
            Self::Limits(Limits { name, budget, approval_above, alerts }) => {
                let id = resolve::project(&client, &name).await?.id;
                let limits = ProjectLimits { budget, approval_above, alerts: or_default(alerts) };
                output.one(&client.set_project_limits(id, &limits).await?)
            }
        }
    }
}
