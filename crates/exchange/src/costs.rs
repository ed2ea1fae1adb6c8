//! Costs: what is spent day by day, what a month will come to, and both for other programs to read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use hansa_ledger::focus::{self, Account, Delivered};
use hansa_ledger::forecast;
use hansa_ledger::rating;
use hansa_ledger::statement::ChargeSum;
use hansa_ledger::zone::Month;
use hansa_model::charge::Statement;
use hansa_model::cost::{CostFormat, Costs, DayCost, ProjectCost};
use hansa_model::id::{ProjectId, ServiceId, TenantId};
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money};
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_store::cost::{self, Spenders};
use hansa_store::ledger::{self, Each, Party};
use hansa_store::{Tx, participant, service, site, tenant};

use crate::metering::internal;
use crate::principal::Principal;
use crate::{Error, Exchange, Result, statements};

const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// What a tenant spends in a month.
///
/// # Errors
/// [`Error::NotFound`] for a foreign tenant.
pub async fn of_tenant(
    tx: &mut Tx,
    exchange: &Exchange,
    principal: &Principal,
    tenant: TenantId,
    month: Month,
    currency: Currency,
) -> Result<Costs> {
    statements::own_tenant(principal, tenant)?;
    let now = exchange.now();
    let alerts = cost::alerts(tx, tenant, month.start()).await?;
    let mut totals = Totals::new(currency);
    let mut projects = Vec::new();
    for spent in cost::spending(tx, Spenders::Tenant(tenant, currency), month.start(), month.end()).await? {
        let expected = forecast::rest(spent.monthly, &month, now).map_err(internal)?;
        totals.add(spent.charged, expected)?;
        projects.push(ProjectCost {
            project: spent.project,
            name: spent.name,
            charged: spent.charged,
            expected,
            forecast: spent.charged.checked_add(expected).map_err(internal)?,
            budget: spent.budget,
            alerts: alerts.iter().filter(|(of, _)| *of == spent.project).map(|(_, alert)| alert.clone()).collect(),
        });
    }
    Ok(Costs {
        tenant,
        start: month.start(),
        end: month.end(),
        currency,
        charged: totals.charged,
        expected: totals.expected,
        forecast: totals.charged.checked_add(totals.expected).map_err(internal)?,
        projects,
        days: days(daily(tx, tenant, month, currency).await?)?,
    })
}

struct Totals {
    charged: Money,
    expected: Money,
}

impl Totals {
    const fn new(currency: Currency) -> Self {
        Self { charged: Money::zero(currency), expected: Money::zero(currency) }
    }

    fn add(&mut self, charged: Money, expected: Money) -> Result<()> {
        self.charged = self.charged.checked_add(charged).map_err(internal)?;
        self.expected = self.expected.checked_add(expected).map_err(internal)?;
        Ok(())
    }
}

async fn daily(tx: &mut Tx, tenant: TenantId, month: Month, currency: Currency) -> Result<Vec<ChargeSum>> {
    let rows = ledger::charges(tx, Party::Tenant(tenant), currency, Each::Day, month.start(), month.end()).await?;
    Ok(statements::sums(rows))
}

/// The price components of each service and day in one.
fn days(sums: Vec<ChargeSum>) -> Result<Vec<DayCost>> {
    let mut days: Vec<DayCost> = Vec::new();
    for sum in sums {
        let day = Timestamp::from_micros(sum.start.micros().div_euclid(MICROS_PER_DAY) * MICROS_PER_DAY);
        let delivery = sum.delivery;
        match days.last_mut().filter(|last| last.day == day && last.service == delivery.service) {
            Some(last) => last.amount = last.amount.checked_add(sum.amount).map_err(internal)?,
            None => days.push(DayCost {
                day,
                service: delivery.service,
                name: delivery.name,
                project: delivery.project,
                provider: delivery.provider,
                provider_name: delivery.provider_name,
                amount: sum.amount,
            }),
        }
    }
    Ok(days)
}

