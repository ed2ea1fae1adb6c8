//! An application that nothing fits is answered with a smallest conflict and changes that help.

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::{ConflictStatus, MatchOutcome, Repair};

use crate::world::{application, catalogue, outcome};

const MARKET: &str = r"
providers:
- name: north
  legalName: North
  country: SE
  assurance: {seal: 1}
  sites:
  - {name: stockholm, country: SE, city: Stockholm, coordinates: {latitude: 59.33, longitude: 18.07}}
  offers:
  - {site: stockholm, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 10 EUR, per: month}]}}
- name: south
  legalName: South
  country: IT
  assurance: {seal: 3}
  sites:
  - {name: rome, country: IT, city: Rome, coordinates: {latitude: 41.89, longitude: 12.51}}
  offers:
  - {site: rome, sku: vm, kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 30.005 EUR, per: month}]}}
  - {site: rome, sku: db, kind: database.postgresql, properties: {version: 15, storage: 1 GiB..10 GiB}, price: {currency: EUR, components: [{name: base, type: fixed, amount: 20 EUR, per: month}]}}
";
const VM: &str = "kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB'";
const DB: &str = "kind: database.postgresql, version: '>= 15', storage: '>= 1 GiB'";

fn expect(spec: &str, expected: &[(&str, Option<&str>)]) {
    let found = outcome(&application(spec), &catalogue(&[MARKET]));
    assert_eq!(found.packages, [], "{spec}");
    assert_eq!(found.conflict_status, Some(ConflictStatus::Smallest));
    let told: Vec<_> =
        found.conflict.iter().map(|conflict| (conflict.field.as_str(), conflict.repair.as_deref())).collect();
    assert_eq!(told, expected, "{spec}");
}

/// The repairs of a document, each of which does what it says.
fn repairs(spec: &str) -> Vec<(String, String)> {
    let (asked, market) = (application(spec), catalogue(&[MARKET]));
    let found = outcome(&asked, &market);
    for repair in &found.repairs {
        let repaired = outcome(&asked.changed(&repair.changes).unwrap(), &market);
        assert_eq!(repaired.packages[0].price, repair.gives, "{repair:?}");
    }
    let told = |repair: &Repair| {
        let changes: Vec<String> = repair.changes.iter().map(ToString::to_string).collect();
        (changes.join(" "), repair.gives.monthly.to_string())
    };
    found.repairs.iter().map(told).collect()
}

fn expect_repairs(spec: &str, expected: &[(&str, &str)]) {
    let expected: Vec<_> =
        expected.iter().map(|(changes, gives)| ((*changes).to_owned(), (*gives).to_owned())).collect();
    assert_eq!(repairs(spec), expected, "{spec}");
}

#[test]
fn a_budget_that_is_too_small_says_what_is_enough() {
    let spec = format!(
        "requirements: {{ seal: {{ minimum: 2 }} }}\nbudget: {{ monthly: 20 EUR }}\ncomponents:\n  one: {{ {VM} }}"
    );
    expect(
        &spec,
        &[
            // Rounded up to the cent.
            ("spec.budget.monthly", Some("budget 20.00 EUR → 30.01 EUR")),
            ("spec.requirements.seal", Some("seal 2 → 1")),
        ],
    );
    expect_repairs(
        &spec,
        &[("spec.requirements.seal.minimum=1", "10.00 EUR"), ("spec.budget.monthly=30.01 EUR", "30.005 EUR")],
    );
}

#[test]
fn a_round_trip_that_is_too_short_says_what_is_possible() {
    let spec = format!(
        "components:\n  a: {{ {VM}, requirements: {{ providers: [north] }} }}\n  b: {{ {DB} }}\nlinks: [ {{ from: a, to: b, rtt: '<= 10 ms' }} ]"
    );
    expect(
        &spec,
        &[
            ("spec.links[0].rtt", Some("rtt between a and b <= 10 ms → <= 43.7 ms")),
            ("spec.components.a.requirements.providers", Some("providers of a [north] → [north, south]")),
        ],
    );
    expect_repairs(
        &spec,
        &[
            ("spec.links[0].rtt=<= 43.7 ms", "30.00 EUR"),
            ("spec.components.a.requirements.providers=[north, south]", "50.005 EUR"),
        ],
    );
}

