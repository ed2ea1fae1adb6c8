//! Usage in, charges out: each record is checked, taken once, rated to the second and booked.

use hansa_ledger::commission::BasisPoints;
use hansa_ledger::rating::{self, MonthVolume, Terms};
use hansa_ledger::zone::BillingZone;
use hansa_ledger::{posting, zone};
use hansa_model::id::{AgentId, ChargeId, EntryId};
use hansa_model::price::Meter;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_model::usage::{Usage, UsageRefusal};
use hansa_store::service::ServiceRecord;
use hansa_store::{ledger, service, usage};
use serde_json::json;

use crate::identity::CLOCK_SKEW;
use crate::{Error, Exchange, Result, Work};

/// How far an agent's time may be ahead; agents go by the exchange's time.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(10);
/// Bytes that one service can move in a second at most: 100 Gbit.
const BYTES_PER_SECOND: i64 = 12_500_000_000;
/// By how much processor time and storage may exceed what was ordered: measuring takes its share, and so do
/// files that only the back end sees.
const SLACK: i64 = 4;

/// The zone whose months are billed.
pub(crate) fn billing_zone(exchange: &Exchange) -> Result<BillingZone> {
    BillingZone::named(&exchange.settings().billing_zone).map_err(internal)
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}

fn commission(exchange: &Exchange) -> Result<BasisPoints> {
    let points = u16::try_from(exchange.settings().commission_bp).map_err(internal)?;
    BasisPoints::new(points).map_err(internal)
}

/// Takes a usage record of an agent, or says why not. A refusal is audited and never billed.
///
/// # Errors
/// [`Error::Store`], and [`Error::Internal`] when a price plan can't be rated.
pub async fn take(work: &mut Work, agent: AgentId, record: &Usage) -> Result<std::result::Result<(), UsageRefusal>> {
    let verdict = match service::get(work, record.service).await? {
        Some(owner) if owner.agent == agent => match check(work, &owner, record).await? {
            None => {
                charge(work, &owner, record).await?;
                return Ok(Ok(()));
            }
            Some(refusal) => refusal,
        },
        _ => UsageRefusal::Foreign,
    };
    let detail = json!({"usage": record, "reason": verdict, "message": verdict.to_string()});
    work.audit(&agent.to_string(), "usage.refuse", &record.service.to_string(), detail);
    Ok(Err(verdict))
}

/// Takes the record if nothing speaks against it.
async fn check(work: &mut Work, owner: &ServiceRecord, record: &Usage) -> Result<Option<UsageRefusal>> {
    let now = work.exchange().now();
    let whole = |instant: Timestamp| instant == instant.floor_second();
    if record.end <= record.start || !whole(record.start) || !whole(record.end) {
        return Ok(Some(UsageRefusal::Malformed));
    }
    if record.end > now.plus(AHEAD) {
        return Ok(Some(UsageRefusal::Future));
    }
    if usage::get(work, record.id).await?.is_some() {
        return Ok(Some(UsageRefusal::Duplicate));
    }
    let Some(active_at) = owner.service.active_at.map(Timestamp::floor_second) else {
        return Ok(Some(UsageRefusal::OutsideLife));
    };
    let after_end = owner.service.terminated_at.is_some_and(|gone| record.end > gone.plus(CLOCK_SKEW));
    let earliest = active_at.minus(CLOCK_SKEW);
    if record.start < earliest || after_end {
        return Ok(Some(UsageRefusal::OutsideLife));
    }
    let Some((properties, _)) = service::revision(work, record.service, record.generation).await? else {
        return Ok(Some(UsageRefusal::OutsideLife));
    };
    // The first record begins when the agent saw it run, by its own clock.
    let (earliest, latest) = match usage::metered_until(work, record.service, record.meter).await? {
        Some(until) => (until, until),
        None => (earliest, active_at.plus(CLOCK_SKEW)),
    };
    if record.start < earliest {
        return Ok(Some(UsageRefusal::Overlap));
    }
    let month = billing_zone(&work.exchange())?.month_of(record.start).map_err(internal)?;
    let refusal = if record.start > latest {
        Some(UsageRefusal::Gap)
    } else if over_cap(record, &properties) {
        Some(UsageRefusal::OverCap)
    } else if ledger::is_closed(work, owner.tenant, month.start()).await? {
        Some(UsageRefusal::Late)
    } else {
        None
    };
    if refusal.is_some() {
        // It is nobody's to pay, and it must not stand in the way of what comes after it.
        usage::skip(work, record, latest).await?;
        return Ok(refusal);
    }
    let taken = usage::take(work, record, now).await?;
    Ok((!taken).then_some(UsageRefusal::Overlap))
}

