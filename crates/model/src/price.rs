//! Price plans: what an offer costs, part by part.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::{Currency, Money, MoneyError};
use crate::quantity::{Percentage, Quantity, Size};

/// Hours of a month in list prices and estimates (the charge itself follows the calendar).
pub const HOURS_PER_MONTH: i128 = 730;
const BYTES_PER_GB: i128 = 1_000_000_000;
/// All of a share, in millionths.
const WHOLE: i128 = 1_000_000;

/// What a recurring price is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// An hour of 3,600 seconds, charged to the second.
    Hour,
    /// A calendar month in the exchange's billing zone, charged to the second by the month's real length.
    Month,
}

/// Up to which amount of a month a price per GB holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tier {
    /// The end of this tier; absent in the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Size>,
    /// The price of one GB (10⁹ bytes) within it.
    pub per_gb: Money,
}

/// One part of a price.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Price {
    /// A fixed amount for as long as the service is there.
    Fixed {
        /// The amount for one period.
        amount: Money,
        /// The period.
        per: Period,
    },
    /// An amount for each unit of a property that the buyer chooses, for as long as the service is there.
    PerUnit {
        /// The property, like `storage`.
        property: String,
        /// The amount for one unit (a GiB of sizes, one of numbers) and period.
        amount: Money,
        /// The period.
        per: Period,
    },
    /// An amount by what is measured, in tiers that begin anew each calendar month.
    Tiered {
        /// The meter: `network.egress` or `network.ingress`, since tiers are priced by the GB.
        meter: Meter,
        /// The tiers, in rising order.
        tiers: Vec<Tier>,
    },
    /// Data sent out of the site.
    Egress {
        /// What is free of charge each calendar month.
        #[serde(default = "nothing")]
        included: Size,
        /// The price of one GB (10⁹ bytes) beyond.
        #[serde(rename = "perGb")]
        per_gb: Money,
    },
    /// An amount that is due once, when the service first becomes active.
    OneOff {
        /// The amount.
        amount: Money,
    },
}

fn nothing() -> Size {
    Quantity::from_base(0)
}

/// What is measured of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
pub enum Meter {
    /// Seconds that the service existed, running or stopped: the base of fixed and per-unit prices.
    #[serde(rename = "time.allocated")]
    TimeAllocated,
    /// Seconds that it ran.
    #[serde(rename = "time.running")]
    TimeRunning,
    /// Processor time used, in milliseconds.
    #[serde(rename = "cpu.time")]
    CpuTime,
    /// Bytes sent out.
    #[serde(rename = "network.egress")]
    NetworkEgress,
    /// Bytes received.
    #[serde(rename = "network.ingress")]
    NetworkIngress,
    /// Bytes stored times seconds.
    #[serde(rename = "storage.used")]
    StorageUsed,
}

impl Meter {
    /// Every meter.
    pub const ALL: [Self; 6] = [
        Self::TimeAllocated,
        Self::TimeRunning,
        Self::CpuTime,
        Self::NetworkEgress,
        Self::NetworkIngress,
        Self::StorageUsed,
    ];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TimeAllocated => "time.allocated",
            Self::TimeRunning => "time.running",
            Self::CpuTime => "cpu.time",
            Self::NetworkEgress => "network.egress",
            Self::NetworkIngress => "network.ingress",
            Self::StorageUsed => "storage.used",
        }
    }

    /// The unit of its quantities.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::TimeAllocated | Self::TimeRunning => "s",
            Self::CpuTime => "ms",
            Self::NetworkEgress | Self::NetworkIngress => "B",
            Self::StorageUsed => "B*s",
        }
    }
}

impl std::fmt::Display for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for Meter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|meter| meter.name() == text).ok_or_else(|| format!("`{text}` is not a meter"))
    }
}

/// One named part of a price plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct PriceComponent {
    /// Its name on statements, unique within the plan: `machine`, `storage`, `traffic`, `setup`.
    pub name: String,
    /// What it costs.
    #[serde(flatten)]
    pub price: Price,
}

/// What an offer costs. All amounts are of one currency and not negative.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PricePlan {
    /// The currency of every amount.
    pub currency: Currency,
    /// The parts.
    pub components: Vec<PriceComponent>,
    /// What many instances of one component on the offer cost less, in rising order of their number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub volume: Vec<VolumeTier>,
}

