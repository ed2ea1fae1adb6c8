//! Statements.

use clap::{Args, Subcommand};
use hansa_client::StatementFilter;
use hansa_model::id::TenantId;
use hansa_model::money::Currency;

use crate::input;
use crate::render::{statements, words};
use crate::session::Session;

/// Statements.
#[derive(Debug, Subcommand)]
pub(crate) enum Statement {
    /// Show what you owe, or with --provider what you are due, for a month
    Show(Show),
}

/// Show a statement.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hansa statement show
  hansa statement show --month 2026-11 -o json
  hansa statement show --provider")]
pub(crate) struct Show {
    /// The month; the present one by default
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// The tenant that owes; your only one by default
    #[arg(long, conflicts_with = "provider")]
    tenant: Option<TenantId>,
    /// Show what a provider is due: you, or the one that is named
    #[arg(long, value_name = "PROVIDER", num_args = 0..=1)]
    provider: Option<Option<String>>,
    /// The currency
    #[arg(long, value_parser = input::word::<Currency>)]
    currency: Option<Currency>,
}

impl Statement {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let Self::Show(Show { month, tenant, provider, currency }) = self;
        let client = session.client()?;
        let output = session.output;
        let mut filter = StatementFilter { tenant, provider: None, month, currency };
        match provider {
            None => {
                let own = client.whoami().await?.tenants;
                filter.tenant = filter.tenant.or_else(|| own.first().map(|tenant| tenant.id));
                let statement = client.statement(&filter).await?;
                let tenant = words::tenant(statement.tenant, &own);
                let names = || vec![statement.tenant.to_string()];
                output.document(&statement, || statements::buyer(&statement, &tenant, output.paint()), names)
            }
            Some(name) => {
                let provider = match name {
                    Some(name) => client.participant(&name).await?,
                    None => client.whoami().await?.participant,
                };
                filter.provider = Some(provider.id);
                let statement = client.provider_statement(&filter).await?;
                let people = || statements::provider(&statement, provider.name.as_str(), output.paint());
                output.document(&statement, people, || vec![statement.provider.to_string()])
            }
        }
    }
}
