//! Each kind of requirement keeps out an offer that breaks it, says what is required and offered, and lets in the
//! offer that meets it.

use hansa_model::kind::{KindId, Resource};
use hansa_model::offer::OfferState;
use hansa_model::quantity::Quantity;

use crate::world::{application, catalogue, offers, outcome};

/// Two providers with one offer each: everything is right with `good`, and little is known about `bad`.
const MARKET: &str = r"
providers:
- name: good
  legalName: Good AG
  country: DE
  assurance: {certificates: [{scheme: ISO27001}, {scheme: C5, validUntil: '2027-01-01T00:00:00Z'}], labels: {gaia-x: L2}, seal: 3, cada: 2, control: {thirdCountry: none}, seats: [DE], subcontracting: {countries: [DE, 'NO'], control: {thirdCountry: none}}}
  sites:
  - {name: here, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}, carbon: 50 g/kWh}
  offers:
  - {site: here, sku: vm, kind: compute.instance, properties: {cpu: 4, memory: 8 GiB, disk: 100 GiB, arch: x86_64, image: [debian-12, alpine]}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 20 EUR, per: month}]}, terms: {availability: 99.95 %}}
  - {site: here, sku: db, kind: database.postgresql, properties: {version: 13..16, storage: 1 GiB..1 TiB, backup: {every: 1h..24h, keep: 1d..30d, elsewhere: true}}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 20 EUR, per: month}]}}
- name: bad
  legalName: Bad Inc.
  country: US
  assurance: {certificates: [{scheme: C5, validUntil: '2026-01-01T00:00:00Z'}], labels: {gaia-x: SC}, seal: 1, cada: 1, control: {thirdCountry: some, countries: [US, CN]}, seats: [US, CN], subcontracting: {countries: [DE, IN], control: {thirdCountry: some, countries: [IN]}}, dataCountries: [US]}
  sites:
  - {name: there, country: CH, city: Zurich, coordinates: {latitude: 47.37, longitude: 8.54}, carbon: 500 g/kWh}
  offers:
  - {site: there, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB, arch: aarch64, image: debian-11}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 10 EUR, per: month}]}, terms: {availability: 99.5 %}}
  - {site: there, sku: db, kind: database.postgresql, properties: {version: 9..12, storage: 1 GiB..10 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 10 EUR, per: month}]}}
";

/// Matches one component of these fields, and tells why `bad` is out; `good` is chosen.
fn excluded(fields: &str) -> (String, String, String) {
    let one = |fields: &str| application(&format!("components:\n  one: {{ {fields} }}"));
    let market = catalogue(&[MARKET]);
    let outcome = outcome(&one(fields), &market);
    let chosen = outcome.packages.first().unwrap_or_else(|| panic!("{fields}: {:?}", outcome.conflict));
    assert!(offers(chosen)[0].starts_with("good/here/"), "{fields}");
    let [exclusion] = &outcome.excluded[..] else { panic!("{fields}: {:?}", outcome.excluded) };
    assert!(exclusion.offer.starts_with("bad/there/"), "{fields}");
    let count = outcome.requirements.iter().find(|count| count.requirement == exclusion.requirement).unwrap();
    assert_eq!((count.excluded, count.alone), (1, 1), "{fields}");
    (exclusion.requirement.clone(), exclusion.required.clone(), exclusion.offered.clone())
}

