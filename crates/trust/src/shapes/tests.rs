//! The examples, what is wrong with broken ones, and hostile documents.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Data, FaultKind, Namespaces, NotExpandable, Object, Report, Shapes, check, expand};

macro_rules! example {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../tests/data/gaiax/", $name))).unwrap()
    };
}

fn kinds(report: &Report) -> Vec<(&str, FaultKind)> {
    report.faults.iter().map(|fault| (fault.path.as_str(), fault.kind)).collect()
}

fn credential(context: Value, subject: Value) -> Value {
    json!({ "@context": context, "credentialSubject": subject })
}

fn gaia_x(subject: Value) -> Value {
    credential(json!(["https://www.w3.org/ns/credentials/v2", "https://w3id.org/gaia-x/2511#"]), subject)
}

#[test]
fn the_shapes_are_whole() {
    let shapes = Shapes::gaia_x();
    assert_eq!(shapes.len(), 166);
    assert!(shapes.is_a("gx:VirtualMachineServiceOffering", "gx:ServiceOffering"));
    assert!(!shapes.is_a("gx:ServiceOffering", "gx:VirtualMachineServiceOffering"));
}

#[test]
fn the_examples_conform_together() {
    let vat = example!("vat-id.vc.json");
    assert!(check(std::slice::from_ref(&vat)).unwrap().conforms());
    assert!(check(&[example!("issuer-terms.vc.json")]).unwrap().conforms());
    let person = example!("legal-person.vc.json");
    let offer = example!("vm-offering.vc.json");
    let report = check(&[vat, person, offer]).unwrap();
    assert!(report.conforms(), "{:#?}", report.faults);
}

#[test]
fn a_link_to_a_credential_that_is_not_there_is_a_fault() {
    let report = check(&[example!("legal-person.vc.json")]).unwrap();
    assert_eq!(kinds(&report), [("gx:registrationNumber", FaultKind::WrongClass)]);
    assert!(report.faults[0].message.contains("hand in the credential that says that it is a gx:RegistrationNumber"));
}

#[test]
fn the_broken_offer_has_two_faults_in_six_reports() {
    let all = [example!("vat-id.vc.json"), example!("legal-person.vc.json"), example!("vm-offering.invalid.vc.json")];
    let report = check(&all).unwrap();
    assert_eq!(kinds(&report), [("gx:providedBy", FaultKind::Missing), ("gx:unknownField", FaultKind::NotAllowed)]);
    assert_eq!(report.faults.iter().map(|fault| fault.shapes.len()).collect::<Vec<_>>(), [4, 2]);
    assert_eq!(report.reports(), 6);
}

#[test]
fn examples_for_other_shapes_are_read_and_fail_these() {
    let valid = check(&[example!("loire_legalPerson_valid.jsonld")]).unwrap();
    let expected = [
        ("gx:headquartersAddress", FaultKind::Missing),
        ("gx:legalAddress", FaultKind::Missing),
        ("gx:legalName", FaultKind::NotAllowed),
        ("gx:registrationNumber", FaultKind::WrongClass),
    ];
    assert_eq!(kinds(&valid), expected);
    let closed = check(&[example!("loire_legalPerson_closed_violation.jsonld")]).unwrap();
    assert!(kinds(&closed).contains(&("https://example.com/unexpectedProperty", FaultKind::NotAllowed)));
    let missing = check(&[example!("loire_legalPerson_missing_required.jsonld")]).unwrap();
    assert!(kinds(&missing).contains(&("gx:registrationNumber", FaultKind::Missing)));
}

#[test]
fn both_addresses_of_gaia_x_and_full_or_plain_names_mean_the_same() {
    let prefixed = example!("vat-id.vc.json");
    let plain = gaia_x(json!({
        "id": "https://provider.example/credentials/vat-id#cs",
        "type": "VatID",
        "vatID": "NL123456789B01",
        "countryCode": "NL",
    }));
    let full = credential(
        json!("https://www.w3.org/ns/credentials/v2"),
        json!({
            "@id": "https://provider.example/credentials/vat-id#cs",
            "@type": ["https://w3id.org/gaia-x/2511#VatID"],
            "https://w3id.org/gaia-x/2511#vatID": { "@value": "NL123456789B01" },
            "https://w3id.org/gaia-x/development#countryCode": [{ "@value": "NL" }],
        }),
    );
    let read = |document: Value| expand(&[document], &Namespaces::default()).unwrap();
    let expected = read(prefixed);
    assert_eq!(read(plain), expected);
    assert_eq!(read(full), expected);
}

