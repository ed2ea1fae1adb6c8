//! Usage, statements and the ledger.

use hansa_model::charge::{ProviderStatement, Statement, TrialBalance};
use hansa_model::cost::{CostFormat, Costs};
use hansa_model::id::{ParticipantId, ServiceId, TenantId};
use hansa_model::money::Currency;
use hansa_model::price::Meter;
use hansa_model::usage::Usage;
use reqwest::Method;
use serde::Serialize;

use crate::client::Client;
use crate::error::ClientError;

/// Which usage to list.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UsageFilter {
    /// That of this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<ServiceId>,
    /// That of this meter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter: Option<Meter>,
}

/// Which statement is wanted.
#[derive(Debug, Clone, Default, Serialize)]
pub struct StatementFilter {
    /// The buyer's tenant; the caller's only one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// The provider, for provider statements; the caller when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ParticipantId>,
    /// The month, like `2026-11`; the present one when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// The currency; euros when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

#[derive(Serialize)]
struct CostExport<'a> {
    #[serde(flatten)]
    filter: &'a StatementFilter,
    format: CostFormat,
}

impl Client {
    /// Usage records, the newest first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn usage(&self, filter: &UsageFilter) -> Result<Vec<Usage>, ClientError> {
        self.all("/v1/usage", filter).await
    }

    /// What a tenant owes for a month.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn statement(&self, filter: &StatementFilter) -> Result<Statement, ClientError> {
        self.get_by("/v1/statements", filter).await
    }

    /// What a provider is due for a month.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn provider_statement(&self, filter: &StatementFilter) -> Result<ProviderStatement, ClientError> {
        self.get_by("/v1/provider-statements", filter).await
    }

    /// What a tenant spends in a month, and what the month will come to.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn costs(&self, filter: &StatementFilter) -> Result<Costs, ClientError> {
        self.get_by("/v1/costs", filter).await
    }

    /// What a tenant owes for a month, as comma-separated values.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn export_costs(&self, filter: &StatementFilter, format: CostFormat) -> Result<String, ClientError> {
        let wanted = CostExport { filter, format };
        self.call(Method::GET, "/v1/costs/export").query(&wanted).send_text().await
    }

    /// The sum of every account.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn trial_balance(&self) -> Result<TrialBalance, ClientError> {
        self.get("/v1/ledger/trial-balance").await
    }
}