/// From how many instances on recurring prices are lower.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeTier {
    /// The least number of instances.
    pub from: u32,
    /// What every instance then costs less, the first ones included: of fixed and per-unit prices, not of traffic nor
    /// of what is due once.
    pub discount: Percentage,
}

/// What one unit of a service is expected to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// In a month of 730 hours.
    pub monthly: Money,
    /// Once, at the start.
    pub one_off: Money,
}

impl PricePlan {
    /// A plan of one fixed price.
    #[must_use]
    pub fn fixed(amount: Money, per: Period) -> Self {
        Self {
            currency: amount.currency(),
            components: vec![PriceComponent { name: "base".to_owned(), price: Price::Fixed { amount, per } }],
            volume: Vec::new(),
        }
    }

    /// What so many instances take off recurring prices; `None` when nothing.
    #[must_use]
    pub fn discount(&self, instances: u32) -> Option<Percentage> {
        let reached = self.volume.iter().filter(|tier| tier.from <= instances);
        reached.map(|tier| tier.discount).max().filter(|discount| discount.base() > 0)
    }

    /// The plan of one of so many instances: without tiers of its own, with recurring amounts less the discount, each
    /// rounded half to even to a micro unit.
    #[must_use]
    pub fn at_volume(&self, instances: u32) -> Self {
        let left = WHOLE - self.discount(instances).map_or(0, |share| i128::from(share.base()).min(WHOLE));
        let reduced = |amount: Money| amount.times_ratio(left, WHOLE).unwrap_or(amount);
        let mut plan = Self { volume: Vec::new(), ..self.clone() };
        for component in plan.components.iter_mut().filter(|_| left < WHOLE) {
            if let Price::Fixed { amount, .. } | Price::PerUnit { amount, .. } = &mut component.price {
                *amount = reduced(*amount);
            }
        }
        plan
    }

    /// Everything that is wrong with the plan: negative amounts, other currencies, names twice, tiers that
    /// do not rise or do not end openly.
    #[must_use]
    pub fn defects(&self) -> Vec<String> {
        let mut defects = Vec::new();
        let rising =
            self.volume.windows(2).all(|pair| pair[0].from < pair[1].from && pair[0].discount < pair[1].discount);
        let within = |tier: &VolumeTier| tier.from >= 2 && (1..=WHOLE).contains(&tier.discount.base().into());
        if !rising || !self.volume.iter().all(within) {
            let rule = "from 2 instances on, with more discount for more instances, up to 100 %";
            defects.push(format!("the tiers of `volume` must rise: {rule}"));
        }
        let mut names = std::collections::BTreeSet::new();
        for PriceComponent { name, price } in &self.components {
            if !names.insert(name) {
                defects.push(format!("the component `{name}` appears twice"));
            }
            let amounts: Vec<Money> = match price {
                Price::Fixed { amount, .. } | Price::PerUnit { amount, .. } | Price::OneOff { amount } => vec![*amount],
                Price::Egress { per_gb, .. } => vec![*per_gb],
                Price::Tiered { meter, tiers } => {
                    if !matches!(meter, Meter::NetworkEgress | Meter::NetworkIngress) {
                        defects.push(format!(
                            "`{name}` is priced per GB, so it goes by network.egress or network.ingress, not by {meter}"
                        ));
                    }
                    let ends: Vec<_> = tiers.iter().map(|tier| tier.up_to).collect();
                    let open_end = ends.last().is_some_and(Option::is_none);
                    let rising = ends.windows(2).all(|pair| match pair {
                        [Some(a), Some(b)] => a < b,
                        [Some(_), None] => true,
                        _ => false,
                    });
                    if !open_end || !rising {
                        defects.push(format!("the tiers of `{name}` must rise, and only the last has no `upTo`"));
                    }
                    tiers.iter().map(|tier| tier.per_gb).collect()
                }
            };
            if amounts.iter().any(|amount| amount.currency() != self.currency) {
                defects.push(format!("`{name}` is not in {}", self.currency));
            }
            if amounts.iter().any(|amount| amount.micros() < 0) {
                defects.push(format!("`{name}` has a negative amount"));
            }
            if let Price::PerUnit { property, .. } = price
                && crate::kind::property_type(property).is_none()
            {
                defects.push(format!("`{name}` is per unit of `{property}`, which no kind has"));
            }
        }
        defects
    }

