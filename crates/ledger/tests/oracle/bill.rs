//! The bill as the rules say it, without the crate: time by generation and month, volume by walking
//! through the tiers, fractions until the named places of rounding.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::kind::PropertyValue;
use hansa_model::price::{Meter, Period, Price};

use crate::calendar::Calendar;
use crate::fraction::Fraction;
use crate::metering::{Reading, readings};
use crate::world::{Generation, Life, World};

/// Service, month, component of the price plan.
pub(crate) type Key = (usize, usize, String);

/// What one component of one service costs in one month.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    /// The price without any rounding, in micro units.
    pub(crate) exact: Fraction,
    /// The commission without any rounding, in micro units.
    pub(crate) exact_commission: Fraction,
    /// How often other terms came into force, and one more.
    pub(crate) terms: i128,
    /// Rounded where the rules say so.
    pub(crate) micros: i128,
    pub(crate) commission: i128,
    /// The charged seconds, where the price goes by time.
    pub(crate) seconds: Option<i64>,
    /// What the meters counted, each in its own unit.
    pub(crate) measured: i128,
    /// The meters, and nothing for what is due once.
    pub(crate) meters: BTreeSet<Option<Meter>>,
}

/// The bill of a whole world.
pub(crate) struct Bill {
    pub(crate) due: BTreeMap<Key, Due>,
}

/// One stretch of a month under the same terms: what it costs exactly, and the running totals at its ends.
struct Stretch {
    exact: Fraction,
    from: Fraction,
    to: Fraction,
    seconds: Option<i64>,
    measured: i128,
    meter: Option<Meter>,
}

impl Bill {
    pub(crate) fn of(world: &World, calendar: &Calendar) -> Self {
        let mut bill = Self { due: BTreeMap::new() };
        for (service, life) in world.services.iter().enumerate() {
            bill.charge_time(world, calendar, service, life);
            for meter in [Meter::NetworkEgress, Meter::NetworkIngress, Meter::TimeRunning] {
                bill.charge_volume(world, calendar, service, life, meter);
            }
            bill.charge_once(world, calendar, service, life);
        }
        bill
    }

    fn charge_time(&mut self, world: &World, calendar: &Calendar, service: usize, life: &Life) {
        for (from, to, generation) in life.spans() {
            for (month, start, end) in calendar.parts(from, to) {
                for component in &world.plans[generation.plan].components {
                    let Some(each_second) = price_of_a_second(&component.price, generation, calendar.length(month))
                    else {
                        continue;
                    };
                    let elapsed = |second: i64| each_second.times((second - calendar.start(month)).into(), 1);
                    let stretch = Stretch {
                        exact: each_second.times((end - start).into(), 1),
                        from: elapsed(start),
                        to: elapsed(end),
                        seconds: Some(end - start),
                        measured: (end - start).into(),
                        meter: Some(Meter::TimeAllocated),
                    };
                    self.add((service, month, component.name.clone()), &stretch, generation);
                }
            }
        }
    }

    fn charge_volume(&mut self, world: &World, calendar: &Calendar, service: usize, life: &Life, meter: Meter) {
        for (generation, month, from, to) in volumes(&readings(life, meter, calendar), calendar) {
            let generation = &life.generations[generation];
            for component in &world.plans[generation.plan].components {
                let Some(tiers) = tiers_of(&component.price, meter) else { continue };
                let stretch = Stretch {
                    exact: walk(&tiers, from, to),
                    from: walk(&tiers, 0, from),
                    to: walk(&tiers, 0, to),
                    seconds: None,
                    measured: to - from,
                    meter: Some(meter),
                };
                self.add((service, month, component.name.clone()), &stretch, generation);
            }
        }
    }

    fn charge_once(&mut self, world: &World, calendar: &Calendar, service: usize, life: &Life) {
        let generation = &life.generations[0];
        for component in &world.plans[generation.plan].components {
            if let Price::OneOff { amount } = &component.price {
                let amount = Fraction::new(amount.micros().into(), 1);
                let from = Fraction::ZERO;
                let stretch = Stretch { exact: amount, from, to: amount, seconds: Some(0), measured: 0, meter: None };
                self.add((service, calendar.month_of(life.start), component.name.clone()), &stretch, generation);
            }
        }
    }

