//! Whatever is wrong with a document is told at its field, with what is allowed, and in little time.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::TOWN_ARCHIVE;
use super::*;
use crate::document::MAX_ERRORS;

/// What stands in the document, what is put in its place, the field that is refused, and words of the refusal.
const WRONG: &[(&str, &str, &str, &str)] = &[
    // Nothing, and too little.
    ("components:\n", "components: {}\n  rest:\n", "spec.components", "at least one component is needed"),
    ("count: 2", "count: 0", "spec.components.web.count", "from 1 to 100"),
    ("maxProviders: 3", "maxProviders: 0", "spec.maxProviders", "from 1 on"),
    ("monthly: 450 EUR", "monthly: 0 EUR", "spec.budget.monthly", "more than nothing"),
    ("monthly: 450 EUR", "yearly: 450 EUR", "spec.budget.monthly", "required"),
    ("all: [ISO27001]", "all: ['']", "spec.requirements.certifications.all[0]", "scheme of a certificate"),
    ("place: Utrecht", "place: ''", "spec.components.scanner.near.place", "expected a city"),
    ("image: debian-12", "image: []", "spec.components.web.image", "expected a text or a list"),
    ("kind: compute.instance", "kind: ''", "spec.components.web.kind", "known are compute.instance"),
    // Negative, no number, too much.
    ("count: 2", "count: -2", "spec.components.web.count", "from 1 to 100"),
    ("count: 2", "count: 2.5", "spec.components.web.count", "from 1 to 100"),
    ("count: 2", "count: 99999999999999999999", "spec.components.web.count", "from 1 to 100"),
    ("count: 2", "count: two", "spec.components.web.count", "from 1 to 100"),
    ("maxProviders: 3", "maxProviders: -3", "spec.maxProviders", "from 1 on"),
    ("monthly: 450 EUR", "monthly: -450 EUR", "spec.budget.monthly", "more than nothing"),
    ("monthly: 450 EUR", "monthly: 1e9 EUR", "spec.budget.monthly", "12.50 EUR"),
    ("monthly: 450 EUR", "monthly: .nan EUR", "spec.budget.monthly", "12.50 EUR"),
    ("monthly: 450 EUR", "monthly: 99999999999999999999 EUR", "spec.budget.monthly", "too large"),
    ("monthly: 450 EUR", "monthly: 450 XYZ", "spec.budget.monthly", "use one of EUR"),
    ("price: 1.0", "price: .nan", "spec.objective.price", "from 0 to 1000000"),
    ("price: 1.0", "price: .inf", "spec.objective.price", "from 0 to 1000000"),
    ("price: 1.0", "price: -1", "spec.objective.price", "from 0 to 1000000"),
    ("price: 1.0", "price: 1e300", "spec.objective.price", "from 0 to 1000000"),
    ("minimum: 2", "minimum: -1", "spec.requirements.seal.minimum", "from 0 to 4"),
    ("minimum: 2", "minimum: 5", "spec.requirements.seal.minimum", "from 0 to 4"),
    ("minimum: 2", "maximum: 2", "spec.requirements.seal.minimum", "required"),
    ("cada: { minimum: 1 }", "cada: { minimum: 0 }", "spec.requirements.cada.minimum", "from 1 to 4"),
    ("cada: { minimum: 1 }", "cada: { minimum: 5 }", "spec.requirements.cada.minimum", "from 1 to 4"),
    ("cada: { minimum: 1 }", "cada: { minimum: high }", "spec.requirements.cada.minimum", "from 1 to 4"),
    ("cada: { minimum: 1 }", "cada: 1", "spec.requirements.cada.minimum", "required"),
    ("cada: { minimum: 1 }", "cada: { least: 1 }", "spec.requirements.cada.least", "known are minimum"),
    (", within: [EU, NO]", ", within: []", "spec.requirements.subcontractors.within", "one country or region at least"),
    (", within: [EU, NO]", ", within: [Mars]", "spec.requirements.subcontractors.within[0]", "`Mars`"),
    (", within: [EU, NO]", ", withn: [EU]", "spec.requirements.subcontractors.withn", "did you mean `within`"),
    (
        "thirdCountry: none, within",
        "thirdCountry: some, within",
        "spec.requirements.subcontractors.thirdCountry",
        "`none` or `any`",
    ),
    ("{ thirdCountry: none, within: [EU, NO] }", "{}", "spec.requirements.subcontractors", "nothing is asked"),
    ("cpu: '>= 2'", "cpu: '>= -2'", "spec.components.web.cpu", "negative"),
    ("cpu: '>= 2'", "cpu: .nan", "spec.components.web.cpu", "write it like"),
    ("cpu: '>= 2'", "cpu: '>= 99999999999999999999'", "spec.components.web.cpu", "too large"),
    ("cpu: '>= 2'", "cpu: '8..4'", "spec.components.web.cpu", "empty range"),
    ("cpu: '>= 2'", "cpu: [1, 2]", "spec.components.web.cpu", "expected a number or a text"),
    ("http: 80", "http: 0", "spec.components.web.config.ports.http", "from 1 to 65535"),
    // Units.
    ("memory: '>= 4 GiB'", "memory: '>= 4 GX'", "spec.components.web.memory", "use one of PiB"),
    ("memory: '>= 4 GiB'", "memory: 4", "spec.components.web.memory", "use one of PiB"),
    ("rtt: '<= 15 ms'", "rtt: '<= 15 parsecs'", "spec.links[0].rtt", "use one of d"),
    ("rtt: '<= 15 ms'", "rtt: '<= -15 ms'", "spec.links[0].rtt", "negative"),
    ("traffic: 200 GB/month", "traffic: 200 GB/day", "spec.links[0].traffic", "GB/month"),
    ("availability: '>= 99.9 %'", "availability: '>= 99.9'", "spec.requirements.availability", "use one of %"),
    ("every: 24h", "every: 24 moons", "spec.components.archive.backup.every", "use one of d"),
    // Words.
    ("gaia-x: L1", "gaia-x: L9", "spec.requirements.labels.gaia-x", "SC, L1, L2, L3"),
    ("gaia-x: L1", "gaia-y: L1", "spec.requirements.labels.gaia-y", "known is gaia-x"),
    ("thirdCountry: none", "thirdCountry: some", "spec.requirements.control.thirdCountry", "`none` or `any`"),
    ("by: site", "by: rack", "spec.components.web.spread.by", "`site`, `provider`, `country`"),
    ("by: site", "on: site", "spec.components.web.spread.by", "required"),
    ("jurisdiction: [EU, EEA]", "jurisdiction: [Europe]", "spec.requirements.jurisdiction[0]", "`Europe`"),
    ("name: town-archive", "name: Town Archive", "metadata.name", "Town Archive"),
    ("apiVersion: hansa/v1", "apiVersion: hansa/v9", "apiVersion", "expected `hansa/v1`"),
    // Fields that are not there.
    ("maxProviders: 3", "maxProvider: 3", "spec.maxProvider", "did you mean `maxProviders`"),
    ("version: '>= 15'", "verison: '>= 15'", "spec.components.archive.verison", "did you mean `version`"),
    ("elsewhere: true", "elsewhere: true, twice: true", "spec.components.archive.backup.twice", "known are every"),
    ("place: Utrecht", "town: Utrecht", "spec.components.scanner.near.town", "known are place"),
    ("minimum: 2", "minimum: 2, most: 3", "spec.requirements.seal.most", "known are minimum"),
    // References, twice the same, contradictions.
    ("to: archive,", "to: archiv,", "spec.links[0].to", "did you mean `archive`"),
    ("from: scanner", "from: web", "spec.links[1]", "two different components"),
    ("{ from: scanner, to: web", "{ from: web, to: archive", "spec.links[1]", "is linked to `archive` already"),
    ("all: [ISO27001]", "all: [ISO27001, ISO27001]", "spec.requirements.certifications.all[1]", "named twice"),
    ("${archive.url}", "${nobody.url}", "spec.components.web.config.env.ARCHIVE", "names no component"),
    ("count: 2\n", "count: 2\n      count: 3\n", "spec.components.web.count", "twice"),
    (
        "availability: '>= 99.9 %'",
        "providers: [a, b]\n    excludeProviders: [b, a]",
        "spec.requirements.excludeProviders",
        "every provider that `providers` allows is excluded",
    ),
];