fn over_cap(record: &Usage, properties: &hansa_model::kind::Properties) -> bool {
    let seconds = (record.end.micros() - record.start.micros()) / MICROS_PER_SECOND;
    if record.meter == Meter::TimeAllocated {
        return record.quantity != seconds;
    }
    let cap = match record.meter {
        Meter::TimeAllocated | Meter::TimeRunning => seconds,
        Meter::CpuTime => {
            let milli_cpus = properties.count("cpu").map_or(64_000, |cpus| cpus.base().max(1_000));
            seconds.saturating_mul(milli_cpus).saturating_mul(SLACK)
        }
        Meter::NetworkEgress | Meter::NetworkIngress => seconds.saturating_mul(BYTES_PER_SECOND),
        Meter::StorageUsed => {
            let size = properties.bytes("storage").or_else(|| properties.bytes("disk"));
            let bytes = size.map_or(1 << 50, |size| size.base().max(1 << 30));
            seconds.saturating_mul(bytes).saturating_mul(SLACK)
        }
    };
    record.quantity < 0 || record.quantity > cap
}

/// The part of a record that is charged: from when all of the order was fulfilled until its termination was
/// ordered. A month boundary is kept by the rating itself.
fn chargeable(owner: &ServiceRecord, record: &Usage) -> Option<Usage> {
    let from = owner.billable_from?.floor_second();
    let until = owner.termination_asked_at.map_or(record.end, Timestamp::floor_second);
    let (start, end) = (record.start.max(from), record.end.min(until));
    if start >= end {
        return None;
    }
    let whole = i128::from(record.end.micros() - record.start.micros());
    let part = i128::from(end.micros() - start.micros());
    let quantity = i64::try_from(i128::from(record.quantity) * part / whole).ok()?;
    Some(Usage { start, end, quantity, ..record.clone() })
}

async fn charge(work: &mut Work, owner: &ServiceRecord, record: &Usage) -> Result<()> {
    let Some(part) = chargeable(owner, record) else { return Ok(()) };
    let exchange = work.exchange();
    let Some((properties, _)) = service::revision(work, record.service, record.generation).await? else {
        return Ok(());
    };
    let zone = billing_zone(&exchange)?;
    let terms = Terms { plan: &owner.price, properties: &properties, zone: &zone, commission: commission(&exchange)? };
    let before =
        usage::volume(work, record.service, record.meter).await?.map(|(month, volume)| MonthVolume { month, volume });
    let rated = rating::rate(&part, &terms, before).map_err(internal)?;
    for rated_part in rated.parts {
        book(work, owner, rated_part).await?;
    }
    usage::set_volume(work, record.service, record.meter, rated.volume.month, rated.volume.volume).await?;
    Ok(())
}

async fn book(work: &mut Work, owner: &ServiceRecord, part: rating::RatedPart) -> Result<()> {
    let charge = part.into_charge(ChargeId::new(), owner.service.id);
    ledger::insert_charge(work, &charge, owner.tenant).await?;
    let now = work.exchange().now();
    let entry = posting::book(&charge, owner.tenant, owner.service.provider, EntryId::new(), now).map_err(internal)?;
    if let Some(entry) = entry {
        ledger::insert_entry(work, &entry).await?;
    }
    Ok(())
}

/// Charges what is due once, when a service's order is fulfilled.
///
/// # Errors
/// [`Error::Store`], and [`Error::Internal`] when a price plan can't be rated.
pub async fn charge_once(work: &mut Work, owner: &ServiceRecord, at: Timestamp) -> Result<()> {
    let commission = commission(&work.exchange())?;
    for part in rating::one_off(&owner.price, commission, at).map_err(internal)? {
        if !ledger::is_charged(work, owner.service.id, &part.component).await? {
            book(work, owner, part).await?;
        }
    }
    Ok(())
}

/// The month that an instant belongs to, in the zone that is billed in.
///
/// # Errors
/// [`Error::Internal`] when the calendar does not reach that far.
pub fn month_of(exchange: &Exchange, instant: Timestamp) -> Result<zone::Month> {
    billing_zone(exchange)?.month_of(instant).map_err(internal)
}