#[test]
fn a_place_that_is_too_far_says_how_far_and_one_that_is_unknown_what_was_meant() {
    expect(
        &format!("components:\n  a: {{ {VM}, near: {{ place: Oslo, rtt: '<= 8 ms' }} }}"),
        &[("spec.components.a.near", Some("rtt between a and Oslo <= 8 ms → <= 13.4 ms"))],
    );
    let unknown = format!("components:\n  a: {{ {VM}, near: {{ place: Osl0, rtt: '<= 20 ms' }} }}");
    let outcome = outcome(&application(&unknown), &catalogue(&[MARKET]));
    assert_eq!(outcome.conflict[0].message, "no place `Osl0` is known; did you mean `Oslo`?");
    expect_repairs(&unknown, &[("spec.components.a.near.place=Oslo", "10.00 EUR")]);
}

#[test]
fn too_few_providers_say_how_many_are_enough() {
    expect(
        &format!(
            "maxProviders: 1\ncomponents:\n  a: {{ {VM}, requirements: {{ excludeProviders: [south] }} }}\n  b: {{ {DB} }}"
        ),
        &[
            ("spec.maxProviders", Some("maxProviders 1 → 2")),
            ("spec.components.a.requirements.excludeProviders", Some("without excludeProviders of a")),
        ],
    );
}

#[test]
fn instances_that_cannot_be_kept_apart_are_a_conflict_of_their_own() {
    expect(
        &format!("components:\n  a: {{ {VM}, count: 3, spread: {{ by: country }} }}"),
        &[("spec.components.a.spread", Some("without spread of a"))],
    );
    expect(
        &format!("components:\n  a: {{ {VM}, count: 100, spread: {{ by: site }} }}"),
        &[("spec.components.a.spread", Some("without spread of a"))],
    );
}

#[test]
fn what_nothing_offers_asks_for_as_little_less_as_can_be() {
    let ask = |more: &str| format!("components:\n  a: {{ kind: compute.instance, {more} }}");
    expect_repairs(&ask("cpu: '>= 8', memory: any"), &[("spec.components.a.cpu=>= 2", "10.00 EUR")]);
    expect_repairs(&ask("cpu: 1, memory: any"), &[("spec.components.a.cpu=1..2", "10.00 EUR")]);
    expect_repairs(&ask("cpu: 2, memory: any, image: debian-12"), &[("spec.components.a.image=", "10.00 EUR")]);
    expect_repairs(
        &ask("cpu: 2, memory: any, requirements: { dataLocation: [DE, FR] }"),
        &[("spec.components.a.requirements.dataLocation=[DE, FR, IT]", "30.005 EUR")],
    );
    expect_repairs(
        &ask("cpu: 2, memory: any, requirements: { certifications: { all: [C5] } }"),
        &[("spec.components.a.requirements.certifications.all=", "10.00 EUR")],
    );
}

#[test]
fn changes_that_only_help_together_are_told_together() {
    let spec =
        format!("budget: {{ monthly: 1 EUR }}\ncomponents:\n  a: {{ {VM}, near: {{ place: Oslo, rtt: '<= 8 ms' }} }}");
    expect(&spec, &[("spec.components.a.near", None)]);
    expect_repairs(&spec, &[("spec.components.a.near.rtt=<= 13.4 ms spec.budget.monthly=10.00 EUR", "10.00 EUR")]);
    // Several of one list, and of one field.
    let spec = format!(
        "requirements: {{ certifications: {{ all: [A, B, C] }} }}\ncomponents:\n  a: {{ {VM}, requirements: {{ providers: [north] }} }}\n  b: {{ {DB} }}\ntogether: [ {{ components: [a, b], by: site }}, {{ components: [b, a], by: country }} ]"
    );
    let repairs = repairs(&spec);
    assert!(repairs.iter().any(|(changes, _)| changes.contains("certifications.all=")), "{repairs:?}");
}

#[test]
fn a_catalogue_without_the_kind_says_so() {
    expect(
        "components:\n  a: { kind: database.mariadb, version: '>= 10', storage: '>= 1 GiB' }",
        &[("spec.components.a.kind", None)],
    );
    let empty = outcome(&application(&format!("components:\n  a: {{ {VM} }}")), &Catalogue::default());
    assert_eq!(empty.conflict[0].message, "of 0 offers of compute.instance none is usable in EUR");
}