    /// What one service with these properties is expected to cost, when it sends `egress` bytes a month out.
    ///
    /// # Errors
    /// [`MoneyError`] when amounts are of different currencies or too large.
    pub fn estimate(&self, properties: &crate::kind::Properties, egress: i64) -> Result<Estimate, MoneyError> {
        self.estimate_by(|property| units_of(properties, property), egress)
    }

    /// What one service is expected to cost that has so many priced units of a property, as [`units_of_value`] says.
    ///
    /// # Errors
    /// [`MoneyError`] when amounts are of different currencies or too large.
    pub fn estimate_by(&self, units: impl Fn(&str) -> (i128, i128), egress: i64) -> Result<Estimate, MoneyError> {
        let mut estimate = Estimate { monthly: Money::zero(self.currency), one_off: Money::zero(self.currency) };
        for PriceComponent { price, .. } in &self.components {
            match price {
                Price::Fixed { amount, per } => {
                    estimate.monthly = estimate.monthly.checked_add(a_month(*amount, *per, 1, 1)?)?;
                }
                Price::PerUnit { property, amount, per } => {
                    let (units, scale) = units(property);
                    estimate.monthly = estimate.monthly.checked_add(a_month(*amount, *per, units, scale)?)?;
                }
                Price::Egress { .. } | Price::Tiered { meter: Meter::NetworkEgress, .. } => {
                    estimate.monthly = estimate.monthly.checked_add(price.of_volume(0, egress, self.currency)?)?;
                }
                Price::Tiered { .. } => {}
                Price::OneOff { amount } => estimate.one_off = estimate.one_off.checked_add(*amount)?,
            }
        }
        Ok(estimate)
    }
}

/// How many priced units of a property a service has, as `(numerator, denominator)`.
#[must_use]
pub fn units_of(properties: &crate::kind::Properties, property: &str) -> (i128, i128) {
    units_of_value(properties.values.get(property))
}

/// How many priced units a value comes to, as `(numerator, denominator)`; none when it is absent or no amount.
#[must_use]
pub fn units_of_value(value: Option<&crate::kind::PropertyValue>) -> (i128, i128) {
    use crate::kind::PropertyValue;
    match value {
        Some(PropertyValue::Bytes(size)) => (i128::from(size.base()), 1 << 30),
        Some(PropertyValue::Count(number)) => (i128::from(number.base()), 1000),
        _ => (0, 1),
    }
}

fn a_month(amount: Money, per: Period, units: i128, scale: i128) -> Result<Money, MoneyError> {
    let periods = match per {
        Period::Hour => HOURS_PER_MONTH,
        Period::Month => 1,
    };
    amount.times_ratio(units * periods, scale)
}

