//! Rating: what usage and one-off terms cost by a price plan.
//!
//! [`feeds`] says which meter a price goes by. A price turns a point of the month (so many seconds, so much
//! volume since its start) into a running total, rounded once to micro units; what is charged for an
//! interval is the running total at its end less that at its start. So the charge of an interval depends
//! on nothing but the interval, its terms and the volume before it, and charges of adjoining intervals add
//! up to the charge of the whole.

use hansa_model::charge::Charge;
use hansa_model::id::{ChargeId, ServiceId};
use hansa_model::kind::Properties;
use hansa_model::measured::Measured;
use hansa_model::money::{Currency, Money, MoneyError};
use hansa_model::price::{Meter, Period, Price, PriceComponent, PricePlan, units_of};
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_model::usage::Usage;

use crate::commission::BasisPoints;
use crate::zone::{BillingZone, Month, ZoneError};

const SECONDS_PER_HOUR: i64 = 3_600;

/// What was agreed for one generation of a service.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The price plan.
    pub plan: &'a PricePlan,
    /// The properties that were in force.
    pub properties: &'a Properties,
    /// The zone whose months are billed.
    pub zone: &'a BillingZone,
    /// The share of each charge that the exchange keeps.
    pub commission: BasisPoints,
}

/// What one meter of one service has counted in a calendar month so far.
///
/// The caller keeps the last one for each service and meter and gives it back with the next usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthVolume {
    /// The first instant of the month.
    pub month: Timestamp,
    /// How much, in the meter's unit.
    pub volume: i64,
}

/// What one price component costs for one interval of one calendar month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatedPart {
    /// The component of the price plan.
    pub component: String,
    /// The first instant of what is charged.
    pub start: Timestamp,
    /// The first instant after it; equal to `start` for one-off charges.
    pub end: Timestamp,
    /// What was measured in this interval; absent for one-off charges. Over the parts of one record and component
    /// the quantities add up to the record's.
    pub measured: Option<Measured>,
    /// What the buyer pays.
    pub amount: Money,
    /// The part of it that the exchange keeps; never more than the amount.
    pub commission: Money,
}

impl RatedPart {
    /// The charge for it.
    #[must_use]
    pub fn into_charge(self, id: ChargeId, service: ServiceId) -> Charge {
        let Self { component, start, end, measured, amount, commission } = self;
        Charge { id, service, component, start, end, measured, amount, commission }
    }
}

/// A usage record after rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rated {
    /// What is charged, in the order of months and of the plan's components. Free time is a part of
    /// nothing, so that it shows on statements; where no volume was measured there is no part.
    pub parts: Vec<RatedPart>,
    /// What the meter has counted after this record, to be given with the next one.
    pub volume: MonthVolume,
}

/// Why usage or a plan can't be rated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatingError {
    /// The interval is empty, backwards, or not in whole seconds.
    #[error("the interval from {start} to {end} is empty, backwards, or not in whole seconds")]
    MalformedInterval {
        /// Its first instant.
        start: Timestamp,
        /// The first instant after it.
        end: Timestamp,
    },
    /// A quantity below nothing.
    #[error("a quantity of {0} is negative")]
    NegativeQuantity(i64),
    /// Other seconds than the interval has.
    #[error("{quantity} seconds of {meter} are not possible in an interval of {seconds} seconds")]
    ImpossibleTime {
        /// The meter.
        meter: Meter,
        /// The quantity that was reported.
        quantity: i64,
        /// The length of the interval.
        seconds: i64,
    },
    /// The volume before it is of a later month.
    #[error("usage from {start} comes after the month that began at {month} was counted: rate usage in its order")]
    OutOfOrder {
        /// The first instant of the usage.
        start: Timestamp,
        /// The month that was given as the one before.
        month: Timestamp,
    },
    /// A price below nothing.
    #[error("the price component `{0}` has a negative amount")]
    NegativePrice(String),
    /// A price in another currency than its plan.
    #[error("the price component `{component}` is in {found} instead of {expected}")]
    ForeignCurrency {
        /// The component of the price plan.
        component: String,
        /// Its currency.
        found: Currency,
        /// The currency of the plan.
        expected: Currency,
    },
    /// The quantity does not fit on top of what was counted before.
    #[error("the month's volume is too large to be counted")]
    VolumeOverflow,
    /// The interval lies outside of the calendar.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// An amount does not fit.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The meter that a price goes by; `None` for what is due once.