#[test]
fn requirements_that_contradict_each_other_are_named() {
    expect(
        &format!(
            "requirements: {{ providers: [north] }}\ncomponents:\n  a: {{ {VM}, requirements: {{ excludeProviders: [north] }} }}"
        ),
        &[
            ("spec.requirements.providers", Some("providers [north] → [north, south]")),
            ("spec.components.a.requirements.excludeProviders", Some("without excludeProviders of a")),
        ],
    );
}

/// An application as large as documents may be.
fn largest() -> (Application, Catalogue) {
    let components: String =
        (0..100).map(|number| format!("  c{number}: {{ {VM}, count: 100, spread: {{ by: site }} }}\n")).collect();
    (application(&format!("components:\n{components}")), catalogue(&[MARKET]))
}

#[test]
fn too_much_is_refused_in_words() {
    let (application, catalogue) = largest();
    let MatchOutcome { packages, conflict, .. } = outcome(&application, &catalogue);
    assert_eq!(packages, []);
    assert_eq!(conflict[0].field, "spec.components");
    assert!(conflict[0].message.contains("more than 512 places"), "{conflict:?}");
}

/// More machines than are looked at otherwise, all far from the only database but the dearest one, which has no seal.
fn crowded() -> Catalogue {
    let price = |amount: u32| {
        format!("price: {{currency: EUR, components: [{{name: base, type: fixed, amount: {amount} EUR, per: month}}]}}")
    };
    let vm = "kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}";
    let site = |name: &str, latitude: u32, longitude: u32| {
        format!(
            "  - {{name: {name}, country: SE, city: X, coordinates: {{latitude: {latitude}, longitude: {longitude}}}}}\n"
        )
    };
    let mut sealed = "- name: sealed\n  legalName: X\n  country: SE\n  assurance: {seal: 3}\n  sites:\n".to_owned();
    (0..130).for_each(|number| sealed.push_str(&site(&format!("s{number}"), 40 + number % 20, number / 20)));
    sealed.push_str(&(site("south", 30, 30) + "  offers:\n"));
    for number in 0..2600 {
        let (site, price) = (number % 130, price(10 + number / 130));
        sealed.push_str(&format!("  - {{site: s{site}, sku: vm{number}, {vm}, {price}}}\n"));
    }
    sealed.push_str(&format!(
        "  - {{site: south, sku: db, kind: database.postgresql, properties: {{version: 15, storage: 1 GiB..10 GiB}}, {}}}\n",
        price(20)
    ));
    let open = format!(
        "- name: open\n  legalName: X\n  country: SE\n  sites:\n{}  offers:\n  - {{site: oasis, sku: vm, {vm}, {}}}\n",
        site("oasis", 30, 30),
        price(900)
    );
    catalogue(&[&format!("providers:\n{sealed}"), &format!("providers:\n{open}")])
}

#[test]
fn conflicts_are_exact_where_thousands_of_offers_fit() {
    let asked = application(&format!(
        "requirements: {{ seal: {{ minimum: 2 }} }}\nmaxProviders: 2\ncomponents:\n  a: {{ {VM} }}\n  b: {{ {DB} }}\nlinks: [ {{ from: a, to: b, rtt: '<= 8 ms' }} ]"
    ));
    let found = outcome(&asked, &crowded());
    assert_eq!(found.conflict_status, Some(ConflictStatus::Smallest));
    let fields: Vec<&str> = found.conflict.iter().map(|conflict| conflict.field.as_str()).collect();
    assert_eq!(fields, ["spec.links[0].rtt", "spec.requirements.seal"]);
    let repairs: Vec<String> = found.repairs.iter().map(|repair| repair.changes[0].to_string()).collect();
    assert_eq!(repairs.len(), 2);
    assert_eq!(repairs[0], "spec.links[0].rtt=<= 52.7 ms");
    assert_eq!(repairs[1], "spec.requirements.seal=");
    assert_eq!(found.repairs[1].gives.monthly.to_string(), "920.00 EUR");
}
