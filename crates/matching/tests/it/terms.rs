//! What many instances cost less, and for how long offers bind.

use crate::world::{application, catalogue, offers, outcome};

const MARKET: &str = "
providers:
- name: p
  legalName: P
  country: DE
  sites:
  - {name: s, country: DE, city: X, coordinates: {latitude: 50, longitude: 10}}
  offers:
  - {site: s, sku: single, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 9 EUR, per: month}]}}
  - {site: s, sku: bulk, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 10 EUR, per: month}, {name: setup, type: one-off, amount: 1 EUR}], volume: [{from: 4, discount: 25 %}]}}
  - {site: s, sku: bound, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 2 EUR, per: month}]}, terms: {minimumTerm: 365 d}}
";

fn machines(count: u32, before: &str) -> String {
    format!("{before}components:\n  one: {{ kind: compute.instance, count: {count}, cpu: '>= 1', memory: any }}")
}

#[test]
fn many_instances_on_one_offer_cost_less() {
    let market = catalogue(&[MARKET]);
    let three = outcome(&application(&machines(3, "term: 30 d\n")), &market).packages;
    assert_eq!((offers(&three[0]), three[0].price.monthly), (vec!["p/s/single"], "27 EUR".parse().unwrap()));
    let four = outcome(&application(&machines(4, "term: 30 d\n")), &market).packages;
    let replica = &four[0].components["one"].replicas[0];
    assert_eq!((offers(&four[0]), four[0].price.monthly), (vec!["p/s/bulk"], "30 EUR".parse().unwrap()));
    assert_eq!(replica.discount, "25 %".parse().ok());
    assert_eq!(four[0].price.one_off, "4 EUR".parse().unwrap(), "what is due once is not discounted");
}

#[test]
fn offers_that_bind_for_longer_than_the_buyer_stays_are_left_out_and_told() {
    let market = catalogue(&[MARKET]);
    let open = outcome(&application(&machines(1, "")), &market);
    assert_eq!(offers(&open.packages[0]), ["p/s/bound"]);
    assert_eq!(open.packages[0].minimum_term, "365 d".parse().ok());
    assert_eq!(
        outcome(&application(&machines(1, "term: 365 d\n")), &market).packages[0].minimum_term,
        "365 d".parse().ok()
    );
    let short = outcome(&application(&machines(1, "term: 90 d\n")), &market);
    assert_eq!((offers(&short.packages[0]), short.packages[0].minimum_term), (vec!["p/s/single"], None));
    let told = &short.excluded[0];
    assert_eq!((told.offer.as_str(), told.requirement.as_str()), ("p/s/bound", "term"));
    assert_eq!((told.required.as_str(), told.offered.as_str()), ("binds for 90 d at most", "binds for 365 d"));
    let count = short.requirements.iter().find(|count| count.requirement == "term").unwrap();
    assert_eq!((count.alone, count.opens_from), (1, "2 EUR".parse().ok()));
}
