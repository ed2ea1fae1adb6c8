//! What is spent: day by day, by project, and what a month will come to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ParticipantId, ProjectId, ServiceId, TenantId};
use crate::money::{Currency, Money};
use crate::name::Name;
use crate::time::Timestamp;

/// What a tenant spends in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Costs {
    /// The buyer's tenant.
    pub tenant: TenantId,
    /// The first instant of the month.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The currency; what is paid in others is left out.
    pub currency: Currency,
    /// What is charged so far, exactly.
    pub charged: Money,
    /// What the services that run now will cost until the month's end, at their expected prices.
    pub expected: Money,
    /// What the month will come to: `charged` and `expected`.
    pub forecast: Money,
    /// The projects, by name.
    pub projects: Vec<ProjectCost>,
    /// What was charged each day for each service, in the order of the days.
    pub days: Vec<DayCost>,
}

/// What one project spends in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProjectCost {
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub name: Name,
    /// What is charged so far, exactly.
    pub charged: Money,
    /// What its services that run now will cost until the month's end.
    pub expected: Money,
    /// What the month will come to.
    pub forecast: Money,
    /// What its services may cost in a month at most; no limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<Money>,
    /// The alerts of this month, the first one first.
    pub alerts: Vec<BudgetAlert>,
}

/// What was charged for one service for one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DayCost {
    /// The first instant of the day, in UTC.
    pub day: Timestamp,
    /// The service.
    pub service: ServiceId,
    /// The component of the application.
    pub name: Name,
    /// The project that pays.
    pub project: ProjectId,
    /// Who delivers.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// What is charged, exactly.
    pub amount: Money,
}

/// What an alert looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AlertBasis {
    /// What is charged so far.
    Charged,
    /// What the month will come to.
    Forecast,
}

/// A share of a project's budget was reached. Each share is told once a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BudgetAlert {
    /// What was looked at.
    pub basis: AlertBasis,
    /// The share of the budget, in percent.
    pub percent: u16,
    /// What it was then.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

/// The form of an export of costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CostFormat {
    /// The lines of the statement as comma-separated values (RFC 4180).
    #[default]
    Csv,
    /// The dataset Cost and Usage of FOCUS 1.4, as comma-separated values.
    Focus,
}
