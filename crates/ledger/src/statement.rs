//! Statements: what a buyer owes and a provider is due for a month, in whole cents.
//!
//! The amount and the payout of each line are rounded half to even to cents; the commission is what lies
//! between them. So every total is a sum of cents, the same on the buyer's and on the provider's statement.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use hansa_model::charge::{Charge, PayoutLine, ProviderStatement, ProviderTotal, Statement, StatementLine};
use hansa_model::id::{ParticipantId, ProjectId, ServiceId, TenantId};
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money, MoneyError};
use hansa_model::name::Name;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};

use crate::zone::Month;

/// Which month and currency a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The month.
    pub month: Month,
    /// The currency; a buyer who is charged in two gets two statements.
    pub currency: Currency,
    /// Whether the month is closed and the statement final.
    pub closed: bool,
}

/// For whom and by whom a service was delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delivery {
    /// The component of the application.
    pub name: Name,
    /// The service.
    pub service: ServiceId,
    /// The project that pays.
    pub project: ProjectId,
    /// Who delivered.
    pub provider: ParticipantId,
    /// The provider's short name.
    pub provider_name: Name,
    /// The name of the site.
    pub site_name: Name,
}

/// Charges for one price component of one service: a single charge, or the sum of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargeSum {
    /// Whose charges.
    pub delivery: Delivery,
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The sum of the lengths of the charged intervals.
    pub seconds: i64,
    /// The sum of what was measured; absent for one-off charges, and when it is not known of some of them.
    pub measured: Option<Measured>,
    /// The sum of the amounts.
    pub amount: Money,
    /// The sum of the commissions.
    pub commission: Money,
}

/// Why charges make no statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// A charge lies outside of the month.
    #[error("`{component}` of {service} is charged for time outside of {month}")]
    OutsideMonth {
        /// The service.
        service: ServiceId,
        /// The component of the price plan.
        component: String,
        /// The month.
        month: Month,
    },
    /// More seconds are charged than passed.
    #[error("`{component}` of {service} is charged for more time than passed: some of it is charged twice")]
    ChargedTwice {
        /// The service.
        service: ServiceId,
        /// The component of the price plan.
        component: String,
    },
    /// A charge of another provider.
    #[error("{service} was delivered by {found}, not by the provider whose statement it is")]
    ForeignProvider {
        /// The service.
        service: ServiceId,
        /// Who delivered it.
        found: ParticipantId,
    },
    /// An amount does not fit, or is not of the statement's currency.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl ChargeSum {
    /// A single charge.
    #[must_use]
    pub fn of(charge: &Charge, delivery: Delivery) -> Self {
        let Charge { component, start, end, measured, amount, commission, .. } = charge.clone();
        let seconds = seconds_between(start, end);
        Self { delivery, component, start, end, seconds, measured, amount, commission }
    }

    fn add(&mut self, other: &Self) -> Result<(), StatementError> {
        self.start = self.start.min(other.start);
        self.end = self.end.max(other.end);
        self.seconds = self.seconds.checked_add(other.seconds).ok_or(MoneyError::Overflow)?;
        self.measured = self.measured.zip(other.measured).and_then(|(own, more)| own.plus(more));
        self.amount = self.amount.checked_add(other.amount)?;
        self.commission = self.commission.checked_add(other.commission)?;
        Ok(())
    }
}

const fn seconds_between(start: Timestamp, end: Timestamp) -> i64 {
    end.micros().saturating_sub(start.micros()) / MICROS_PER_SECOND
}

/// All charges of one price component of one service, with their cents.
pub(crate) struct Line {
    pub(crate) charged: ChargeSum,
    /// What the buyer pays, in whole cents.
    pub(crate) amount: Money,
    /// What the provider gets, in whole cents.
    pub(crate) payout: Money,
}

impl Line {
    fn round(charged: ChargeSum) -> Result<Self, StatementError> {
        let exact_payout = charged.amount.checked_sub(charged.commission)?;
        let (amount, payout) = (in_cents(charged.amount)?, in_cents(exact_payout)?);
        Ok(Self { charged, amount, payout })
    }

    fn commission(&self) -> Result<Money, MoneyError> {
        self.amount.checked_sub(self.payout)
    }
}

fn in_cents(exact: Money) -> Result<Money, MoneyError> {
    Money::from_cents(exact.to_cents(), exact.currency())
}

