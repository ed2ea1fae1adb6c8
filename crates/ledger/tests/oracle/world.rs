//! Random timelines: services that are resized, moved to other plans, stopped and started.

use hansa_model::kind::{Properties, PropertyValue};
use hansa_model::money::{Currency, Money};
use hansa_model::price::{Meter, Period, Price, PriceComponent, PricePlan, Tier};
use hansa_model::quantity::Quantity;
use proptest::prelude::*;

use crate::calendar::Calendar;

/// Everything that happens.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) plans: Vec<PricePlan>,
    pub(crate) services: Vec<Life>,
    /// Decides in which order records and charges arrive.
    pub(crate) disorder: u64,
}

/// The life of one service.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    /// One of [`crate::run::PARTIES`] buyers.
    pub(crate) buyer: usize,
    /// One of [`crate::run::PARTIES`] providers.
    pub(crate) provider: usize,
    pub(crate) start: i64,
    pub(crate) generations: Vec<Generation>,
    /// Where in its life, and how much it sent and received.
    pub(crate) bursts: Vec<(u16, i64, i64)>,
    /// Where in its life its intervals are cut.
    pub(crate) cuts: Vec<u16>,
    pub(crate) cut_at_months: bool,
}

/// What is in force from one change to the next.
#[derive(Debug, Clone)]
pub(crate) struct Generation {
    pub(crate) seconds: i64,
    pub(crate) running: bool,
    pub(crate) plan: usize,
    pub(crate) storage_mib: i64,
    pub(crate) millicores: i64,
    pub(crate) commission: u16,
}

impl Generation {
    pub(crate) fn properties(&self) -> Properties {
        let mut properties = Properties::default();
        let storage = PropertyValue::Bytes(Quantity::mib(self.storage_mib));
        properties.values.insert("storage".into(), storage);
        properties.values.insert("cpu".into(), PropertyValue::Count(Quantity::from_base(self.millicores)));
        properties
    }
}

impl Life {
    pub(crate) fn end(&self) -> i64 {
        self.start + self.generations.iter().map(|generation| generation.seconds).sum::<i64>()
    }

    /// The generations with their first second and the first after.
    pub(crate) fn spans(&self) -> impl Iterator<Item = (i64, i64, &Generation)> {
        self.generations.iter().scan(self.start, |start, generation| {
            let from = *start;
            *start += generation.seconds;
            Some((from, *start, generation))
        })
    }

    /// The second that lies so far in its life.
    pub(crate) fn second(&self, position: u16) -> i64 {
        self.start + (self.end() - self.start) * i64::from(position) / (1 << 16)
    }
}

fn money() -> impl Strategy<Value = Money> {
    prop_oneof![Just(0i64), 1..20i64, 1..50_000i64, 1..20_000_000i64]
        .prop_map(|micros| Money::from_micros(micros, Currency::EUR))
}

fn period() -> impl Strategy<Value = Period> {
    prop_oneof![Just(Period::Hour), Just(Period::Month)]
}

fn tiers() -> impl Strategy<Value = Vec<Tier>> {
    let steps = prop::collection::vec((1..30_000_000_000i64, money()), 0..3);
    (steps, money()).prop_map(|(steps, last)| {
        let mut end = 0;
        let mut tiers: Vec<_> = steps
            .into_iter()
            .map(|(width, per_gb)| {
                end += width;
                Tier { up_to: Some(Quantity::from_base(end)), per_gb }
            })
            .collect();
        tiers.push(Tier { up_to: None, per_gb: last });
        tiers
    })
}

fn component() -> impl Strategy<Value = Price> {
    let meter = prop_oneof![Just(Meter::NetworkEgress), Just(Meter::NetworkIngress), Just(Meter::TimeRunning)];
    let property = prop_oneof![Just("storage"), Just("cpu"), Just("gpu")];
    prop_oneof![
        (money(), period()).prop_map(|(amount, per)| Price::Fixed { amount, per }),
        (property, money(), period()).prop_map(|(property, amount, per)| Price::PerUnit {
            property: property.into(),
            amount,
            per
        }),
        (0..50_000_000_000i64, money())
            .prop_map(|(included, per_gb)| Price::Egress { included: Quantity::from_base(included), per_gb }),
        (meter, tiers()).prop_map(|(meter, tiers)| Price::Tiered { meter, tiers }),
        money().prop_map(|amount| Price::OneOff { amount }),
    ]
}

/// Plans name their components alike, so that a line may go on under another price.
fn plan() -> impl Strategy<Value = PricePlan> {
    prop::collection::vec(component(), 1..5).prop_map(|prices| PricePlan {
        currency: Currency::EUR,
        components: prices
            .into_iter()
            .enumerate()
            .map(|(index, price)| PriceComponent { name: format!("part-{index}"), price })
            .collect(),
        volume: Vec::new(),
    })
}

fn generation() -> impl Strategy<Value = Generation> {
    let seconds = prop_oneof![1..10i64, 1..7_200i64, 1..3_500_000i64];
    let commission = prop_oneof![Just(0u16), Just(250), 0..=10_000u16];
    (seconds, any::<bool>(), 0..3usize, 0..4_000_000i64, 0..64_000i64, commission).prop_map(
        |(seconds, running, plan, storage_mib, millicores, commission)| Generation {
            seconds,
            running,
            plan,
            storage_mib,
            millicores,
            commission,
        },
    )
}

/// Around starts of months; February, March and October are tried most.
fn start() -> impl Strategy<Value = i64> {
    let month = prop_oneof![Just(1usize), Just(2), Just(9), 0..12usize];
    let offset = prop_oneof![Just(0i64), -5..5i64, 0..2_600_000i64];
    (0..6usize, month, offset).prop_map(|(year, month, offset)| {
        let month = year * 12 + month;
        (Calendar::new().start(month) + offset).max(Calendar::new().start(0))
    })
}

fn life() -> impl Strategy<Value = Life> {
    let parties = crate::run::PARTIES;
    let bytes = || prop_oneof![Just(0i64), 1..2_000i64, 1..40_000_000_000i64];
    (
        (0..parties, 0..parties, start(), any::<bool>()),
        prop::collection::vec(generation(), 1..5),
        prop::collection::vec((any::<u16>(), bytes(), bytes()), 0..6),
        prop::collection::vec(any::<u16>(), 0..8),
    )
        .prop_map(|((buyer, provider, start, cut_at_months), generations, bursts, cuts)| Life {
            buyer,
            provider,
            start,
            generations,
            bursts,
            cuts,
            cut_at_months,
        })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    (prop::collection::vec(plan(), 3), prop::collection::vec(life(), 1..4), any::<u64>())
        .prop_map(|(plans, services, disorder)| World { plans, services, disorder })
}
