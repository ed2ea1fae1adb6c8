//! An application that nothing fits is answered with a smallest conflict and changes that help.

use hansa_model::application::Application;
use hansa_model::offer::Catalogue;
use hansa_model::package::MatchOutcome;

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

fn conflicts(spec: &str) -> Vec<(String, Option<String>)> {
    let outcome = outcome(&application(spec), &catalogue(&[MARKET]));
    assert_eq!(outcome.packages, [], "{spec}");
    outcome.conflict.into_iter().map(|conflict| (conflict.field, conflict.repair)).collect()
}

fn expect(spec: &str, expected: &[(&str, Option<&str>)]) {
    let expected: Vec<_> =
        expected.iter().map(|(field, repair)| ((*field).to_owned(), repair.map(str::to_owned))).collect();
    assert_eq!(conflicts(spec), expected, "{spec}");
}

#[test]
fn a_budget_that_is_too_small_says_what_is_enough() {
    expect(
        &format!(
            "requirements: {{ seal: {{ minimum: 2 }} }}\nbudget: {{ monthly: 20 EUR }}\ncomponents:\n  one: {{ {VM} }}"
        ),
        &[
            // Rounded up to the cent.
            ("spec.budget.monthly", Some("budget 30.01 EUR")),
            ("spec.requirements.seal", Some("without seal: 1 offer")),
        ],
    );
}

#[test]
fn what_helps_does_help() {
    let spec = |budget: &str| {
        format!(
            "requirements: {{ seal: {{ minimum: 2 }} }}\nbudget: {{ monthly: {budget} }}\ncomponents:\n  one: {{ {VM} }}"
        )
    };
    let market = catalogue(&[MARKET]);
    assert_eq!(outcome(&application(&spec("30.01 EUR")), &market).packages.len(), 1);
    assert_eq!(outcome(&application(&spec("30 EUR")), &market).packages.len(), 0);
}

#[test]
fn a_round_trip_that_is_too_short_says_what_is_possible() {
    expect(
        &format!(
            "components:\n  a: {{ {VM}, requirements: {{ providers: [north] }} }}\n  b: {{ {DB} }}\nlinks: [ {{ from: a, to: b, rtt: '<= 10 ms' }} ]"
        ),
        &[
            ("spec.links[0].rtt", Some("rtt <= 43.7 ms between a and b")),
            ("spec.components.a.requirements.providers", Some("without providers: 1 offer")),
        ],
    );
}

#[test]
fn a_place_that_is_too_far_says_how_far_and_one_that_is_unknown_what_was_meant() {
    expect(
        &format!("components:\n  a: {{ {VM}, near: {{ place: Oslo, rtt: '<= 8 ms' }} }}"),
        &[("spec.components.a.near", Some("rtt <= 13.4 ms to Oslo"))],
    );
    let unknown = application(&format!("components:\n  a: {{ {VM}, near: {{ place: Osl0, rtt: '<= 8 ms' }} }}"));
    let outcome = outcome(&unknown, &catalogue(&[MARKET]));
    assert_eq!(outcome.conflict[0].message, "no place `Osl0` is known; did you mean `Oslo`?");
}

#[test]
fn too_few_providers_say_how_many_are_enough() {
    expect(
        &format!(
            "maxProviders: 1\ncomponents:\n  a: {{ {VM}, requirements: {{ excludeProviders: [south] }} }}\n  b: {{ {DB} }}"
        ),
        &[
            ("spec.maxProviders", Some("maxProviders 2")),
            ("spec.components.a.requirements.excludeProviders", Some("without excludeProviders: 1 offer")),
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
fn changes_that_only_help_together_are_told_together() {
    expect(
        &format!("budget: {{ monthly: 1 EUR }}\ncomponents:\n  a: {{ {VM}, near: {{ place: Oslo, rtt: '<= 8 ms' }} }}"),
        &[
            ("spec.budget.monthly", Some("budget 10.00 EUR, with the other repairs")),
            ("spec.components.a.near", Some("rtt <= 13.4 ms to Oslo, with the other repairs")),
        ],
    );
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
            ("spec.requirements.providers", Some("without providers: 1 offer")),
            ("spec.components.a.requirements.excludeProviders", Some("without excludeProviders: 1 offer")),
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