/// The lines of a statement, ordered by name, service and component whatever the order of the rows.
pub(crate) fn lines(scope: &Scope, rows: &[ChargeSum]) -> Result<Vec<Line>, StatementError> {
    let mut sums: BTreeMap<(&Delivery, &str), ChargeSum> = BTreeMap::new();
    for row in rows {
        check(scope, row)?;
        match sums.entry((&row.delivery, row.component.as_str())) {
            Entry::Vacant(vacant) => {
                vacant.insert(row.clone());
            }
            Entry::Occupied(mut sum) => sum.get_mut().add(row)?,
        }
    }
    sums.into_values()
        .map(|sum| {
            if sum.seconds > seconds_between(sum.start, sum.end) {
                return Err(StatementError::ChargedTwice { service: sum.delivery.service, component: sum.component });
            }
            Line::round(sum)
        })
        .collect()
}

fn check(scope: &Scope, row: &ChargeSum) -> Result<(), StatementError> {
    for amount in [row.amount, row.commission] {
        if amount.currency() != scope.currency {
            return Err(MoneyError::CurrencyMismatch(scope.currency, amount.currency()).into());
        }
    }
    if scope.month.contains(row.start) && row.start <= row.end && row.end <= scope.month.end() {
        return Ok(());
    }
    let (service, component) = (row.delivery.service, row.component.clone());
    Err(StatementError::OutsideMonth { service, component, month: scope.month })
}

/// What a buyer owes for a month: one line for each price component of each service.
///
/// To the cent, the total is the sum of all payouts and the commission.
///
/// # Errors
/// [`StatementError`] when a row is of another month or currency, time is charged twice, or a sum does
/// not fit.
pub fn statement(tenant: TenantId, scope: &Scope, rows: &[ChargeSum]) -> Result<Statement, StatementError> {
    let nothing = Money::zero(scope.currency);
    let mut statement = Statement {
        tenant,
        start: scope.month.start(),
        end: scope.month.end(),
        currency: scope.currency,
        closed: scope.closed,
        lines: Vec::new(),
        total: nothing,
        providers: Vec::new(),
        commission: nothing,
        rounding: nothing,
    };
    let mut payouts: BTreeMap<(Name, ParticipantId), Money> = BTreeMap::new();
    for line in lines(scope, rows)? {
        let commission = line.commission()?;
        let Line { charged, amount, payout } = line;
        statement.total = statement.total.checked_add(amount)?;
        statement.commission = statement.commission.checked_add(commission)?;
        statement.rounding = statement.rounding.checked_add(amount.checked_sub(charged.amount)?)?;
        let Delivery { name, service, project, provider, provider_name, .. } = charged.delivery;
        let due = payouts.entry((provider_name.clone(), provider)).or_insert(nothing);
        *due = due.checked_add(payout)?;
        statement.lines.push(StatementLine {
            service,
            name,
            project,
            provider,
            provider_name,
            component: charged.component,
            start: charged.start,
            end: charged.end,
            seconds: charged.seconds,
            measured: charged.measured,
            exact: charged.amount,
            amount,
            payout,
            commission,
        });
    }
    statement.providers =
        payouts.into_iter().map(|((name, provider), payout)| ProviderTotal { provider, name, payout }).collect();
    Ok(statement)
}

/// What a provider is due for a month from all its buyers: the payouts of their statements.
///
/// # Errors
/// [`StatementError`] as for [`statement`], and when a row is of another provider.
pub fn provider_statement(
    provider: ParticipantId,
    scope: &Scope,
    rows: &[ChargeSum],
) -> Result<ProviderStatement, StatementError> {
    let nothing = Money::zero(scope.currency);
    let mut statement = ProviderStatement {
        provider,
        start: scope.month.start(),
        end: scope.month.end(),
        currency: scope.currency,
        closed: scope.closed,
        lines: Vec::new(),
        amount: nothing,
        commission: nothing,
        payout: nothing,
    };
    for line in lines(scope, rows)? {
        let commission = line.commission()?;
        let Line { charged, amount, payout } = line;
        let Delivery { name, service, provider: found, site_name, .. } = charged.delivery;
        if found != provider {
            return Err(StatementError::ForeignProvider { service, found });
        }
        statement.amount = statement.amount.checked_add(amount)?;
        statement.commission = statement.commission.checked_add(commission)?;
        statement.payout = statement.payout.checked_add(payout)?;
        statement.lines.push(PayoutLine {
            service,
            name,
            site_name,
            component: charged.component,
            start: charged.start,
            end: charged.end,
            seconds: charged.seconds,
            measured: charged.measured,
            amount,
            commission,
            payout,
        });
    }
    Ok(statement)
}

#[cfg(test)]
mod tests;