#[test]
fn every_kind_of_requirement_excludes_what_breaks_it() {
    const VM: &str = "kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB'";
    let cases = [
        ("requirements: { jurisdiction: [EU, NO] }", "jurisdiction", "EU or NO", "US, CN"),
        ("requirements: { control: { thirdCountry: none } }", "control", "none", "US or CN"),
        ("requirements: { labels: { gaia-x: L1 } }", "labels.gaia-x", ">= L1", "SC"),
        ("requirements: { seal: { minimum: 2 } }", "seal", ">= 2", "1"),
        ("requirements: { cada: { minimum: 2 } }", "cada", ">= 2", "1"),
        ("requirements: { subcontractors: { thirdCountry: none } }", "subcontractors.thirdCountry", "none", "IN"),
        ("requirements: { subcontractors: { within: [EEA] } }", "subcontractors.within", "all in EEA", "DE, IN"),
        ("requirements: { certifications: { all: [ISO27001] } }", "certifications.ISO27001", "held", "not stated"),
        ("requirements: { certifications: { all: [C5] } }", "certifications.C5", "held", "ended 2026-01-01T00:00:00Z"),
        ("requirements: { certifications: { any: [C5, HDS] } }", "certifications.any", "C5 or HDS", "C5"),
        ("requirements: { availability: '>= 99.9 %' }", "availability", ">= 99.9 %", "99.5 %"),
        ("requirements: { dataLocation: [EEA] }", "dataLocation", "EEA", "CH, US"),
        ("requirements: { dataLocation: [DE, CH] }", "dataLocation", "DE or CH", "CH, US"),
        ("requirements: { jurisdiction: [DE, US] }", "jurisdiction", "DE or US", "US, CN"),
        ("requirements: { carbonIntensity: '<= 100 g/kWh' }", "carbonIntensity", "<= 100 g/kWh", "500 g/kWh"),
        ("requirements: { providers: [good, other] }", "providers", "good or other", "bad"),
        ("requirements: { excludeProviders: [bad] }", "excludeProviders", "not bad", "bad"),
        ("near: { place: Potsdam, rtt: '<= 7 ms' }", "near", "<= 7 ms to Potsdam", "17.8 ms (estimated)"),
        ("disk: '>= 10 GiB'", "disk", ">= 10 GiB", "not stated"),
        ("image: [alpine, debian-12]", "image", "alpine or debian-12", "debian-11"),
        ("arch: x86_64", "arch", "x86_64", "aarch64"),
    ];
    for (fields, requirement, required, offered) in cases {
        let expected = (requirement.to_owned(), required.to_owned(), offered.to_owned());
        assert_eq!(excluded(&format!("{VM}, {fields}")), expected);
    }
    let sized = excluded("kind: compute.instance, cpu: '>= 3', memory: '>= 1 GiB'");
    assert_eq!(sized, ("cpu".to_owned(), ">= 3".to_owned(), "2".to_owned()));
    let exact = excluded("kind: compute.instance, cpu: '>= 1', memory: 8 GiB");
    assert_eq!(exact, ("memory".to_owned(), "8 GiB".to_owned(), "4 GiB".to_owned()));
    let database = "kind: database.postgresql, version: '>= 9', storage: '>= 5 GiB'";
    let every = excluded(&format!("{database}, backup: {{ every: 24h }}"));
    assert_eq!(every, ("backup.every".to_owned(), "1 d".to_owned(), "not stated".to_owned()));
    let elsewhere = excluded(&format!("{database}, backup: {{ elsewhere: true }}"));
    assert_eq!(elsewhere, ("backup.elsewhere".to_owned(), "yes".to_owned(), "not stated".to_owned()));
    let version = excluded("kind: database.postgresql, version: '>= 15', storage: '>= 5 GiB'");
    assert_eq!(version, ("version".to_owned(), ">= 15".to_owned(), "9..12".to_owned()));
}

#[test]
fn what_is_not_known_never_passes() {
    let unknown = r"
providers:
- name: silent
  legalName: Silent
  country: DE
  sites:
  - {name: here, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}}
  offers:
  - {site: here, sku: vm, kind: compute.instance, properties: {cpu: 4, memory: 8 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 2 EUR, per: month}]}}
";
    let market = catalogue(&[unknown]);
    for requirement in [
        "control: { thirdCountry: none }",
        "labels: { gaia-x: SC }",
        "seal: { minimum: 1 }",
        "cada: { minimum: 1 }",
        "subcontractors: { thirdCountry: none }",
        "subcontractors: { within: [EU] }",
        "certifications: { all: [ISO27001] }",
        "certifications: { any: [ISO27001] }",
        "availability: '>= 1 %'",
    ] {
        let text = format!(
            "requirements: {{ {requirement} }}\ncomponents:\n  one: {{ kind: compute.instance, cpu: 1..8, memory: 1 GiB..9 GiB }}"
        );
        let outcome = outcome(&application(&text), &market);
        assert_eq!(outcome.packages, [], "{requirement}");
        assert_eq!(outcome.excluded[0].offered, "not stated", "{requirement}");
        assert_eq!(outcome.conflict.len(), 1, "{requirement}");
    }
    let nothing_asked = "requirements: { control: { thirdCountry: any }, subcontractors: { thirdCountry: any }, seal: { minimum: 0 }, jurisdiction: [DE], dataLocation: [DE] }\ncomponents:\n  one: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }";
    assert_eq!(outcome(&application(nothing_asked), &market).packages.len(), 1);
}

