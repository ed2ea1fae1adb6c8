//! Costs in the form of FOCUS 1.4, dataset Cost and Usage: one row for each day, service and price component, exact,
//! and one for what rounding a statement's line to cents added. So the rows add up to the statement.

use std::collections::BTreeMap;

use hansa_model::charge::{Statement, StatementLine};
use hansa_model::id::{ProjectId, ServiceId};
use hansa_model::kind::KindId;
use hansa_model::measured::{Measured, PricedUnit};
use hansa_model::money::{Money, MoneyError};
use hansa_model::name::Name;
use hansa_model::price::Meter;
use hansa_model::time::Timestamp;

use crate::statement::ChargeSum;

/// The columns, in the order of their values. Those about invoices are there and empty: a statement is none.
pub const COLUMNS: [&str; 41] = [
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
    "ConsumedQuantity",
    "ConsumedUnit",
    "HostProviderName",
    "InvoiceDetailId",
    "InvoiceId",
    "InvoiceIssuerName",
    "ServiceProviderName",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "AvailabilityZone",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceSubcategory",
    "ServiceName",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
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
    /// The name of its site.
    pub site: String,
    /// The offer and its version: `off_…/3`.
    pub offer: String,
    /// How people name the offer: `provider/site/sku`.
    pub offer_key: String,
    /// The meter that each price component goes by; without those that are due once.
    pub meters: BTreeMap<String, Meter>,
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
    pricing: Pricing,
    service: ServiceId,
    name: &'a Name,
    component: &'a str,
    project: ProjectId,
}

const STANDARD: &str = "Standard";

/// How much was used, and how much of it is priced; nothing for what rounding added.
#[derive(Default)]
struct Pricing {
    category: &'static str,
    meter: Option<Meter>,
    consumed: String,
    consumed_unit: &'static str,
    priced: String,
    priced_unit: &'static str,
}

impl Pricing {
    fn once() -> Self {
        Self { category: STANDARD, priced: "1".to_owned(), priced_unit: "Units", ..Self::default() }
    }

    fn of(measured: Measured) -> Self {
        Self {
            category: STANDARD,
            meter: Some(measured.meter),
            consumed: measured.quantity.to_string(),
            consumed_unit: consumed_unit(measured.meter),
            priced: measured.priced(),
            priced_unit: priced_unit(measured.meter.priced_unit()),
        }
    }
}

impl Common<'_> {
    fn usage(&self, day: &ChargeSum) -> Row {
        let is_once = day.start == day.end;
        self.row(Charge {
            cost: day.amount,
            period: (day.start, day.end),
            category: if is_once { "Purchase" } else { "Usage" },
            frequency: if is_once { "One-Time" } else { "Usage-Based" },
            description: format!("{} of {}", day.component, day.delivery.name),
            pricing: if is_once { Pricing::once() } else { self.pricing(day) },
            service: day.delivery.service,
            name: &day.delivery.name,
            component: &day.component,
            project: day.delivery.project,
        })
    }

    /// How much was used and priced of what is charged over time.
    fn pricing(&self, day: &ChargeSum) -> Pricing {
        let meters = self.delivered.get(&day.delivery.service).map(|known| &known.meters);
        let meter = meters.and_then(|meters| meters.get(&day.component)).copied();
        // Of charges that were made before it was kept, time is known all the same: all of it is charged.
        let time = (meter == Some(Meter::TimeAllocated))
            .then_some(Measured { meter: Meter::TimeAllocated, quantity: day.seconds });
        match day.measured.or(time) {
            Some(measured) => Pricing::of(measured),
            None => Pricing { category: STANDARD, meter, ..Pricing::default() },
        }
    }

    fn rounding(&self, line: &StatementLine, difference: Money) -> Row {
        self.row(Charge {
            cost: difference,
            period: (self.statement.start, self.statement.end),
            category: "Adjustment",
            frequency: "One-Time",
            description: format!("{} of {}: rounded to cents", line.component, line.name),
            pricing: Pricing::default(),
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
        let Pricing { category: pricing_category, meter, consumed, consumed_unit, priced, priced_unit } =
            charge.pricing;
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
            consumed,
            consumed_unit.to_owned(),
            of(|known| &known.provider),
            String::new(),
            String::new(),
            self.account.issuer.clone(),
            of(|known| &known.provider),
            pricing_category.to_owned(),
            priced,
            priced_unit.to_owned(),
            of(|known| &known.site),
            of(|known| &known.country),
            of(|known| &known.city),
            charge.service.to_string(),
            charge.name.to_string(),
            kind.clone(),
            category.to_owned(),
            subcategory.to_owned(),
            kind,
            of(|known| &known.offer_key),
            meter.map(|meter| meter.name().to_owned()).unwrap_or_default(),
            String::new(),
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

/// The unit of what a meter counts, as FOCUS writes units.
const fn consumed_unit(meter: Meter) -> &'static str {
    match meter {
        Meter::TimeAllocated | Meter::TimeRunning => "Seconds",
        Meter::CpuTime => "Milliseconds",
        Meter::NetworkEgress | Meter::NetworkIngress => "B",
        Meter::StorageUsed => "B-Seconds",
    }
}

/// The unit of what is priced, as FOCUS writes units.
const fn priced_unit(unit: PricedUnit) -> &'static str {
    match unit {
        PricedUnit::Hours => "Hours",
        PricedUnit::Gigabytes => "GB",
        PricedUnit::GigabyteSeconds => "GB-Seconds",
    }
}

const fn service_category(kind: KindId) -> (&'static str, &'static str) {
    match kind {
        KindId::ComputeInstance => ("Compute", "Virtual Machines"),
        KindId::DatabasePostgresql | KindId::DatabaseMariadb => ("Databases", "Relational Databases"),
    }
}

#[cfg(test)]
mod tests;