impl Price {
    /// What `volume` bytes cost that come after `before` bytes of the same calendar month; nothing for
    /// prices that do not go by volume.
    ///
    /// # Errors
    /// [`MoneyError`] when amounts are of different currencies or too large.
    pub fn of_volume(&self, before: i64, volume: i64, currency: Currency) -> Result<Money, MoneyError> {
        let upto = |total: i64| -> Result<i128, MoneyError> {
            match self {
                Self::Egress { included, per_gb } => {
                    Ok(i128::from((total - included.base()).max(0)) * i128::from(per_gb.micros()))
                }
                Self::Tiered { tiers, .. } => {
                    let mut start = 0;
                    let mut sum = 0i128;
                    for tier in tiers {
                        let end = tier.up_to.map_or(i64::MAX, Quantity::base);
                        let within = (total.min(end) - start).max(0);
                        sum += i128::from(within) * i128::from(tier.per_gb.micros());
                        start = end;
                    }
                    Ok(sum)
                }
                Self::Fixed { .. } | Self::PerUnit { .. } | Self::OneOff { .. } => Ok(0),
            }
        };
        // Rounding the running total instead of each step makes the month's sum independent of how usage
        // was cut into intervals.
        let whole = |sum: i128| crate::money::div_half_even(sum, BYTES_PER_GB);
        let total = before.checked_add(volume).ok_or(MoneyError::Overflow)?;
        let micros = whole(upto(total)?) - whole(upto(before)?);
        i64::try_from(micros).map(|micros| Money::from_micros(micros, currency)).map_err(|_| MoneyError::Overflow)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(text: &str) -> Money {
        format!("{text} EUR").parse().unwrap()
    }

    #[test]
    fn plans_read_as_people_write_them() {
        let plan: PricePlan = serde_json::from_value(serde_json::json!({
            "currency": "EUR",
            "components": [
                {"name": "machine", "type": "fixed", "amount": "0.0120 EUR", "per": "hour"},
                {"name": "storage", "type": "per-unit", "property": "storage", "amount": "0.10 EUR", "per": "month"},
                {"name": "traffic", "type": "egress", "included": "100 GB", "perGb": "0.01 EUR"},
                {"name": "setup", "type": "one-off", "amount": "2.50 EUR"}
            ]
        }))
        .unwrap();
        assert_eq!(plan.defects(), Vec::<String>::new());
        let mut properties = crate::kind::Properties::default();
        properties.values.insert("storage".into(), crate::kind::PropertyValue::Bytes(Quantity::gib(50)));
        let estimate = plan.estimate(&properties, 200_000_000_000).unwrap();
        assert_eq!(estimate.monthly, eur("14.76"));
        assert_eq!(estimate.one_off, eur("2.50"));
        let json = serde_json::to_value(&plan).unwrap();
        assert_eq!(serde_json::from_value::<PricePlan>(json).unwrap(), plan);
    }

    #[test]
    fn many_instances_cost_less_but_for_traffic_and_setup() {
        let plan: PricePlan = serde_json::from_value(serde_json::json!({
            "currency": "EUR",
            "components": [
                {"name": "machine", "type": "fixed", "amount": "0.0120 EUR", "per": "hour"},
                {"name": "traffic", "type": "egress", "perGb": "0.01 EUR"},
                {"name": "setup", "type": "one-off", "amount": "2.50 EUR"}
            ],
            "volume": [{"from": 3, "discount": "12.5 %"}, {"from": 10, "discount": "50 %"}]
        }))
        .unwrap();
        assert_eq!(plan.defects(), Vec::<String>::new());
        let monthly = |count: u32| {
            let one = plan.at_volume(count);
            assert!(one.volume.is_empty(), "a plan of one instance has no tiers left");
            one.estimate(&crate::kind::Properties::default(), 100_000_000_000).unwrap()
        };
        assert_eq!(monthly(2).monthly, eur("9.76"));
        assert_eq!(monthly(3).monthly, eur("8.665"));
        assert_eq!(monthly(10).monthly, eur("5.38"));
        assert_eq!(monthly(10).one_off, eur("2.50"));
        assert_eq!(plan.discount(2), None);
        let mut falling = plan;
        falling.volume.reverse();
        assert_eq!(falling.defects().len(), 1);
    }

    #[test]
    fn defects_are_named() {
        let mut plan = PricePlan::fixed(eur("-1"), Period::Month);
        plan.components.push(PriceComponent {
            name: "base".into(),
            price: Price::Tiered { meter: Meter::NetworkEgress, tiers: vec![] },
        });
        assert_eq!(plan.defects().len(), 3, "{:?}", plan.defects());
        let mut stored = PricePlan::fixed(eur("1"), Period::Month);
        let tiers = vec![Tier { up_to: None, per_gb: eur("0.01") }];
        stored
            .components
            .push(PriceComponent { name: "stored".into(), price: Price::Tiered { meter: Meter::StorageUsed, tiers } });
        let defects = stored.defects();
        assert_eq!(defects.len(), 1, "{defects:?}");
        assert!(defects[0].contains("not by storage.used"), "{defects:?}");
    }

    proptest! {
        #[test]
        fn cutting_a_volume_into_intervals_changes_nothing(
            parts in prop::collection::vec(0i64..3_000_000_000, 1..30),
            per_gb in 0i64..100_000,
        ) {
            let price = Price::Tiered { meter: Meter::NetworkEgress, tiers: vec![
                Tier { up_to: Some(Quantity::from_base(10_000_000_000)), per_gb: Money::from_micros(per_gb * 2, Currency::EUR) },
                Tier { up_to: None, per_gb: Money::from_micros(per_gb, Currency::EUR) },
            ]};
            let mut before = 0;
            let mut sum = Money::zero(Currency::EUR);
            for part in &parts {
                sum = sum.checked_add(price.of_volume(before, *part, Currency::EUR).unwrap()).unwrap();
                before += part;
            }
            prop_assert_eq!(sum, price.of_volume(0, before, Currency::EUR).unwrap());
        }
    }
}