#[must_use]
pub const fn feeds(price: &Price) -> Option<Meter> {
    match price {
        Price::Fixed { .. } | Price::PerUnit { .. } => Some(Meter::TimeAllocated),
        Price::Egress { .. } => Some(Meter::NetworkEgress),
        Price::Tiered { meter, .. } => Some(*meter),
        Price::OneOff { .. } => None,
    }
}

/// Rates a usage record.
///
/// `before` is what the same meter of the same service had counted up to the record's start: the
/// [`Rated::volume`] of the record before it, or `None` for the first. An interval over the end of a month
/// is split there, its quantity by seconds with the remainder in the last part.
///
/// # Errors
/// [`RatingError`]; nothing is charged then.
pub fn rate(usage: &Usage, terms: &Terms<'_>, before: Option<MonthVolume>) -> Result<Rated, RatingError> {
    let stretches = stretches(usage, terms.zone, before)?;
    let fed: Vec<_> =
        terms.plan.components.iter().filter(|component| feeds(&component.price) == Some(usage.meter)).collect();
    let mut parts = Vec::with_capacity(stretches.len() * fed.len());
    for stretch in &stretches {
        if stretch.from.volume == stretch.to.volume {
            continue;
        }
        let quantity = stretch.to.volume - stretch.from.volume;
        for component in &fed {
            check(component, terms.plan.currency)?;
            let total = |point| running_total(component, terms, &stretch.month, point);
            let (from, to) = (total(stretch.from)?, total(stretch.to)?);
            let (kept_from, kept_to) = (terms.commission.of(from)?, terms.commission.of(to)?);
            parts.push(RatedPart {
                component: component.name.clone(),
                start: stretch.start,
                end: stretch.end,
                measured: Some(Measured { meter: usage.meter, quantity }),
                amount: to.checked_sub(from)?,
                commission: kept_to.checked_sub(kept_from)?,
            });
        }
    }
    let volume = stretches
        .last()
        .map(|last| MonthVolume { month: last.month.start(), volume: last.to.volume })
        .ok_or(RatingError::MalformedInterval { start: usage.start, end: usage.end })?;
    Ok(Rated { parts, volume })
}

/// What is due once, when a service of this plan first becomes active at `at`.
///
/// # Errors
/// [`RatingError`] when the plan is not sound.
pub fn one_off(plan: &PricePlan, commission: BasisPoints, at: Timestamp) -> Result<Vec<RatedPart>, RatingError> {
    let mut parts = Vec::new();
    for component in &plan.components {
        if let Price::OneOff { amount } = component.price {
            check(component, plan.currency)?;
            let commission = commission.of(amount)?;
            let component = component.name.clone();
            parts.push(RatedPart { component, start: at, end: at, measured: None, amount, commission });
        }
    }
    Ok(parts)
}

/// How far a month has come for one meter of a service.
#[derive(Debug, Clone, Copy)]
struct Point {
    /// Seconds since the start of the month.
    seconds: i64,
    /// What the meter counted since then.
    volume: i64,
}

/// The part of a usage record that lies in one month.
struct Stretch {
    month: Month,
    start: Timestamp,
    end: Timestamp,
    from: Point,
    to: Point,
}

fn stretches(usage: &Usage, zone: &BillingZone, before: Option<MonthVolume>) -> Result<Vec<Stretch>, RatingError> {
    let length = seconds_of(usage)?;
    let parts = zone.split(usage.start, usage.end)?;
    let mut left = usage.quantity;
    let mut stretches = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let since_start = |instant| seconds_between(part.month.start(), instant);
        let (from_seconds, to_seconds) = (since_start(part.start), since_start(part.end));
        let quantity =
            if index + 1 == parts.len() { left } else { share_of(usage.quantity, to_seconds - from_seconds, length) };
        left -= quantity;
        let counted = if index == 0 { counted_before(&part.month, usage, before)? } else { 0 };
        let volume = counted.checked_add(quantity).ok_or(RatingError::VolumeOverflow)?;
        stretches.push(Stretch {
            month: part.month,
            start: part.start,
            end: part.end,
            from: Point { seconds: from_seconds, volume: counted },
            to: Point { seconds: to_seconds, volume },
        });
    }
    Ok(stretches)
}

