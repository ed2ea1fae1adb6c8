//! Whatever document comes in, matching answers and never panics.

use std::time::Duration;

use hansa_matching::{Options, find};
use hansa_model::application::Application;
use hansa_model::money::{Currency, Money};
use hansa_model::offer::Catalogue;
use hansa_model::price::{Price, PriceComponent};
use hansa_model::quantity::{Bound, Quantity};
use proptest::prelude::*;

use crate::world::{application, catalogue, now, outcome};

const PROVIDERS: [&str; 3] = [
    include_str!("../../../../examples/providers/utrecht.yaml"),
    include_str!("../../../../examples/providers/grenoble.yaml"),
    include_str!("../../../../examples/providers/jelenia-gora.yaml"),
];

fn town_archive() -> Application {
    Application::parse(include_str!("../../../../examples/town-archive.yaml")).unwrap()
}

#[test]
fn the_same_input_gives_the_same_answer_however_it_is_ordered() {
    let market = catalogue(&PROVIDERS);
    let mut reversed = market.clone();
    reversed.offers.reverse();
    assert_eq!(outcome(&town_archive(), &market), outcome(&town_archive(), &reversed));
}

#[test]
fn without_time_there_is_still_an_answer() {
    let options = Options { time_limit: Duration::ZERO, ..Options::at(now()) };
    let outcome = find(&town_archive(), &catalogue(&PROVIDERS), &options);
    assert_eq!(outcome.packages, []);
    assert_eq!(outcome.conflict[0].repair.as_deref(), Some("allow more time"));
}

#[test]
fn amounts_beyond_all_sense_are_no_candidates() {
    let mut market = catalogue(&PROVIDERS);
    for offer in &mut market.offers {
        let amount = Money::from_micros(i64::MAX, Currency::EUR);
        offer.price.components = vec![PriceComponent {
            name: "base".to_owned(),
            price: Price::Fixed { amount, per: hansa_model::price::Period::Hour },
        }];
    }
    let outcome = outcome(&town_archive(), &market);
    assert_eq!(outcome.packages, []);
    assert!(
        outcome.excluded.iter().any(|exclusion| exclusion.requirement == "price" && exclusion.offered == "too large")
    );
}

#[test]
fn a_catalogue_with_loose_ends_is_no_reason_to_panic() {
    let market = catalogue(&PROVIDERS);
    let without_sites = Catalogue { sites: Default::default(), ..market.clone() };
    let without_providers = Catalogue { providers: Default::default(), ..market };
    for broken in [without_sites, without_providers] {
        assert!(!outcome(&town_archive(), &broken).conflict.is_empty());
    }
}

#[test]
fn traffic_is_free_within_a_site_and_beyond_it_after_what_is_included() {
    let market = catalogue(&[r"
providers:
- name: one
  legalName: One
  country: DE
  sites:
  - {name: a, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}}
  - {name: b, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}}
  offers:
  - {site: a, sku: vm, kind: compute.instance, properties: {cpu: 1, memory: 1 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 5 EUR, per: month}, {name: traffic, type: egress, included: 40 GB, perGb: 0.10 EUR}]}}
  - {site: b, sku: db, kind: database.mariadb, properties: {version: 10.11, storage: 1 GiB..9 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 5 EUR, per: month}]}}
  - {site: a, sku: db, kind: database.mariadb, properties: {version: 10.11, storage: 1 GiB..9 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 9 EUR, per: month}, {name: setup, type: one-off, amount: 3 EUR}]}}
"]);
    let spec = |traffic: &str| {
        application(&format!(
            "components:\n  web: {{ kind: compute.instance, count: 2, cpu: 1, memory: 1 GiB }}\n  db: {{ kind: database.mariadb, version: '>= 10', storage: 1 GiB }}\nlinks: [ {{ from: web, to: db, traffic: {traffic} }} ]"
        ))
    };
    // 50 GB for each of two instances, of which 10 GB are beyond the included 40: 2 × 10 × 0.10 EUR.
    let apart = outcome(&spec("100 GB/month"), &market);
    assert_eq!(apart.packages[0].price.traffic.to_string(), "2.00 EUR");
    assert_eq!(apart.packages[0].price.monthly.to_string(), "17.00 EUR");
    // Twice as much makes the dearer database at the same site the cheaper one.
    let together = outcome(&spec("200 GB/month"), &market);
    assert_eq!(together.packages[0].price.monthly.to_string(), "19.00 EUR");
    assert_eq!(together.packages[0].price.traffic.to_string(), "0.00 EUR");
    assert_eq!(together.packages[0].price.one_off.to_string(), "3.00 EUR");
    assert_eq!(together.packages[0].worst_rtt.unwrap().rtt.base(), 500);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn extreme_numbers_never_panic(
        count in prop_oneof![Just(0u32), Just(1), Just(u32::MAX)],
        traffic in prop_oneof![Just(0i64), Just(i64::MAX)],
        rtt in prop_oneof![Just(0i64), Just(i64::MAX)],
        budget in prop_oneof![Just(i64::MIN), Just(0), Just(i64::MAX)],
        weight in prop_oneof![Just(0.0), Just(1e6), Just(f64::MIN_POSITIVE), Just(f64::NAN), Just(f64::INFINITY)],
        max_providers in prop_oneof![Just(0u32), Just(u32::MAX)],
    ) {
        let mut application = town_archive();
        application.components[0].count = count;
        application.components[1].count = count;
        application.links[0].traffic = Some(Quantity::from_base(traffic));
        application.links[0].rtt = Some(Bound::at_most(Quantity::micros(rtt)));
        application.budget = Some(Money::from_micros(budget, Currency::EUR));
        application.objective.carbon = weight;
        application.objective.latency = weight;
        application.objective.providers = weight;
        application.max_providers = Some(max_providers);
        let options = Options { time_limit: Duration::from_millis(200), orderable_only: false, now: now(), ..Options::at(now()) };
        let outcome = find(&application, &catalogue(&PROVIDERS), &options);
        prop_assert!(outcome.packages.is_empty() != outcome.conflict.is_empty());
    }
}