#[test]
fn a_further_release_is_a_matter_of_configuration() {
    let document = credential(json!("https://w3id.org/gaia-x/2605#"), json!({ "id": "urn:x", "type": "VatID" }));
    let refused = expand(std::slice::from_ref(&document), &Namespaces::default());
    assert_eq!(refused, Err(NotExpandable::UnknownContext("https://w3id.org/gaia-x/2605#".to_owned())));
    let mut namespaces = Namespaces::default();
    namespaces.add("https://w3id.org/gaia-x/2605#", "gx:");
    assert!(expand(&[document], &namespaces).unwrap().nodes["urn:x"].classes.contains("gx:VatID"));
}

#[test]
fn what_contexts_say_of_types_counts() {
    let data = expand(
        &[gaia_x(
            json!({ "id": "urn:x", "type": "LegalDocument", "url": "https://x.example", "involvedParties": "urn:y" }),
        )],
        &Namespaces::default(),
    )
    .unwrap();
    let properties = &data.nodes["urn:x"].properties;
    assert!(matches!(&properties["gx:url"][0], Object::Literal(literal) if literal.datatype == "xsd:anyURI"));
    assert_eq!(properties["gx:involvedParties"], [Object::Node("urn:y".to_owned())]);
}

#[test]
fn every_rule_finds_its_fault() {
    let person = |change: Value| {
        let address = json!({ "type": "gx:Address", "gx:countryCode": "NL" });
        let mut subject = json!({
            "id": "urn:p", "type": "gx:LegalPerson",
            "gx:registrationNumber": { "type": "gx:VatID", "gx:vatID": "NL1" },
            "gx:legalAddress": address, "gx:headquartersAddress": address,
        });
        subject.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let report = check(&[gaia_x(subject)]).unwrap();
        report.faults.into_iter().map(|fault| (fault.path, fault.kind)).collect::<Vec<_>>()
    };
    let fault = |path: &str, kind| vec![(path.to_owned(), kind)];
    assert_eq!(person(json!({})), []);
    assert_eq!(person(json!({ "name": ["a", "b"] })), fault("schema:name", FaultKind::TooMany));
    assert_eq!(person(json!({ "name": 5 })), fault("schema:name", FaultKind::WrongDatatype));
    assert_eq!(person(json!({ "name": { "id": "urn:q" } })), fault("schema:name", FaultKind::WrongForm));
    assert_eq!(person(json!({ "gx:legalAddress": "Main Street" })), fault("gx:legalAddress", FaultKind::WrongForm));
    let country = json!({ "gx:legalAddress": { "type": "gx:Address", "gx:countryCode": "XX" } });
    assert_eq!(person(country), fault("gx:countryCode", FaultKind::NotListed));
    let other = json!({ "gx:legalAddress": { "type": "gx:VatID", "gx:vatID": "NL2" } });
    assert_eq!(person(other), fault("gx:legalAddress", FaultKind::WrongClass));
}

#[test]
fn numbers_patterns_and_dates_are_looked_at() {
    let faults = |subject: Value| {
        let report = check(&[gaia_x(subject)]).unwrap();
        report.faults.into_iter().map(|fault| fault.path).collect::<Vec<_>>()
    };
    let size = |value: Value| {
        faults(json!({ "type": "gx:MemorySize", "qudt:applicableUnit": "unit:GibiBYTE", "qudt:quantityValue": value }))
    };
    assert!(size(json!({ "@value": "4", "@type": "xsd:float" })).is_empty());
    assert_eq!(size(json!({ "@value": "four", "@type": "xsd:float" })), ["qudt:quantityValue"]);
    assert_eq!(size(json!(4)), ["qudt:quantityValue"], "a number without a type is an integer");
    let crs = |text: &str| faults(json!({ "type": "gx:GPSLocation", "gx:crs": text }));
    assert!(!crs("CRS:84").contains(&"gx:crs".to_owned()));
    assert!(crs("84").contains(&"gx:crs".to_owned()));
}