/// The length of a record's interval, when the record is possible at all.
fn seconds_of(usage: &Usage) -> Result<i64, RatingError> {
    let Usage { start, end, meter, quantity, .. } = *usage;
    let whole = |instant: Timestamp| instant.micros() % MICROS_PER_SECOND == 0;
    if end <= start || !whole(start) || !whole(end) {
        return Err(RatingError::MalformedInterval { start, end });
    }
    if quantity < 0 {
        return Err(RatingError::NegativeQuantity(quantity));
    }
    let seconds = seconds_between(start, end);
    let possible = match meter {
        Meter::TimeAllocated => quantity == seconds,
        Meter::TimeRunning => quantity <= seconds,
        Meter::CpuTime | Meter::NetworkEgress | Meter::NetworkIngress | Meter::StorageUsed => true,
    };
    if possible { Ok(seconds) } else { Err(RatingError::ImpossibleTime { meter, quantity, seconds }) }
}

const fn seconds_between(start: Timestamp, end: Timestamp) -> i64 {
    end.micros() / MICROS_PER_SECOND - start.micros() / MICROS_PER_SECOND
}

/// `quantity * part / whole`, rounded down; `part` is at most `whole`.
fn share_of(quantity: i64, part: i64, whole: i64) -> i64 {
    let share = i128::from(quantity) * i128::from(part) / i128::from(whole);
    i64::try_from(share).unwrap_or(quantity)
}

fn counted_before(month: &Month, usage: &Usage, before: Option<MonthVolume>) -> Result<i64, RatingError> {
    let Some(before) = before else { return Ok(0) };
    if before.volume < 0 {
        return Err(RatingError::NegativeQuantity(before.volume));
    }
    match before.month.cmp(&month.start()) {
        std::cmp::Ordering::Less => Ok(0),
        std::cmp::Ordering::Equal => Ok(before.volume),
        std::cmp::Ordering::Greater => Err(RatingError::OutOfOrder { start: usage.start, month: before.month }),
    }
}

/// What a price comes to from the start of the month up to a point, as if its terms had held all along.
fn running_total(
    component: &PriceComponent,
    terms: &Terms<'_>,
    month: &Month,
    point: Point,
) -> Result<Money, RatingError> {
    let length = |period| match period {
        Period::Hour => SECONDS_PER_HOUR,
        Period::Month => month.seconds(),
    };
    let seconds = i128::from(point.seconds);
    let total = match &component.price {
        Price::Fixed { amount, per } => amount.times_ratio(seconds, length(*per).into())?,
        Price::PerUnit { property, amount, per } => {
            let (units, scale) = units_of(terms.properties, property);
            amount.times_ratio(units * seconds, scale * i128::from(length(*per)))?
        }
        price @ (Price::Tiered { .. } | Price::Egress { .. }) => {
            price.of_volume(0, point.volume, terms.plan.currency)?
        }
        Price::OneOff { .. } => Money::zero(terms.plan.currency),
    };
    Ok(total)
}

/// Refuses a price that is negative or not in the plan's currency.
fn check(component: &PriceComponent, expected: Currency) -> Result<(), RatingError> {
    let sound = |amount: &Money| {
        if amount.currency() != expected {
            let component = component.name.clone();
            return Err(RatingError::ForeignCurrency { component, found: amount.currency(), expected });
        }
        if amount.micros() < 0 { Err(RatingError::NegativePrice(component.name.clone())) } else { Ok(()) }
    };
    match &component.price {
        Price::Fixed { amount, .. } | Price::PerUnit { amount, .. } | Price::OneOff { amount } => sound(amount),
        Price::Egress { per_gb, .. } => sound(per_gb),
        Price::Tiered { tiers, .. } => tiers.iter().try_for_each(|tier| sound(&tier.per_gb)),
    }
}

#[cfg(test)]
mod tests;
