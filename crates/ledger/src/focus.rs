//! Costs in the form of FOCUS 1.4, dataset Cost and Usage: one row for each day, service and price component, exact,
//! and one for what rounding a statement's line to cents added. So the rows add up to the statement.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::charge::{Statement, StatementLine};
use hansa_model::id::{ProjectId, ServiceId};
use hansa_model::kind::KindId;
use hansa_model::money::{Money, MoneyError};
use hansa_model::name::Name;
use hansa_model::time::Timestamp;

use crate::statement::ChargeSum;

/// The columns, in the order of their values. Those that begin with `x_` are ours.
pub const COLUMNS: [&str; 34] = [
    "BilledCost",
    "EffectiveCost",
    "ListCost",
    "ContractedCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "HostProviderName",
    "InvoiceIssuerName",
    "ServiceProviderName",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceSubcategory",
    "ServiceName",
    "SkuId",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
];

/// One row, in the order of [`COLUMNS`]; what is unknown is empty.
pub type Row = [String; COLUMNS.len()];

/// The billing account, and who sends it the invoice.
#[derive(Debug, Clone)]
pub struct Account {
    /// The tenant's name.
    pub name: String,
    /// Who sends the invoice: the operator of the exchange.
    pub issuer: String,
}

/// What is known of a service beyond its charges.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// What it is.
    pub kind: KindId,
    /// The registered name of its provider.
    pub provider: String,
    /// The country of its site: `DE`.
    pub country: String,
    /// The city of its site.
    pub city: String,
    /// The offer and its version: `off_…/3`.
    pub offer: String,
    /// How people name the offer: `provider/site/sku`.
    pub offer_key: String,
    /// The price components that are charged by what is measured, not by time.
    pub metered: BTreeSet<String>,
}

/// The rows of a statement. `days` are the charges that its lines are the sums of, a day each.
///
/// # Errors
/// [`MoneyError`].
pub fn rows(
    statement: &Statement,
    days: &[ChargeSum],
    account: &Account,
    delivered: &BTreeMap<ServiceId, Delivered>,
    projects: &BTreeMap<ProjectId, String>,
) -> Result<Vec<Row>, MoneyError> {
    let common = Common { statement, account, delivered, projects };
    let mut rows = Vec::with_capacity(days.len() + statement.lines.len());
    for day in days {
        rows.push(common.usage(day));
    }
    for line in &statement.lines {
        let difference = line.amount.checked_sub(line.exact)?;
        if !difference.is_zero() {
            rows.push(common.rounding(line, difference));
        }
    }
    Ok(rows)
}

struct Common<'a> {
    statement: &'a Statement,
    account: &'a Account,
    delivered: &'a BTreeMap<ServiceId, Delivered>,
    projects: &'a BTreeMap<ProjectId, String>,
}

/// What differs between the rows.
struct Charge<'a> {
    cost: Money,
    period: (Timestamp, Timestamp),
    category: &'static str,
    frequency: &'static str,
    description: String,
    pricing: [String; 3],
    service: ServiceId,
    name: &'a Name,
    component: &'a str,
    project: ProjectId,
}

impl Common<'_> {
    fn usage(&self, day: &ChargeSum) -> Row {
        let is_once = day.start == day.end;
        let known = self.delivered.get(&day.delivery.service);
        let (quantity, unit) = if is_once {
            ("1".to_owned(), "Units".to_owned())
        } else if known.is_some_and(|known| known.metered.contains(&day.component)) {
            // What was measured is not kept with the charge.
            Default::default()
        } else {
            (hours(day.seconds), "Hours".to_owned())
        };
        self.row(Charge {
            cost: day.amount,
            period: (day.start, day.end),
            category: if is_once { "Purchase" } else { "Usage" },
            frequency: if is_once { "One-Time" } else { "Usage-Based" },
            description: format!("{} of {}", day.component, day.delivery.name),
            pricing: ["Standard".to_owned(), quantity, unit],
            service: day.delivery.service,
            name: &day.delivery.name,
            component: &day.component,
            project: day.delivery.project,
        })
    }

    fn rounding(&self, line: &StatementLine, difference: Money) -> Row {
        self.row(Charge {
            cost: difference,
            period: (self.statement.start, self.statement.end),
            category: "Adjustment",
            frequency: "One-Time",
            description: format!("{} of {}: rounded to cents", line.component, line.name),
            pricing: Default::default(),
            service: line.service,
            name: &line.name,
            component: &line.component,
            project: line.project,
        })
    }

    fn row(&self, charge: Charge<'_>) -> Row {
        let known = self.delivered.get(&charge.service);
        let of = |read: fn(&Delivered) -> &String| known.map(read).cloned().unwrap_or_default();
        let (category, subcategory) = known.map_or(("Other", "Other (Other)"), |known| service_category(known.kind));
        let kind = known.map(|known| known.kind.to_string()).unwrap_or_default();
        let cost = charge.cost.decimal();
        let [pricing_category, quantity, unit] = charge.pricing;
        [
            cost.clone(),
            cost.clone(),
            cost.clone(),
            cost,
            self.statement.tenant.to_string(),
            self.account.name.clone(),
            "Tenant".to_owned(),
            self.statement.currency.code().to_owned(),
            instant(self.statement.start),
            instant(self.statement.end),
            instant(charge.period.0),
            instant(charge.period.1),
            charge.category.to_owned(),
            String::new(),
            charge.description,
            charge.frequency.to_owned(),
            of(|known| &known.provider),
            self.account.issuer.clone(),
            of(|known| &known.provider),
            pricing_category,
            quantity,
            unit,
            of(|known| &known.country),
            of(|known| &known.city),
            charge.service.to_string(),
            charge.name.to_string(),
            kind.clone(),
            category.to_owned(),
            subcategory.to_owned(),
            kind,
            of(|known| &known.offer_key),
            known.map(|known| format!("{}/{}", known.offer, charge.component)).unwrap_or_default(),
            charge.project.to_string(),
            self.projects.get(&charge.project).cloned().unwrap_or_default(),
        ]
    }
}

/// FOCUS writes instants to the second.
fn instant(at: Timestamp) -> String {
    at.floor_second().to_string()
}

/// Seconds as hours, with at most four places.
fn hours(seconds: i64) -> String {
    let parts = seconds * 10_000 / 3_600;
    let text = format!("{}.{:04}", parts / 10_000, parts % 10_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const fn service_category(kind: KindId) -> (&'static str, &'static str) {
    match kind {
        KindId::ComputeInstance => ("Compute", "Virtual Machines"),
        KindId::DatabasePostgresql | KindId::DatabaseMariadb => ("Databases", "Relational Databases"),
    }
}

#[cfg(test)]
mod tests;
