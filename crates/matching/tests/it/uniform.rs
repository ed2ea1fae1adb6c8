//! One certificate set, seat, label or class of availability over the whole package.

use hansa_model::offer::Catalogue;

use crate::world::{application, catalogue, offers, outcome};

/// A provider of machines and databases: its seat, label, certificates, promise, and what each costs.
fn provider(name: &str, known: [&str; 3], promise: &str, [vm, db]: [Option<u32>; 2]) -> String {
    let [seat, label, certificates] = known;
    let label = if label.is_empty() { String::new() } else { format!("labels: {{ gaia-x: {label} }}, ") };
    let held: String = certificates.split_whitespace().map(|scheme| format!("{{ scheme: {scheme} }}, ")).collect();
    let offer = |sku: &str, what: &str, amount: u32| {
        format!(
            "  - {{site: here, sku: {sku}, {what}, price: {{currency: EUR, components: [{{name: base, type: fixed, amount: {amount} EUR, per: month}}]}}, terms: {{{promise}}}}}\n"
        )
    };
    let vm = vm.map(|amount| offer("vm", "kind: compute.instance, properties: {cpu: 2, memory: 4 GiB}", amount));
    let kind = "kind: database.postgresql, properties: {version: 15, storage: 1 GiB..10 GiB}";
    let db = db.map(|amount| offer("db", kind, amount));
    format!(
        "- name: {name}\n  legalName: X\n  country: {seat}\n  assurance: {{ {label}certificates: [{held}] }}\n  sites:\n  - {{name: here, country: DE, city: X, coordinates: {{latitude: 50, longitude: 10}}}}\n  offers:\n{}{}",
        vm.unwrap_or_default(),
        db.unwrap_or_default()
    )
}

/// The cheapest machine and the cheapest database have nothing in common; others have one thing each.
fn market() -> Catalogue {
    let providers = [
        provider("a", ["DE", "L1", "ISO27001 C5"], "availability: 99.95 %", [Some(5), None]),
        provider("b", ["FR", "L2", "ISO27001"], "availability: 99.9 %", [None, Some(5)]),
        provider("c", ["DE", "L3", "HDS"], "availability: 99 %", [None, Some(9)]),
        provider("d", ["IT", "L1", "HDS"], "availability: 99 %", [None, Some(12)]),
        provider("e", ["IT", "SC", "C5 ISO27001"], "availability: 99 %", [None, Some(15)]),
        provider("f", ["IT", "SC", "HDS"], "availability: 99.97 %", [None, Some(18)]),
        provider("g", ["IT", "", ""], "", [None, Some(1)]),
    ];
    catalogue(&[&format!("providers:\n{}", providers.concat())])
}

const COMPONENTS: &str = "components:\n  one: { kind: compute.instance, cpu: '>= 1', memory: any }\n  two: { kind: database.postgresql, version: '>= 15', storage: '>= 1 GiB' }";

fn cheapest(spec: &str) -> Vec<String> {
    let found = outcome(&application(&format!("{spec}\n{COMPONENTS}")), &market());
    assert!(!found.packages.is_empty(), "{:?}", found.conflict);
    offers(&found.packages[0]).into_iter().map(str::to_owned).collect()
}

#[test]
fn each_condition_makes_its_own_package() {
    assert_eq!(cheapest(""), ["a/here/vm", "g/here/db"]);
    assert_eq!(cheapest("uniform: [jurisdiction]"), ["a/here/vm", "c/here/db"]);
    assert_eq!(cheapest("uniform: [label]"), ["a/here/vm", "d/here/db"]);
    assert_eq!(cheapest("uniform: [certifications]"), ["a/here/vm", "e/here/db"]);
    // 99.95 % and 99.97 % are one class, 99.9 % is another.
    assert_eq!(cheapest("uniform: [sla]"), ["a/here/vm", "f/here/db"]);
}

#[test]
fn of_certificates_only_those_count_that_the_document_names() {
    let named = "requirements: { certifications: { all: [ISO27001] } }\nuniform: [certifications]";
    assert_eq!(cheapest(named), ["a/here/vm", "b/here/db"]);
    let any = "requirements: { certifications: { any: [ISO27001, C5] } }\nuniform: [certifications]";
    assert_eq!(cheapest(any), ["a/here/vm", "e/here/db"]);
}

#[test]
fn conditions_that_no_package_meets_are_a_conflict_that_says_what_helps() {
    let spec = format!("uniform: [jurisdiction, label]\n{COMPONENTS}");
    let found = outcome(&application(&spec), &market());
    let told: Vec<_> = found.conflict.iter().map(|one| (one.field.as_str(), one.repair.as_deref())).collect();
    let without = |name: &'static str| Some(name);
    let expected = [
        ("spec.uniform[0]", without("without uniform jurisdiction")),
        ("spec.uniform[1]", without("without uniform label")),
    ];
    assert_eq!(told, expected);
    assert_eq!(found.conflict[0].message, "all providers are registered in one country");
}