#[test]
fn what_is_wrong_is_told_at_its_field_with_what_is_allowed() {
    for (good, bad, field, words) in WRONG {
        assert!(TOWN_ARCHIVE.contains(good), "{good}");
        let text = TOWN_ARCHIVE.replacen(good, bad, 1);
        let errors = Application::parse(&text).expect_err(bad);
        let told = |error: &FieldError| error.field == *field && error.to_string().contains(words);
        assert!(errors.iter().any(told), "{bad}: {errors:#?}");
        assert!(errors.iter().all(|error| error.line.is_some()), "{bad}: {errors:#?}");
    }
}

#[test]
fn what_is_no_document_is_told_as_well() {
    for text in ["", "   ", "null", "[]", "42", "a: [", "{}", "spec: {}", "--- 1\n--- 2\n"] {
        assert!(!Application::parse(text).expect_err(text).is_empty());
    }
}

fn document(spec: &Value) -> Value {
    json!({"apiVersion": API_VERSION, "kind": "Application", "metadata": {"name": "large"}, "spec": spec})
}

/// The errors of a document with this specification.
fn errors(spec: &Value) -> Vec<FieldError> {
    Application::from_value(document(spec)).expect_err("it is wrong")
}

fn machine(number: usize) -> (String, Value) {
    let next = format!("${{c{}.host}}", number + 1);
    let component = json!({"kind": "compute.instance", "cpu": 1, "memory": "1 GiB", "config": {"env": {"NEXT": next}}});
    (format!("c{number}"), component)
}

fn machines(count: usize) -> Value {
    Value::Object((0..count).map(machine).collect())
}

