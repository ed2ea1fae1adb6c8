use hansa_model::id::{ServiceId, UsageId};
use hansa_model::kind::PropertyValue;
use hansa_model::price::Tier;
use hansa_model::quantity::Quantity;
use proptest::prelude::*;

use super::*;

const GB: i64 = 1_000_000_000;

fn eur(text: &str) -> Money {
    format!("{text} EUR").parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plan(components: Vec<(&str, Price)>) -> PricePlan {
    let components = components.into_iter().map(|(name, price)| PriceComponent { name: name.into(), price }).collect();
    PricePlan { currency: Currency::EUR, components, volume: Vec::new() }
}

fn usage(meter: Meter, start: &str, end: &str, quantity: i64) -> Usage {
    Usage {
        id: UsageId::new(),
        service: ServiceId::new(),
        generation: 1,
        meter,
        start: at(start),
        end: at(end),
        quantity,
    }
}

fn allocated(start: &str, end: &str) -> Usage {
    usage(Meter::TimeAllocated, start, end, seconds_between(at(start), at(end)))
}

fn rated(plan: &PricePlan, usage: &Usage, before: Option<MonthVolume>) -> Result<Rated, RatingError> {
    let zone = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap();
    let mut properties = Properties::default();
    properties.values.insert("storage".into(), PropertyValue::Bytes(Quantity::gib(50)));
    properties.values.insert("cpu".into(), PropertyValue::Count(Quantity::from_base(1_500)));
    let commission = BasisPoints::new(250).unwrap();
    rate(usage, &Terms { plan, properties: &properties, zone: &zone, commission }, before)
}

fn amounts(rated: &Rated) -> Vec<(&str, Money)> {
    rated.parts.iter().map(|part| (part.component.as_str(), part.amount)).collect()
}

#[test]
fn a_full_month_of_a_monthly_price_costs_exactly_the_price_in_every_month() {
    let plan = PricePlan::fixed(eur("9.99"), Period::Month);
    let zone = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap();
    for name in ["2026-02", "2028-02", "2026-03", "2026-10", "2026-11"] {
        let month = zone.month_named(name).unwrap();
        let usage = Usage {
            start: month.start(),
            end: month.end(),
            quantity: month.seconds(),
            ..allocated("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
        };
        let rated = rated(&plan, &usage, None).unwrap();
        assert_eq!(amounts(&rated), [("base", eur("9.99"))], "{name}");
        assert_eq!(rated.parts[0].commission, eur("0.24975"));
    }
}

#[test]
fn time_feeds_fixed_and_per_unit_prices_and_nothing_else() {
    let plan = plan(vec![
        ("machine", Price::Fixed { amount: eur("0.36"), per: Period::Hour }),
        ("storage", Price::PerUnit { property: "storage".into(), amount: eur("0.02"), per: Period::Hour }),
        ("cores", Price::PerUnit { property: "cpu".into(), amount: eur("0.60"), per: Period::Hour }),
        ("traffic", Price::Egress { included: Quantity::from_base(0), per_gb: eur("1") }),
        ("setup", Price::OneOff { amount: eur("5") }),
    ]);
    let time = rated(&plan, &allocated("2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z"), None).unwrap();
    assert_eq!(amounts(&time), [("machine", eur("0.006")), ("storage", eur("0.016667")), ("cores", eur("0.015"))]);
    let running = usage(Meter::TimeRunning, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 60);
    assert_eq!(rated(&plan, &running, None).unwrap().parts, []);
    let egress = usage(Meter::NetworkEgress, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 2 * GB);
    assert_eq!(amounts(&rated(&plan, &egress, None).unwrap()), [("traffic", eur("2"))]);
    let ingress = usage(Meter::NetworkIngress, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 2 * GB);
    assert_eq!(rated(&plan, &ingress, None).unwrap().parts, []);
}

#[test]
fn tiers_follow_the_volume_of_the_month_and_begin_anew() {
    let price = Price::Tiered {
        meter: Meter::NetworkIngress,
        tiers: vec![
            Tier { up_to: Some(Quantity::from_base(10 * GB)), per_gb: eur("0.10") },
            Tier { up_to: None, per_gb: eur("0.01") },
        ],
    };
    let plan = plan(vec![("inbound", price)]);
    let first = usage(Meter::NetworkIngress, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 8 * GB);
    let first = rated(&plan, &first, None).unwrap();
    assert_eq!(amounts(&first), [("inbound", eur("0.80"))]);
    let second = usage(Meter::NetworkIngress, "2026-11-10T10:01:00Z", "2026-11-10T10:02:00Z", 8 * GB);
    let second = rated(&plan, &second, Some(first.volume)).unwrap();
    assert_eq!(amounts(&second), [("inbound", eur("0.26"))]);
    assert_eq!(second.volume.volume, 16 * GB);
    let december = usage(Meter::NetworkIngress, "2026-12-10T10:01:00Z", "2026-12-10T10:02:00Z", 8 * GB);
    let december = rated(&plan, &december, Some(second.volume)).unwrap();
    assert_eq!(amounts(&december), [("inbound", eur("0.80"))]);
    assert_eq!(december.volume.volume, 8 * GB);
}

#[test]
fn volume_over_the_end_of_a_month_is_split_by_seconds() {
    let plan = plan(vec![("traffic", Price::Egress { included: Quantity::from_base(0), per_gb: eur("1") })]);
    // One minute of October and two of November: the remainder of 10 bytes goes to the last part.
    let usage = usage(Meter::NetworkEgress, "2026-10-31T22:59:00Z", "2026-10-31T23:02:00Z", 10 * GB);
    let october = MonthVolume { month: at("2026-09-30T22:00:00Z"), volume: 5 };
    let rated = rated(&plan, &usage, Some(october)).unwrap();
    assert_eq!(amounts(&rated), [("traffic", eur("3.333333")), ("traffic", eur("6.666667"))]);
    let sent = |quantity| Some(Measured { meter: Meter::NetworkEgress, quantity });
    assert_eq!((rated.parts[0].measured, rated.parts[1].measured), (sent(3_333_333_333), sent(6_666_666_667)));
    assert_eq!(rated.parts[0].end, at("2026-10-31T23:00:00Z"));
    assert_eq!(rated.parts[1].start, at("2026-10-31T23:00:00Z"));
    assert_eq!(rated.volume, MonthVolume { month: at("2026-10-31T23:00:00Z"), volume: 6_666_666_667 });
}

#[test]
fn free_time_shows_and_absent_volume_does_not() {
    let plan = plan(vec![
        ("machine", Price::Fixed { amount: eur("0"), per: Period::Hour }),
        ("traffic", Price::Egress { included: Quantity::from_base(0), per_gb: eur("1") }),
    ]);
    let time = rated(&plan, &allocated("2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z"), None).unwrap();
    assert_eq!(amounts(&time), [("machine", eur("0"))]);
    let silent = usage(Meter::NetworkEgress, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 0);
    assert_eq!(rated(&plan, &silent, None).unwrap().parts, []);
}

#[test]
fn a_property_that_a_service_does_not_have_costs_nothing() {
    let price = Price::PerUnit { property: "gpu".into(), amount: eur("2"), per: Period::Hour };
    let rated = rated(&plan(vec![("gpu", price)]), &allocated("2026-11-10T10:00:00Z", "2026-11-10T11:00:00Z"), None);
    assert_eq!(amounts(&rated.unwrap()), [("gpu", eur("0"))]);
}

#[test]
fn one_off_prices_are_due_at_the_start_with_their_commission() {
    let plan = plan(vec![
        ("machine", Price::Fixed { amount: eur("1"), per: Period::Hour }),
        ("setup", Price::OneOff { amount: eur("2.50") }),
    ]);
    let start = at("2026-11-10T10:00:00.5Z");
    let parts = one_off(&plan, BasisPoints::new(1_000).unwrap(), start).unwrap();
    let (component, amount, commission) = ("setup".to_owned(), eur("2.50"), eur("0.25"));
    let setup = RatedPart { component, start, end: start, measured: None, amount, commission };
    assert_eq!(parts, [setup]);
}

#[test]
fn impossible_usage_is_refused() {
    let plan = PricePlan::fixed(eur("1"), Period::Hour);
    let refused = |usage| rated(&plan, &usage, None).unwrap_err();
    for (start, end) in [
        ("2026-11-10T10:00:00Z", "2026-11-10T10:00:00Z"),
        ("2026-11-10T10:00:01Z", "2026-11-10T10:00:00Z"),
        ("2026-11-10T10:00:00.5Z", "2026-11-10T10:01:00Z"),
        ("2026-11-10T10:00:00Z", "2026-11-10T10:01:00.000001Z"),
    ] {
        let error = refused(usage(Meter::NetworkEgress, start, end, 1));
        assert!(matches!(error, RatingError::MalformedInterval { .. }), "{start} {end}: {error}");
    }
    let minute = |meter, quantity| usage(meter, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", quantity);
    assert_eq!(refused(minute(Meter::NetworkEgress, -1)), RatingError::NegativeQuantity(-1));
    for (meter, quantity) in [(Meter::TimeAllocated, 59), (Meter::TimeAllocated, 61), (Meter::TimeRunning, 61)] {
        let expected = RatingError::ImpossibleTime { meter, quantity, seconds: 60 };
        assert_eq!(refused(minute(meter, quantity)), expected);
    }
    assert_eq!(rated(&plan, &minute(Meter::TimeRunning, 0), None).unwrap().parts, []);
}

#[test]
fn usage_out_of_its_order_is_refused() {
    let plan = PricePlan::fixed(eur("1"), Period::Hour);
    let usage = allocated("2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z");
    let december = MonthVolume { month: at("2026-11-30T23:00:00Z"), volume: 1 };
    let refused = rated(&plan, &usage, Some(december)).unwrap_err();
    assert!(matches!(refused, RatingError::OutOfOrder { .. }), "{refused}");
    let negative = MonthVolume { month: at("2026-10-31T23:00:00Z"), volume: -1 };
    assert_eq!(rated(&plan, &usage, Some(negative)), Err(RatingError::NegativeQuantity(-1)));
}

#[test]
fn unsound_plans_are_refused() {
    let usage = allocated("2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z");
    let negative = PricePlan::fixed(eur("-1"), Period::Hour);
    assert_eq!(rated(&negative, &usage, None), Err(RatingError::NegativePrice("base".into())));
    let foreign = PricePlan { currency: Currency::CHF, ..PricePlan::fixed(eur("1"), Period::Hour) };
    let component = "base".to_owned();
    let expected = RatingError::ForeignCurrency { component, found: Currency::EUR, expected: Currency::CHF };
    assert_eq!(rated(&foreign, &usage, None), Err(expected));
    let negative = plan(vec![("setup", Price::OneOff { amount: eur("-1") })]);
    let refused = one_off(&negative, BasisPoints::default(), usage.start);
    assert_eq!(refused, Err(RatingError::NegativePrice("setup".into())));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let largest = Money::from_micros(i64::MAX, Currency::EUR);
    let hourly = PricePlan::fixed(largest, Period::Hour);
    let day = allocated("2026-11-10T10:00:00Z", "2026-11-11T10:00:00Z");
    assert_eq!(rated(&hourly, &day, None), Err(MoneyError::Overflow.into()));
    let per_unit = Price::PerUnit { property: "storage".into(), amount: largest, per: Period::Month };
    assert_eq!(rated(&plan(vec![("storage", per_unit)]), &day, None), Err(MoneyError::Overflow.into()));
    let egress = plan(vec![("traffic", Price::Egress { included: Quantity::from_base(0), per_gb: largest })]);
    let flood = usage(Meter::NetworkEgress, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", i64::MAX);
    assert_eq!(rated(&egress, &flood, None), Err(MoneyError::Overflow.into()));
    let before = MonthVolume { month: at("2026-10-31T23:00:00Z"), volume: 1 };
    assert_eq!(rated(&egress, &flood, Some(before)), Err(RatingError::VolumeOverflow));
    let beyond = Usage { start: Timestamp::from_micros(9_000_000_000_000_000_000), ..day };
    let beyond = Usage { end: beyond.start.plus(std::time::Duration::from_secs(86_400)), ..beyond };
    assert!(matches!(rated(&hourly, &beyond, None), Err(RatingError::Zone(ZoneError::OutOfRange(_)))));
}

fn any_number() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -2..3i64, Just(i64::MAX), Just(i64::MIN), 0..10_000_000_000i64]
}

fn any_price() -> impl Strategy<Value = Price> {
    let money = || any_number().prop_map(|micros| Money::from_micros(micros, Currency::EUR));
    let per = || prop_oneof![Just(Period::Hour), Just(Period::Month)];
    let size = || any_number().prop_map(Quantity::from_base);
    let tier = (prop::option::of(size()), money()).prop_map(|(up_to, per_gb)| Tier { up_to, per_gb });
    prop_oneof![
        (money(), per()).prop_map(|(amount, per)| Price::Fixed { amount, per }),
        (money(), per()).prop_map(|(amount, per)| Price::PerUnit { property: "storage".into(), amount, per }),
        (size(), money()).prop_map(|(included, per_gb)| Price::Egress { included, per_gb }),
        (prop::sample::select(&Meter::ALL[..]), prop::collection::vec(tier, 0..4))
            .prop_map(|(meter, tiers)| Price::Tiered { meter, tiers }),
    ]
}

proptest! {
    #[test]
    fn whatever_comes_is_rated_or_refused(
        price in any_price(),
        meter in prop::sample::select(&Meter::ALL[..]),
        start in prop_oneof![any::<i64>(), -4_000_000_000..8_000_000_000i64],
        length in prop_oneof![-1..100_000_000i64, Just(i64::MIN)],
        quantity in prop::option::of(any_number()),
        storage in any_number(),
        before in prop::option::of(any_number()),
        points in 0..=10_000u16,
    ) {
        let zone = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap();
        let mut properties = Properties::default();
        properties.values.insert("storage".into(), PropertyValue::Bytes(Quantity::from_base(storage)));
        let usage = Usage {
            start: Timestamp::from_seconds(start),
            end: Timestamp::from_seconds(start.saturating_add(length)),
            quantity: quantity.unwrap_or(length),
            ..usage(meter, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 0)
        };
        let month = zone.month_of(usage.start).map_or(usage.start, |month| month.start());
        let terms = Terms {
            plan: &plan(vec![("any", price)]),
            properties: &properties,
            zone: &zone,
            commission: BasisPoints::new(points).unwrap(),
        };
        if let Ok(rated) = rate(&usage, &terms, before.map(|volume| MonthVolume { month, volume })) {
            for part in rated.parts {
                prop_assert!(0 <= part.commission.micros() && part.commission <= part.amount, "{part:?}");
                prop_assert!(usage.start <= part.start && part.start < part.end && part.end <= usage.end);
            }
        }
    }

    /// Up to a year, over many months and both changes of the clock: nothing that was measured is lost or doubled,
    /// for each component, however much was counted before.
    #[test]
    fn the_parts_of_a_record_add_up_to_its_quantity(
        meter in prop::sample::select(&[Meter::NetworkEgress, Meter::TimeAllocated, Meter::StorageUsed][..]),
        start in 1_780_000_000..1_820_000_000i64,
        length in 1..31_622_400i64,
        volume in prop_oneof![0..4i64, 0..10_000_000_000_000i64],
        before in 0..10_000_000_000_000i64,
    ) {
        let price = || Price::Tiered { meter, tiers: vec![Tier { up_to: None, per_gb: eur("0.01") }] };
        let plan = plan(vec![("one", price()), ("other", price())]);
        let quantity = if meter == Meter::TimeAllocated { length } else { volume };
        let usage = Usage {
            start: Timestamp::from_seconds(start),
            end: Timestamp::from_seconds(start + length),
            quantity,
            ..usage(meter, "2026-11-10T10:00:00Z", "2026-11-10T10:01:00Z", 0)
        };
        let month = BillingZone::named(BillingZone::DEFAULT_NAME).unwrap().month_of(usage.start).unwrap().start();
        let rated = rated(&plan, &usage, Some(MonthVolume { month, volume: before })).unwrap();
        for component in ["one", "other"] {
            let parts: Vec<_> = rated.parts.iter().filter(|part| part.component == component).collect();
            let measured: Vec<Measured> = parts.iter().map(|part| part.measured.unwrap()).collect();
            prop_assert!(measured.iter().all(|one| one.meter == meter && one.quantity > 0), "{measured:?}");
            prop_assert_eq!(measured.iter().map(|one| one.quantity).sum::<i64>(), quantity);
            if meter == Meter::TimeAllocated {
                let passed = |part: &RatedPart| seconds_between(part.start, part.end);
                prop_assert!(parts.iter().all(|part| part.measured.unwrap().quantity == passed(part)));
            }
        }
    }
}
