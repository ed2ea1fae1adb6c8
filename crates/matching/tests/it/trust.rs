//! What is known of a single offer counts instead of what is known of its provider, as long as it stands; who is left
//! out is told which evidence is missing.

use hansa_matching::{Index, Options, find_in};
use hansa_model::evidence::{Assurance, Lack};
use hansa_model::offer::Catalogue;
use hansa_model::package::Levels;
use hansa_model::time::Timestamp;

use crate::world::{application, catalogue, now, offers, outcome};

/// One provider of SEAL 1 with three offers at one site; `high` is SEAL 3 by itself, and of `dark` nothing is known.
const MARKET: &str = "
providers:
- name: p
  legalName: P
  country: DE
  assurance:
    seal: 1
    cada: 1
    labels: {gaia-x: L1}
    validUntil: '2027-06-01T00:00:00Z'
    certificates: [{scheme: ISO27001}]
    lacks:
      'seal:2': [{criterion: sov-2-q2, missing: no evidence on extraterritorial law}, {criterion: sov-3-q1, missing: keys}, {criterion: a, missing: b}, {criterion: c, missing: d}]
      'gaia-x:L2': [{criterion: P2.1.1, missing: a certificate}]
      'certifications:C5': [{criterion: C5, missing: a C5 report}]
      'certifications:HDS': [{criterion: HDS, missing: an HDS certificate}]
      control: [{criterion: owner, missing: who holds 40 %}]
      subcontractors: [{criterion: list, missing: the list of subcontractors}]
  sites:
  - {name: s, country: DE, city: Berlin, coordinates: {latitude: 52.52, longitude: 13.41}}
  offers:
  - {site: s, sku: plain, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 5 EUR, per: month}]}}
  - {site: s, sku: high, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 9 EUR, per: month}]}, assurance: {seal: 3, cada: 2, labels: {gaia-x: L3}, validUntil: '2027-01-01T00:00:00Z', control: {thirdCountry: none}}}
  - {site: s, sku: dark, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 2 EUR, per: month}]}, assurance: {}}
";

const ONE: &str = "components:\n  one: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The offers of the packages that are found, with their names.
fn found(spec: &str, market: &Catalogue, now: Timestamp) -> Vec<(String, String)> {
    let index = Index::of(market, hansa_matching::Geo::embedded());
    let outcome = find_in(&index.snapshot(), &application(spec), &Options::at(now));
    outcome.packages.iter().map(|package| (package.name.clone(), offers(package)[0].to_owned())).collect()
}

#[test]
fn an_offer_is_judged_by_what_is_known_of_itself() {
    let market = catalogue(&[MARKET]);
    for (asked, expected) in [
        ("seal: { minimum: 1 }", "p/s/plain"),
        ("seal: { minimum: 2 }", "p/s/high"),
        ("cada: { minimum: 2 }", "p/s/high"),
        ("labels: { gaia-x: L2 }", "p/s/high"),
        ("control: { thirdCountry: none }", "p/s/high"),
        // A certificate of the provider says nothing of offers that are known by themselves.
        ("certifications: { all: [ISO27001] }", "p/s/plain"),
        ("jurisdiction: [DE]", "p/s/dark"),
    ] {
        let outcome = outcome(&application(&format!("requirements: {{ {asked} }}\n{ONE}")), &market);
        assert_eq!(offers(&outcome.packages[0]), [expected], "{asked}");
    }
}

#[test]
fn of_offers_at_one_site_the_more_sovereign_is_found_though_it_is_dearer() {
    let market = catalogue(&[MARKET]);
    let found = found(&format!("objective: {{ pareto: true }}\n{ONE}"), &market, now());
    assert!(found.contains(&("cheapest".to_owned(), "p/s/dark".to_owned())) || found[0].1 == "p/s/dark", "{found:?}");
    assert!(found.contains(&("most-sovereign".to_owned(), "p/s/high".to_owned())), "{found:?}");
}

#[test]
fn levels_count_until_they_end() {
    let market = catalogue(&[MARKET]);
    let spec = format!("requirements: {{ seal: {{ minimum: 1 }} }}\n{ONE}");
    let sku = |at: Timestamp| found(&spec, &market, at).first().map(|(_, offer)| offer.clone());
    let two = spec.replace("minimum: 1", "minimum: 2");
    assert_eq!(found(&two, &market, at("2026-12-31T23:59:59Z")).len(), 1);
    assert_eq!(found(&two, &market, at("2027-01-01T00:00:00Z")), []);
    assert_eq!(sku(at("2027-05-31T23:59:59Z")).as_deref(), Some("p/s/plain"));
    assert_eq!(sku(at("2027-06-01T00:00:00Z")), None);
    let options = Options::at(at("2027-06-01T00:00:00Z"));
    let ended = hansa_matching::find(&application(&spec), &market, &options);
    let told: Vec<&str> = ended.excluded.iter().map(|exclusion| exclusion.offered.as_str()).collect();
    assert_eq!(told, ["not stated", "1, ended 2027-06-01T00:00:00Z", "3, ended 2027-01-01T00:00:00Z"]);
    assert!(ended.excluded.iter().all(|exclusion| exclusion.distance.is_none()));
}