#[test]
fn what_is_too_much_is_refused_before_it_costs_time() {
    let components = errors(&json!({"components": machines(10_000)}));
    assert_eq!(components.len(), 1);
    assert_eq!(components[0].field, "spec.components");
    assert!(components[0].message.contains("more than the 100 that are allowed"));

    let link = |number: usize| json!({"from": format!("c{}", number % 3), "to": "c4"});
    let links: Vec<Value> = (0..1_000).map(link).collect();
    let found = errors(&json!({"components": machines(5), "links": links}));
    assert!(found.iter().any(|error| error.field == "spec.links" && error.message.contains("500")), "{found:?}");

    let many: Vec<String> = (0..50_000).map(|number| format!("p{number}")).collect();
    for field in ["providers", "excludeProviders", "jurisdiction", "dataLocation"] {
        let found = errors(&json!({"components": machines(1), "requirements": {field: many}}));
        assert!(found.iter().any(|error| error.field == format!("spec.requirements.{field}")), "{found:?}");
    }
    let schemes = json!({"components": machines(1), "requirements": {"certifications": {"all": many}}});
    assert!(errors(&schemes).iter().any(|error| error.field == "spec.requirements.certifications.all"));
    let group = json!({"components": machines(1), "together": [{"components": many, "by": "site"}]});
    assert!(errors(&group).iter().any(|error| error.field == "spec.together[0].components"));

    let unknown: Map<String, Value> = (0..50_000).map(|number| (format!("compnents{number}"), json!(1))).collect();
    let found = errors(&Value::Object(unknown));
    assert_eq!(found.len(), MAX_ERRORS + 1);
    assert!(found[MAX_ERRORS].message.contains("more errors are not told"));
}

#[test]
fn components_in_a_ring_are_refused_however_long_it_is() {
    let mut ring = machines(MAX_COMPONENTS);
    ring[format!("c{}", MAX_COMPONENTS - 1)]["config"]["env"]["NEXT"] = json!("${c0.host}");
    let last = MAX_COMPONENTS - 1;
    let link = |number: usize| json!({"from": format!("c{number}"), "to": format!("c{}", (number + 1) % (last + 1))});
    let links: Vec<Value> = (0..=last).map(link).collect();
    let found = errors(&json!({"components": ring, "links": links}));
    assert!(found[0].message.contains("wait for each other"), "{found:?}");
}

/// Words that documents are made of.
const WORDS: [&str; 44] = [
    "apiVersion",
    "kind",
    "metadata",
    "spec",
    "name",
    "components",
    "links",
    "together",
    "requirements",
    "budget",
    "monthly",
    "objective",
    "maxProviders",
    "web",
    "db",
    "compute.instance",
    "database.postgresql",
    "cpu",
    "memory",
    "count",
    "spread",
    "by",
    "site",
    "near",
    "place",
    "rtt",
    "config",
    "env",
    "run",
    "from",
    "to",
    "traffic",
    "seal",
    "minimum",
    "labels",
    "gaia-x",
    "certifications",
    "all",
    "providers",
    "<= 5 ms",
    ">= 2",
    "4 GiB",
    "5 EUR",
    "${web.host}",
];

fn any_word() -> impl Strategy<Value = String> {
    prop_oneof![8 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

/// Any value at all, of words that documents are made of.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        prop_oneof![Just(0i64), Just(-1), Just(i64::MAX), Just(i64::MIN), 1i64..9].prop_map(Value::from),
        prop_oneof![Just(0.5f64), Just(-1e300), Just(1e300), Just(5e-324)].prop_map(Value::from),
        any_word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any_word(), inner), 0..7)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Puts a value somewhere into a tree.
fn put(tree: &mut Value, way: &[usize], value: Value) {
    let next = match tree {
        Value::Object(fields) if !fields.is_empty() => {
            let number = way.first().copied().unwrap_or_default() % fields.len();
            fields.values_mut().nth(number)
        }
        Value::Array(items) if !items.is_empty() => {
            let number = way.first().copied().unwrap_or_default() % items.len();
            items.get_mut(number)
        }
        _ => None,
    };
    match next {
        Some(next) if way.len() > 1 => put(next, &way[1..], value),
        Some(next) => *next = value,
        None => *tree = value,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn any_value_is_read_or_refused(value in any_value(), spec in any_value()) {
        for document in [value, document(&spec)] {
            if let Err(errors) = Application::from_value(document) {
                prop_assert!(!errors.is_empty() && errors.len() <= MAX_ERRORS + 1);
            }
        }
    }

    #[test]
    fn a_document_with_anything_put_into_it_is_read_or_refused(
        changes in prop::collection::vec((prop::collection::vec(0usize..12, 1..7), any_value()), 1..4),
    ) {
        let mut tree = Document::parse(TOWN_ARCHIVE).unwrap().root().clone();
        for (way, value) in changes {
            put(&mut tree, &way, value);
        }
        match Application::from_value(tree) {
            Ok(application) => prop_assert_eq!(Application::from_value(application.to_value()).unwrap(), application),
            Err(errors) => prop_assert!(!errors.is_empty()),
        }
    }
}
