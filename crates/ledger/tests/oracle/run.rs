//! The same world through the crate, as an exchange would use it.

use std::collections::BTreeMap;

use hansa_ledger::commission::BasisPoints;
use hansa_ledger::rating::{MonthVolume, RatedPart, Terms, one_off, rate};
use hansa_ledger::statement::Delivery;
use hansa_ledger::zone::BillingZone;
use hansa_model::charge::Charge;
use hansa_model::id::{ChargeId, ParticipantId, ProjectId, ServiceId, TenantId, UsageId};
use hansa_model::time::Timestamp;
use hansa_model::usage::Usage;

use crate::calendar::Calendar;
use crate::metering::{METERS, readings};
use crate::world::{Life, World};

/// So many buyers, and so many providers.
pub(crate) const PARTIES: usize = 2;

/// A small generator of disorder (SplitMix64).
pub(crate) struct Disorder(pub u64);

impl Disorder {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((bits ^ (bits >> 31)) % u64::try_from(end).expect("small")).expect("small")
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for index in (1..items.len()).rev() {
            items.swap(index, self.below(index + 1));
        }
    }
}

/// An identifier that is the same in every run.
pub(crate) fn uuid(number: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(u128::try_from(number).expect("small"))
}

pub(crate) fn tenant(buyer: usize) -> TenantId {
    TenantId::from_uuid(uuid(buyer))
}

pub(crate) fn provider(number: usize) -> ParticipantId {
    ParticipantId::from_uuid(uuid(number))
}

pub(crate) fn delivery(service: usize, life: &Life) -> Delivery {
    Delivery {
        name: format!("component-{service}").parse().expect("a name"),
        service: ServiceId::from_uuid(uuid(service)),
        project: ProjectId::from_uuid(uuid(life.buyer)),
        provider: provider(life.provider),
        provider_name: format!("provider-{}", life.provider).parse().expect("a name"),
        site_name: format!("site-{}", life.provider).parse().expect("a name"),
    }
}

/// A rated part of the service with this number.
pub(crate) type Rated = (usize, RatedPart);

/// Rates everything; each meter's records come in their order, those of different meters in any.
pub(crate) fn rate_all(world: &World, calendar: &Calendar, disorder: u64) -> Vec<Rated> {
    let mut disorder = Disorder(disorder);
    let zone = BillingZone::named(BillingZone::DEFAULT_NAME).expect("a zone");
    let mut streams: Vec<_> = Vec::new();
    let mut rated = Vec::new();
    for (service, life) in world.services.iter().enumerate() {
        let first = &life.generations[0];
        let commission = BasisPoints::new(first.commission).expect("a share");
        let once = one_off(&world.plans[first.plan], commission, Timestamp::from_seconds(life.start));
        rated.extend(once.expect("a sound plan").into_iter().map(|part| (service, part)));
        for meter in METERS {
            let mut readings = readings(life, meter, calendar);
            readings.reverse();
            streams.push((service, meter, readings));
        }
    }
    let mut counted: BTreeMap<_, MonthVolume> = BTreeMap::new();
    while !streams.is_empty() {
        let index = disorder.below(streams.len());
        let (service, meter, readings) = &mut streams[index];
        let Some(reading) = readings.pop() else {
            streams.swap_remove(index);
            continue;
        };
        let generation = &world.services[*service].generations[reading.generation];
        let usage = Usage {
            id: UsageId::from_uuid(uuid(rated.len())),
            service: ServiceId::from_uuid(uuid(*service)),
            generation: 1 + u64::try_from(reading.generation).expect("small"),
            meter: *meter,
            start: Timestamp::from_seconds(reading.start),
            end: Timestamp::from_seconds(reading.end),
            quantity: reading.quantity,
        };
        let terms = Terms {
            plan: &world.plans[generation.plan],
            properties: &generation.properties(),
            zone: &zone,
            commission: BasisPoints::new(generation.commission).expect("a share"),
        };
        let outcome = rate(&usage, &terms, counted.get(&(*service, *meter)).copied()).expect("usage is sound");
        counted.insert((*service, *meter), outcome.volume);
        rated.extend(outcome.parts.into_iter().map(|part| (*service, part)));
    }
    rated
}

pub(crate) fn charges(rated: Vec<Rated>) -> Vec<(usize, Charge)> {
    rated
        .into_iter()
        .enumerate()
        .map(|(number, (service, part))| {
            let id = ChargeId::from_uuid(uuid(number));
            (service, part.into_charge(id, ServiceId::from_uuid(uuid(service))))
        })
        .collect()
}
