//! Charges, ledger postings and statements.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::id::{ChargeId, EntryId, ParticipantId, ProjectId, ServiceId, TenantId};
use crate::measured::Measured;
use crate::money::{Currency, Money};
use crate::name::Name;
use crate::time::Timestamp;

/// Usage or a one-off term of one service, rated by its price plan, for one interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// Its identifier.
    pub id: ChargeId,
    /// The service.
    pub service: ServiceId,
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it; equal to `start` for one-off charges.
    pub end: Timestamp,
    /// What was rated; absent for one-off charges, and for those that were made before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// What the buyer pays.
    pub amount: Money,
    /// The part of it that the exchange keeps.
    pub commission: Money,
}

/// An account of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "account", rename_all = "lowercase")]
#[schema(as = LedgerAccount)]
pub enum Account {
    /// What a buyer owes.
    Receivable {
        /// The buyer's tenant.
        tenant: TenantId,
    },
    /// What a provider is due.
    Payable {
        /// The provider.
        provider: ParticipantId,
    },
    /// What the exchange keeps.
    Commission,
    /// What rounding to cents left over or took.
    Rounding,
}

/// One side of a ledger entry: positive is debit, negative is credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    /// The account.
    #[serde(flatten)]
    pub account: Account,
    /// The amount; over all postings of an entry the sum is nothing.
    pub amount: Money,
}

/// A balanced ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its identifier.
    pub id: EntryId,
    /// When it was made.
    pub at: Timestamp,
    /// The charge that it books, or the statement line that it rounds.
    pub reference: String,
    /// Its sides; their sum is nothing.
    pub postings: Vec<Posting>,
}

/// One line of a statement: one price component of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementLine {
    /// The service.
    pub service: ServiceId,
    /// The component of the application, for people.
    pub name: Name,
    /// The project that pays.
    pub project: ProjectId,
    /// Who delivers.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The seconds that are charged; 0 for one-off charges.
    pub seconds: i64,
    /// What was measured, over all of the line; absent for one-off charges, and where some of it was charged before
    /// it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// The exact sum of the charges.
    pub exact: Money,
    /// What the buyer pays, in whole cents.
    pub amount: Money,
    /// What the provider gets, in whole cents.
    pub payout: Money,
    /// What the exchange keeps, in whole cents: `amount` less `payout`.
    pub commission: Money,
}

/// What one provider gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderTotal {
    /// The provider.
    pub provider: ParticipantId,
    /// Its short name.
    pub name: Name,
    /// What it gets, in whole cents.
    pub payout: Money,
}

/// What a buyer owes for a period, and what becomes of it. To the cent: `total` is the sum of all payouts
/// and the commission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// The buyer's tenant.
    pub tenant: TenantId,
    /// The first instant of the period.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The currency.
    pub currency: Currency,
    /// Whether the period is closed and the statement final.
    pub closed: bool,
    /// The lines.
    pub lines: Vec<StatementLine>,
    /// What the buyer pays, in whole cents.
    pub total: Money,
    /// What each provider gets.
    pub providers: Vec<ProviderTotal>,
    /// What the exchange keeps, in whole cents.
    pub commission: Money,
    /// What rounding to cents added to the exact sum of the charges.
    pub rounding: Money,
}

/// One line of a provider's statement: one price component of one service that it delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PayoutLine {
    /// The service.
    pub service: ServiceId,
    /// The component of the application, for people.
    pub name: Name,
    /// The name of the site that it ran at, for people.
    pub site_name: Name,
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The seconds that are charged; 0 for one-off charges.
    pub seconds: i64,
    /// What was measured, over all of the line; absent for one-off charges, and where some of it was charged before
    /// it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// What the buyer pays, in whole cents.
    pub amount: Money,
    /// What the exchange keeps, in whole cents: `amount` less `payout`.
    pub commission: Money,
    /// What the provider gets, in whole cents.
    pub payout: Money,
}

/// What a provider is due for a period: the same cents as on the statements of its buyers, without what
/// is only theirs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProviderStatement {
    /// The provider.
    pub provider: ParticipantId,
    /// The first instant of the period.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The currency.
    pub currency: Currency,
    /// Whether the period is closed and the statement final.
    pub closed: bool,
    /// The lines.
    pub lines: Vec<PayoutLine>,
    /// What the buyers pay, in whole cents.
    pub amount: Money,
    /// What the exchange keeps of it, in whole cents.
    pub commission: Money,
    /// What the provider gets, in whole cents: `amount` less `commission`.
    pub payout: Money,
}

/// The sum of every account, which over all accounts is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrialBalance {
    /// The balance of each account.
    pub accounts: Vec<Posting>,
    /// The sum over all accounts, by currency; anything but nothing is a fault.
    pub total: Vec<Money>,
    /// The legal names of those whose accounts these are, by the identifier of the tenant or provider.
    #[serde(default)]
    pub holders: BTreeMap<String, String>,
}