#[test]
fn conditions_on_whole_nodes_are_checked() {
    let consent =
        |subject: Value| check(&[gaia_x(subject)]).unwrap().faults.iter().any(|f| f.kind == FaultKind::Condition);
    let base = |basis: &str| json!({ "type": "gx:Consent", "gx:legalBasis": basis });
    assert!(consent(base("6.1.a")));
    let mut with_contact = base("6.1.a");
    with_contact["gx:dataProtectionContactPoint"] = json!("dpo@x.example");
    assert!(!consent(with_contact));
    assert!(consent(base("6.1.b")));
    let mut with_purpose = base("6.1.b");
    with_purpose["gx:purpose"] = json!("billing");
    assert!(!consent(with_purpose));
}

#[test]
fn documents_that_mislead_are_refused_with_the_reason() {
    let refused = |document: Value| check(&[document]).unwrap_err();
    let subject = json!({ "id": "urn:x" });
    let remote = credential(json!(["https://evil.example/context"]), subject.clone());
    assert_eq!(refused(remote), NotExpandable::UnknownContext("https://evil.example/context".to_owned()));
    let alias = credential(json!({ "type": "https://evil.example/type" }), subject.clone());
    assert!(matches!(refused(alias), NotExpandable::Context(_)));
    let import = credential(json!({ "@import": "https://evil.example" }), subject);
    assert_eq!(refused(import), NotExpandable::Unsupported("@import".to_owned()));
    let undefined = credential(json!("https://www.w3.org/ns/credentials/v2"), json!({ "gx:vatID": "x" }));
    assert_eq!(refused(undefined), NotExpandable::UndefinedTerm("gx:vatID".to_owned()));
    let reverse = gaia_x(json!({ "@reverse": { "gx:providedBy": [] } }));
    assert_eq!(refused(reverse), NotExpandable::Unsupported("@reverse".to_owned()));
    assert!(matches!(refused(json!([])), NotExpandable::Form(_)));
    assert!(matches!(refused(example!("presentation.enveloped.json")), NotExpandable::Form(_)));
    let two = gaia_x(json!({ "id": "urn:x", "@id": "urn:y" }));
    assert!(matches!(refused(two), NotExpandable::Form(_)));
}

#[test]
fn a_prefix_that_means_something_else_is_not_gaia_x() {
    let context = json!(["https://www.w3.org/ns/credentials/v2", { "gx": "https://evil.example/" }]);
    let data = expand(&[credential(context, json!({ "id": "urn:x", "type": "gx:VatID" }))], &Namespaces::default());
    assert!(data.unwrap().nodes["urn:x"].classes.contains("https://evil.example/VatID"));
}

#[test]
fn size_and_depth_are_limited() {
    let mut deep = json!({});
    for _ in 0..60 {
        deep = json!({ "gx:dependsOn": deep });
    }
    assert_eq!(check(&[gaia_x(deep)]), Err(NotExpandable::TooDeep));
    let wide = json!({ "gx:keyword": (0..50_001).map(|number| number % 7).collect::<Vec<_>>() });
    assert_eq!(check(&[gaia_x(wide)]), Err(NotExpandable::TooLarge));
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("id"),
        Just("type"),
        Just("@id"),
        Just("@type"),
        Just("@value"),
        Just("@set"),
        Just("@context"),
        Just("gx:LegalPerson"),
        Just("gx:legalAddress"),
        Just("credentialSubject"),
        Just("gx:url"),
        Just("urn:hansa:v1"),
        Just("https://w3id.org/gaia-x/2511#"),
        Just("_:b"),
        Just(":"),
        Just("xsd:float"),
        Just("verifiableCredential")
    ];
    let text = prop_oneof![4 => words.prop_map(str::to_owned), 1 => ".{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(5, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(document in any_json(), subject in any_json(), context in any_json()) {
        let _ = check(&[document]);
        let _ = check(&[gaia_x(subject.clone())]);
        let _ = check(&[credential(context, subject)]);
    }
}

#[test]
fn the_order_of_documents_does_not_matter() {
    let mut all = [example!("vat-id.vc.json"), example!("legal-person.vc.json")].to_vec();
    all.push(example!("vm-offering.invalid.vc.json"));
    let expected = check(&all).unwrap();
    for _ in 0..2 {
        all.rotate_left(1);
        assert_eq!(check(&all).unwrap(), expected);
    }
}

#[test]
fn nothing_is_nothing() {
    assert_eq!(expand(&[], &Namespaces::default()), Ok(Data::default()));
}