#[test]
fn drafts_and_retired_offers_are_never_matched_and_listed_ones_only_shown() {
    let mut market = catalogue(&[MARKET]);
    let one = application("components:\n  one: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }");
    let cheap = |offer: &hansa_model::offer::Offer| offer.provider_name.as_str() == "bad";
    for state in [OfferState::Draft, OfferState::Retired] {
        market.offers.iter_mut().filter(|offer| cheap(offer)).for_each(|offer| offer.state = state);
        let outcome = outcome(&one, &market);
        assert_eq!(offers(&outcome.packages[0]), ["good/here/vm"]);
        assert_eq!(outcome.excluded[0].requirement, "state");
    }
    // The dearer offer can be ordered, so it is chosen; the cheaper one is shown.
    market.offers.iter_mut().for_each(|offer| {
        offer.state = if cheap(offer) { OfferState::Listed } else { OfferState::Orderable };
    });
    let both = outcome(&one, &market);
    let shown: Vec<_> =
        both.packages.iter().map(|package| (package.name.as_str(), offers(package)[0], package.chosen)).collect();
    assert_eq!(shown[..2], [("chosen", "good/here/vm", true), ("cheapest", "bad/there/vm", false)]);
    assert!(both.packages[0].orderable && !both.packages[1].orderable);
    let mut options = hansa_matching::Options::at(crate::world::now());
    options.orderable_only = true;
    let only = hansa_matching::find(&one, &market, &options);
    assert_eq!(only.packages.iter().map(|package| offers(package)[0]).collect::<Vec<_>>(), ["good/here/vm"]);
    assert_eq!(only.excluded[0].requirement, "orderable");
    // A report that is too old makes it no longer orderable.
    market.offers.iter_mut().for_each(|offer| offer.fresh_until = Some(crate::world::now()));
    let stale = hansa_matching::find(&one, &market, &options);
    assert_eq!(stale.packages, []);
    assert_eq!(stale.conflict[0].field, "spec.components.one.kind");
}

#[test]
fn offers_in_another_currency_are_left_out() {
    let francs = MARKET.replace("amount: 10 EUR", "amount: 10 CHF").replace(
        "aarch64, image: debian-11}, price: {currency: EUR",
        "aarch64, image: debian-11}, price: {currency: CHF",
    );
    let francs = francs
        .replace("storage: 1 GiB..10 GiB}, price: {currency: EUR", "storage: 1 GiB..10 GiB}, price: {currency: CHF");
    let market = catalogue(&[&francs]);
    let fields = "components:\n  one: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }";
    let in_euros = outcome(&application(fields), &market);
    assert_eq!(offers(&in_euros.packages[0]), ["good/here/vm"]);
    assert_eq!((in_euros.excluded[0].required.as_str(), in_euros.excluded[0].offered.as_str()), ("EUR", "CHF"));
    let in_francs = outcome(&application(&format!("budget: {{ monthly: 50 CHF }}\n{fields}")), &market);
    assert_eq!(offers(&in_francs.packages[0]), ["bad/there/vm"]);
}

#[test]
fn capacity_is_shared_by_all_that_is_placed_at_a_site() {
    let mut market = catalogue(&[MARKET]);
    let site = market.offers.iter().find(|offer| offer.provider_name.as_str() == "bad").unwrap().site;
    let free = |instances: i64| {
        [(Resource::Instances, instances), (Resource::Cpu, Quantity::whole(100).base())].into_iter().collect()
    };
    let two = application(
        "components:\n  a: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }\n  b: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }",
    );
    market.free.insert((site, KindId::ComputeInstance), free(2));
    assert_eq!(offers(&outcome(&two, &market).packages[0]), ["bad/there/vm", "bad/there/vm"]);
    market.free.insert((site, KindId::ComputeInstance), free(1));
    let placed = outcome(&two, &market);
    let mut split = offers(&placed.packages[0]);
    split.sort_unstable();
    assert_eq!(split, ["bad/there/vm", "good/here/vm"]);
    market.free.insert((site, KindId::ComputeInstance), free(0));
    let full = outcome(&two, &market);
    assert_eq!(offers(&full.packages[0]), ["good/here/vm", "good/here/vm"]);
    let exclusion = &full.excluded[0];
    assert_eq!((exclusion.requirement.as_str(), exclusion.offered.as_str()), ("capacity", "too little instances free"));
}
