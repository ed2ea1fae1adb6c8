//! Costs.

use clap::{Args, Subcommand};
use hansa_client::StatementFilter;
use hansa_ledger::cents;
use hansa_model::cost::CostFormat;
use hansa_model::id::TenantId;
use hansa_model::money::Currency;
use hansa_model::participant::Tenant;

use crate::input;
use crate::render::{costs, words};
use crate::session::Session;

/// Costs.
#[derive(Debug, Subcommand)]
pub(crate) enum Cost {
    /// Show what you spend in a month, by project, and what it will come to
    Show(Show),
    /// Write what you owe for a month as comma-separated values
    Export(Export),
}

/// Show costs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa cost show
  hansa cost show --month 2026-11 -o json")]
pub(crate) struct Show {
    #[command(flatten)]
    month: Month,
}

/// Export costs.
#[derive(Debug, Args)]
#[command(
    after_help = "With --format focus the table is the dataset Cost and Usage of FOCUS 1.4; its billed costs add up
to the statement.

Examples:
  hansa cost export > november.csv
  hansa cost export --month 2026-11 --format focus > focus.csv"
)]
pub(crate) struct Export {
    #[command(flatten)]
    month: Month,
    /// The form: csv or focus
    #[arg(long, value_name = "FORM", default_value = "csv", value_parser = input::word::<CostFormat>)]
    format: CostFormat,
}

/// Whose month.
#[derive(Debug, Args)]
struct Month {
    /// The month; the present one by default
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// The tenant that pays; your first one by default
    #[arg(long)]
    tenant: Option<TenantId>,
    /// The currency
    #[arg(long, value_parser = input::word::<Currency>)]
    currency: Option<Currency>,
}

impl Month {
    /// What is wanted, when these are the caller's own tenants.
    fn filter(self, own: &[Tenant]) -> StatementFilter {
        let tenant = self.tenant.or_else(|| own.first().map(|tenant| tenant.id));
        StatementFilter { tenant, provider: None, month: self.month, currency: self.currency }
    }
}

impl Cost {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let client = session.client()?;
        let output = session.output;
        let own = client.whoami().await?.tenants;
        match self {
            Self::Show(Show { month }) => {
                let costs = client.costs(&month.filter(&own)).await?;
                let tenant = words::tenant(costs.tenant, &own);
                let names = || vec![costs.tenant.to_string()];
                let shown = cents::of_costs(&costs)?;
                output.document(&costs, || costs::buyer(&shown, &tenant, output.paint()), names)
            }
            Self::Export(Export { month, format }) => {
                output.print(&client.export_costs(&month.filter(&own), format).await?)
            }
        }
    }
}