/// What a tenant owes for a month, as a table for other programs: its heads, then its rows.
///
/// # Errors
/// [`Error::NotFound`] for a foreign tenant.
pub async fn export(
    tx: &mut Tx,
    principal: &Principal,
    tenant: TenantId,
    month: Month,
    currency: Currency,
    format: CostFormat,
) -> Result<Vec<Vec<String>>> {
    let statement = statements::of_tenant(tx, principal, tenant, month, currency).await?;
    let projects = project_names(tx, tenant).await?;
    match format {
        CostFormat::Csv => Ok(lines(&statement, &projects)),
        CostFormat::Focus => {
            let days = daily(tx, tenant, month, currency).await?;
            let account = account(tx, tenant).await?;
            let delivered = delivered(tx, &days).await?;
            let rows = focus::rows(&statement, &days, &account, &delivered, &projects).map_err(internal)?;
            let heads = focus::COLUMNS.map(str::to_owned).to_vec();
            Ok(std::iter::once(heads).chain(rows.into_iter().map(Vec::from)).collect())
        }
    }
}

const HEADS: [&str; 16] = [
    "start",
    "end",
    "project",
    "component",
    "service",
    "provider",
    "price",
    "seconds",
    "exact",
    "amount",
    "currency",
    "final",
    "meter",
    "measured",
    "priced",
    "unit",
];

fn lines(statement: &Statement, projects: &BTreeMap<ProjectId, String>) -> Vec<Vec<String>> {
    let rows = statement.lines.iter().map(|line| {
        let measured = |write: fn(Measured) -> String| line.measured.map(write).unwrap_or_default();
        vec![
            line.start.to_string(),
            line.end.to_string(),
            projects.get(&line.project).cloned().unwrap_or_default(),
            line.name.to_string(),
            line.service.to_string(),
            line.provider_name.to_string(),
            line.component.clone(),
            line.seconds.to_string(),
            line.exact.decimal(),
            line.amount.decimal(),
            statement.currency.code().to_owned(),
            statement.closed.to_string(),
            measured(|measured| measured.meter.to_string()),
            measured(|measured| measured.quantity.to_string()),
            measured(Measured::priced),
            measured(|measured| measured.meter.priced_unit().to_string()),
        ]
    });
    std::iter::once(HEADS.map(str::to_owned).to_vec()).chain(rows).collect()
}

async fn project_names(tx: &mut Tx, of: TenantId) -> Result<BTreeMap<ProjectId, String>> {
    let owner = tenant::find(tx, of).await?.ok_or_else(|| Error::not_found("tenant", of))?;
    let projects = tenant::projects_of_participant(tx, owner.participant).await?;
    Ok(projects.into_iter().map(|project| (project.id, project.name.to_string())).collect())
}

/// Who pays, and who sends the invoice: the operator.
async fn account(tx: &mut Tx, of: TenantId) -> Result<Account> {
    let owner = tenant::find(tx, of).await?.ok_or_else(|| Error::not_found("tenant", of))?;
    let issuer = match participant::operator(tx).await? {
        Some(id) => participant::find(tx, id).await?.map(|found| found.legal_name).unwrap_or_default(),
        None => String::new(),
    };
    Ok(Account { name: owner.name.to_string(), issuer })
}

async fn delivered(tx: &mut Tx, days: &[ChargeSum]) -> Result<BTreeMap<ServiceId, Delivered>> {
    let ids: BTreeSet<ServiceId> = days.iter().map(|day| day.delivery.service).collect();
    let ids: Vec<ServiceId> = ids.into_iter().collect();
    let (mut providers, mut sites) = (BTreeMap::new(), BTreeMap::new());
    let mut delivered = BTreeMap::new();
    for some in ids.chunks(hansa_store::db::AT_ONCE) {
        for record in service::get_many(tx, some).await? {
            let service = record.service;
            if let Entry::Vacant(place) = providers.entry(service.provider) {
                let found = participant::find(tx, service.provider).await?;
                place.insert(found.map_or_else(|| service.provider_name.to_string(), |found| found.legal_name));
            }
            if let Entry::Vacant(place) = sites.entry(service.site) {
                let found = site::find(tx, service.site).await?;
                place.insert(found.map(|site| (site.country.to_string(), site.city)));
            }
            let (country, city) = sites.get(&service.site).cloned().flatten().unwrap_or_default();
            let parts = record.price.components.iter();
            let meters = parts.filter_map(|part| Some((part.name.clone(), rating::feeds(&part.price)?)));
            let known = Delivered {
                kind: service.kind,
                provider: providers.get(&service.provider).cloned().unwrap_or_default(),
                country,
                city,
                offer: format!("{}/{}", service.offer, service.offer_version),
                offer_key: service.offer_key,
                site: service.site_name.to_string(),
                meters: meters.collect(),
            };
            delivered.insert(service.id, known);
        }
    }
    Ok(delivered)
}