#[test]
fn packages_and_their_parts_show_their_levels() {
    let market = catalogue(&[MARKET]);
    let spec = format!(
        "requirements: {{ seal: {{ minimum: 1 }} }}\n{ONE}  two: {{ kind: compute.instance, cpu: 2, memory: any, requirements: {{ cada: {{ minimum: 2 }} }} }}\n"
    );
    let package = &outcome(&application(&spec), &market).packages[0];
    let levels = |label: &str, seal, cada, end: &str| Levels {
        gaia_x: Some(label.to_owned()),
        seal: Some(seal),
        cada: Some(cada),
        valid_until: Some(at(end)),
    };
    let of_part = |name: usize| &package.components[name].replicas[0].levels;
    assert_eq!(*of_part(0), levels("L1", 1, 1, "2027-06-01T00:00:00Z"));
    assert_eq!(*of_part(1), levels("L3", 3, 2, "2027-01-01T00:00:00Z"));
    assert_eq!(package.levels, levels("L1", 1, 1, "2027-01-01T00:00:00Z"));
    assert_eq!(package.sovereignty, 1);
    let dark = &outcome(&application(ONE), &market).packages[0];
    assert_eq!(dark.levels, Levels::default());
    assert!(!serde_json::to_string(dark).unwrap().contains("levels"));
}

#[test]
fn who_is_left_out_is_told_what_evidence_is_missing() {
    let market = catalogue(&[MARKET]);
    let because = |asked: &str| -> Vec<Lack> {
        let outcome = outcome(&application(&format!("requirements: {{ {asked} }}\n{ONE}")), &market);
        let plain = outcome.excluded.iter().find(|exclusion| exclusion.offer == "p/s/plain");
        plain.unwrap_or_else(|| panic!("{asked}: {:?}", outcome.excluded)).because.clone()
    };
    let criteria = |asked: &str| because(asked).into_iter().map(|lack| lack.criterion).collect::<Vec<_>>();
    assert_eq!(criteria("seal: { minimum: 2 }"), ["sov-2-q2", "sov-3-q1", "a"]);
    assert_eq!(because("seal: { minimum: 2 }")[0].missing, "no evidence on extraterritorial law");
    // Of the level that is asked for nothing is told, so it is what keeps from the one below.
    assert_eq!(criteria("seal: { minimum: 3 }"), ["sov-2-q2", "sov-3-q1", "a"]);
    assert_eq!(criteria("labels: { gaia-x: L3 }"), ["P2.1.1"]);
    assert_eq!(criteria("cada: { minimum: 2 }"), Vec::<String>::new());
    assert_eq!(criteria("certifications: { all: [C5] }"), ["C5"]);
    assert_eq!(criteria("certifications: { any: [HDS, C5] }"), ["HDS", "C5"]);
    assert_eq!(criteria("control: { thirdCountry: none }"), ["owner"]);
    assert_eq!(criteria("subcontractors: { within: [EU] }"), ["list"]);
    assert_eq!(criteria("subcontractors: { thirdCountry: none }"), ["list"]);
    assert_eq!(criteria("availability: '>= 99 %'"), Vec::<String>::new());
}

#[test]
fn a_conflict_tells_what_evidence_is_missing_and_how_less_could_be_asked() {
    let mut market = catalogue(&[MARKET]);
    market.offers.retain(|offer| offer.sku == "plain");
    let impossible = outcome(&application(&format!("requirements: {{ seal: {{ minimum: 3 }} }}\n{ONE}")), &market);
    let [conflict] = &impossible.conflict[..] else { panic!("{:?}", impossible.conflict) };
    let lacking = "p/s/plain lacks sov-2-q2 – no evidence on extraterritorial law";
    assert_eq!(conflict.message, format!("seal >= 3: met by 0 of 1 offers for one; {lacking}"));
    assert_eq!(conflict.repair.as_deref(), Some("seal 3 → 1"));
    let impossible = outcome(&application(&format!("requirements: {{ cada: {{ minimum: 4 }} }}\n{ONE}")), &market);
    assert_eq!(impossible.conflict[0].repair.as_deref(), Some("cada 4 → 1"));
    let mut subcontracted = market.clone();
    subcontracted.offers[0].assurance = Some(Box::new(Assurance {
        subcontracting: Some(hansa_model::evidence::Subcontracting {
            countries: vec!["CH".parse().unwrap()],
            ..Default::default()
        }),
        ..Assurance::default()
    }));
    let within = "requirements: { subcontractors: { thirdCountry: any, within: [EU] } }\n";
    let impossible = outcome(&application(&format!("{within}{ONE}")), &subcontracted);
    assert_eq!(impossible.conflict[0].field, "spec.requirements.subcontractors.within");
    assert_eq!(impossible.repairs[0].changes[0].to.as_deref(), Some("[EU, CH]"));
    let control = within.replace("any, within: [EU]", "none");
    let impossible = outcome(&application(&format!("{control}{ONE}")), &subcontracted);
    let change = &impossible.repairs[0].changes[0];
    assert_eq!((change.field.as_str(), &change.to), ("spec.requirements.subcontractors.thirdCountry", &None));
}