    fn add(&mut self, key: Key, stretch: &Stretch, generation: &Generation) {
        let kept = |micros: i128| Fraction::new(micros * i128::from(generation.commission), 10_000);
        let (from, to) = (stretch.from.nearest(), stretch.to.nearest());
        let due = self.due.entry(key).or_insert(Due {
            exact: Fraction::ZERO,
            exact_commission: Fraction::ZERO,
            terms: 0,
            micros: 0,
            commission: 0,
            seconds: Some(0),
            measured: 0,
            meters: BTreeSet::new(),
        });
        due.exact = due.exact.plus(stretch.exact);
        let commission = stretch.exact.times(generation.commission.into(), 10_000);
        due.exact_commission = due.exact_commission.plus(commission);
        due.terms += 1;
        due.measured += stretch.measured;
        due.meters.insert(stretch.meter);
        due.micros += to - from;
        due.commission += kept(to).nearest() - kept(from).nearest();
        due.seconds = due.seconds.zip(stretch.seconds).map(|(a, b)| a + b);
    }
}

/// What a price by time comes to each second.
fn price_of_a_second(price: &Price, generation: &Generation, month: i64) -> Option<Fraction> {
    let (units, amount, per) = match price {
        Price::Fixed { amount, per } => (Fraction::new(1, 1), amount, per),
        Price::PerUnit { property, amount, per } => {
            let units = match generation.properties().values.get(property) {
                Some(PropertyValue::Bytes(_)) => Fraction::new(generation.storage_mib.into(), 1024),
                Some(PropertyValue::Count(_)) => Fraction::new(generation.millicores.into(), 1000),
                _ => Fraction::ZERO,
            };
            (units, amount, per)
        }
        Price::Tiered { .. } | Price::Egress { .. } | Price::OneOff { .. } => return None,
    };
    let period = match per {
        Period::Hour => 60 * 60,
        Period::Month => month,
    };
    Some(units.times(amount.micros().into(), period.into()))
}

/// Widths of the tiers with the price of 10⁹ units in each; the last is without end.
fn tiers_of(price: &Price, meter: Meter) -> Option<Vec<(i128, i128)>> {
    match price {
        Price::Egress { included, per_gb } if meter == Meter::NetworkEgress => {
            Some(vec![(included.base().into(), 0), (i128::MAX, per_gb.micros().into())])
        }
        Price::Tiered { meter: own, tiers } if *own == meter => {
            let mut begin = 0;
            let widths = tiers.iter().map(|tier| {
                let width = tier.up_to.map_or(i128::MAX, |end| i128::from(end.base()) - begin);
                begin += width.min(i64::MAX.into());
                (width, tier.per_gb.micros().into())
            });
            Some(widths.collect())
        }
        _ => None,
    }
}

/// What the units from the `from`th to the `to`th of a month cost.
fn walk(tiers: &[(i128, i128)], from: i128, to: i128) -> Fraction {
    let (mut position, mut left, mut sum) = (from, to - from, Fraction::ZERO);
    for (width, per_gb) in tiers {
        if position >= *width {
            position -= width;
            continue;
        }
        let here = left.min(width - position);
        sum = sum.plus(Fraction::new(here * per_gb, 1_000_000_000));
        left -= here;
        position = 0;
    }
    sum
}

/// Generation, month, and what the meter showed of the month before and after. A reading over the end of a
/// month is taken apart by seconds; what does not divide belongs to its last part.
fn volumes(readings: &[Reading], calendar: &Calendar) -> Vec<(usize, usize, i128, i128)> {
    let mut shown: BTreeMap<usize, i128> = BTreeMap::new();
    let mut volumes: BTreeMap<(usize, usize), (i128, i128)> = BTreeMap::new();
    for Reading { generation, start, end, quantity } in readings {
        let quantity = i128::from(*quantity);
        let mut left = quantity;
        for (month, from, to) in calendar.parts(*start, *end) {
            let part = if to == *end { left } else { quantity * i128::from(to - from) / i128::from(end - start) };
            left -= part;
            let counter = shown.entry(month).or_default();
            let stretch = volumes.entry((*generation, month)).or_insert((*counter, *counter));
            *counter += part;
            stretch.1 = *counter;
        }
    }
    volumes
        .into_iter()
        .filter(|(_, (from, to))| from < to)
        .map(|((generation, month), (from, to))| (generation, month, from, to))
        .collect()
}
