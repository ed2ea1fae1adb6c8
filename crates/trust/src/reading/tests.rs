//! What the examples say, that statements come back as they were, and hostile documents.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{
    Access, CertificateClaim, Claim, DocumentRef, Entity, EntityKind, FactValue, Holding, Right, Share, Subcontractor,
};
use hansa_model::time::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{CONTEXT, Statement, Unreadable, kebab, read, write};

macro_rules! example {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../../tests/data/gaiax/", $name))).unwrap()
    };
}

fn facts(claims: &[Claim]) -> BTreeMap<&str, &FactValue> {
    let mut facts = BTreeMap::new();
    for claim in claims {
        if let Claim::Fact { name, value } = claim {
            facts.insert(name.as_str(), value);
        }
    }
    facts
}

fn text(text: &str) -> FactValue {
    FactValue::Text(text.to_owned())
}

#[test]
fn names_become_words() {
    for (name, words) in [
        ("LegallyBindingAct", "legally-binding-act"),
        ("vatID", "vat-id"),
        ("EORI", "eori"),
        ("VMImage", "vm-image"),
        ("vCPUs", "v-cpus"),
        ("pCPU", "p-cpu"),
        ("objectAPICompatibility", "object-api-compatibility"),
        ("street-address", "street-address"),
        ("ipv4Address", "ipv4-address"),
        ("URLs", "urls"),
        ("_odd__name_", "odd-name"),
    ] {
        assert_eq!(kebab(name), words);
    }
}

#[test]
fn a_legal_person_is_an_entity_by_its_issuers_did() {
    let claims = read(&example!("legal-person.vc.json")).unwrap();
    let known = facts(&claims);
    assert_eq!(known["gx.legal-person"], &FactValue::Flag(true));
    assert_eq!(known["gx.legal-person.name"], &text("Example Cloud B.V."));
    assert_eq!(known["gx.address.country-code"], &text("NL"));
    assert_eq!(known["gx.address.street-address"], &text("Keizersgracht 1"));
    let entity = claims.iter().find_map(|claim| match claim {
        Claim::Entity(entity) => Some(entity),
        _ => None,
    });
    let netherlands = Some("NL".parse().unwrap());
    let expected = Entity {
        id: "did:web:provider.example".to_owned(),
        name: "Example Cloud B.V.".to_owned(),
        kind: EntityKind::Company,
        incorporated_in: netherlands,
        headquarters_in: netherlands,
        main_establishment_in: None,
        personal_jurisdictions: Vec::new(),
    };
    assert_eq!(entity, Some(&expected));
}

#[test]
fn an_offer_gives_the_facts_of_its_class_and_of_all_offers() {
    let claims = read(&example!("vm-offering.vc.json")).unwrap();
    let known = facts(&claims);
    assert_eq!(known["gx.virtual-machine-service-offering"], &FactValue::Flag(true));
    assert_eq!(known["gx.service-offering"], &FactValue::Flag(true));
    assert_eq!(known["gx.service-offering.provision-type"], &text("public"));
    let keywords = ["iaas", "vm", "kvm"].map(str::to_owned).to_vec();
    assert_eq!(known["gx.virtual-machine-service-offering.keyword"], &FactValue::List(keywords));
    assert_eq!(known["gx.cpu-capabilities.v-cpus"], &FactValue::Number(2));
    let FactValue::List(sizes) = known["gx.memory-size.quantity-value"] else { panic!("two sizes are a list") };
    assert_eq!(sizes.iter().collect::<BTreeSet<_>>(), [&"4".to_owned(), &"40".to_owned()].into());
    assert_eq!(
        known["gx.legally-binding-act.governing-law-countries"],
        &FactValue::List(vec!["NL".into(), "DE".into()])
    );
    assert!(claims.iter().any(|claim| matches!(claim, Claim::Subcontractor(sub) if sub.access.is_none())));
}

#[test]
fn numbers_with_a_point_are_in_thousandths() {
    let context = json!(["https://www.w3.org/ns/credentials/v2", "https://w3id.org/gaia-x/2511#"]);
    let claims = read(&json!({
        "@context": context,
        "type": ["VerifiableCredential", "EnergyUsageEfficiency"],
        "credentialSubject": {
            "type": "gx:EnergyUsageEfficiency",
            "gx:powerUsageEffectiveness": { "@value": "1.2345", "@type": "xsd:float" },
            "gx:certified": true,
        },
    }))
    .unwrap();
    let known = facts(&claims);
    assert_eq!(known["gx.energy-usage-efficiency.power-usage-effectiveness-milli"], &FactValue::Number(1_235));
    assert_eq!(known["gx.energy-usage-efficiency.certified"], &FactValue::Flag(true));
}

#[test]
fn what_is_not_understood_is_refused_with_the_reason() {
    let refused = |document: Value| read(&document).unwrap_err();
    let hansa =
        |kind: &str, subject: Value| json!({ "@context": [CONTEXT], "type": [kind], "credentialSubject": subject });
    assert!(matches!(refused(json!("text")), Unreadable::Form(_)));
    assert!(
        matches!(refused(hansa("hansa:Oracle", json!({}))), Unreadable::UnknownType(kind) if kind == "hansa:Oracle")
    );
    let context = json!({ "@context": [], "type": "hansa:Declaration", "credentialSubject": { "facts": {} } });
    assert!(matches!(refused(context), Unreadable::Form(_)));
    let surplus = hansa("hansa:Declaration", json!({ "facts": {}, "claims": [] }));
    assert!(matches!(refused(surplus), Unreadable::Subject { why, .. } if why.contains("claims")));
    let fraction = hansa("hansa:Declaration", json!({ "facts": { "a.b": 1.5 } }));
    assert!(matches!(refused(fraction), Unreadable::Subject { .. }));
    let name = hansa("hansa:Declaration", json!({ "facts": { "A b": true } }));
    assert!(matches!(refused(name), Unreadable::Name(_)));
    let long = hansa("hansa:Declaration", json!({ "facts": { "a": "x".repeat(8_193) } }));
    assert!(matches!(refused(long), Unreadable::TooLarge));
    let many: BTreeMap<_, _> = (0..5_001).map(|number| (format!("a{number}"), true)).collect();
    assert!(matches!(refused(hansa("hansa:Declaration", json!({ "facts": many }))), Unreadable::TooLarge));
    let unknown =
        json!({ "@context": "https://www.w3.org/ns/credentials/v2", "type": "Diploma", "credentialSubject": {} });
    assert!(matches!(refused(unknown), Unreadable::UnknownType(kind) if kind == "Diploma"));
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9]{0,6}"
}

fn country() -> impl Strategy<Value = hansa_model::country::Country> {
    prop_oneof![Just("DE"), Just("US"), Just("NO")].prop_map(|code| code.parse().unwrap())
}

fn value() -> impl Strategy<Value = FactValue> {
    prop_oneof![
        any::<bool>().prop_map(FactValue::Flag),
        any::<i64>().prop_map(FactValue::Number),
        ".{0,8}".prop_map(FactValue::Text),
        proptest::collection::vec(".{0,5}", 0..3).prop_map(FactValue::List),
    ]
}

fn instant() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((0_i64..4_000_000_000).prop_map(Timestamp::from_seconds))
}

fn certificate() -> impl Strategy<Value = CertificateClaim> {
    let words = || proptest::collection::vec(word(), 0..3);
    let document = (word(), proptest::option::of(word())).prop_map(|(url, sha256)| DocumentRef { url, sha256 });
    let option = || proptest::option::of(word());
    let texts = (word(), option(), option(), word(), option());
    (texts, words(), words(), words(), proptest::option::of(document), instant()).prop_map(
        |((scheme, version, level, body, jurisdiction), clauses, kinds, sites, document, valid_until)| {
            CertificateClaim {
                scheme,
                version,
                level,
                clauses,
                kinds,
                sites,
                body,
                jurisdiction,
                document,
                valid_until,
            }
        },
    )
}

fn entity() -> impl Strategy<Value = Entity> {
    let kind = prop_oneof![Just(EntityKind::Company), Just(EntityKind::Dispersed), Just(EntityKind::Foundation)];
    let seat = || proptest::option::of(country());
    (word(), word(), kind, seat(), seat(), seat(), proptest::collection::vec(country(), 0..3)).prop_map(
        |(id, name, kind, incorporated_in, headquarters_in, main_establishment_in, personal_jurisdictions)| Entity {
            id,
            name,
            kind,
            incorporated_in,
            headquarters_in,
            main_establishment_in,
            personal_jurisdictions,
        },
    )
}

fn holding() -> impl Strategy<Value = Holding> {
    let share = || proptest::option::of((0_u32..10_001).prop_map(Share));
    let rights = proptest::collection::btree_set(prop_oneof![Just(Right::DeFacto), Just(Right::VetoBudget)], 0..3);
    let texts = (word(), word(), proptest::option::of(word()), proptest::option::of(word()));
    (texts, share(), share(), proptest::option::of(rights), instant(), instant()).prop_map(
        |((owner, owned, joint_group, source), capital, votes, rights, valid_from, valid_to)| Holding {
            owner,
            owned,
            capital,
            votes,
            joint_group,
            rights,
            valid_from,
            valid_to,
            source,
        },
    )
}

fn subcontractor() -> impl Strategy<Value = Subcontractor> {
    let access = proptest::collection::btree_set(prop_oneof![Just(Access::Data), Just(Access::Identities)], 0..3);
    let option = || proptest::option::of(word());
    (word(), option(), proptest::collection::vec(country(), 0..3), proptest::option::of(access), option()).prop_map(
        |(name, entity, jurisdictions, access, purpose)| Subcontractor { name, entity, jurisdictions, access, purpose },
    )
}

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let one = prop_oneof![
        certificate().prop_map(Claim::Certificate),
        entity().prop_map(Claim::Entity),
        holding().prop_map(Claim::Holding),
        subcontractor().prop_map(Claim::Subcontractor),
        Just(Claim::NoSubcontractors),
    ];
    (proptest::collection::vec(one, 0..5), proptest::collection::btree_map(word(), value(), 0..4)).prop_map(
        |(mut claims, facts)| {
            claims.extend(facts.into_iter().map(|(name, value)| Claim::Fact { name, value }));
            claims
        },
    )
}

fn statement() -> impl Strategy<Value = Statement> {
    let names = (word(), word()).prop_map(|(group, name)| format!("{group}.{name}-x"));
    prop_oneof![
        proptest::collection::btree_map(names, value(), 0..6).prop_map(Statement::Declaration),
        certificate().prop_map(Statement::Certificate),
        (proptest::collection::vec(entity(), 0..4), proptest::collection::vec(holding(), 0..4))
            .prop_map(|(entities, holdings)| Statement::Ownership { entities, holdings }),
        proptest::collection::vec(subcontractor(), 0..4).prop_map(Statement::Subcontractors),
        claims().prop_map(Statement::Attestation),
    ]
}

fn any_subject() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        Just("facts"),
        Just("claims"),
        Just("claim"),
        Just("fact"),
        Just("entities"),
        Just("certificate"),
        Just("id"),
        Just("subcontractors"),
        Just("name"),
        Just("value"),
        Just("type"),
        Just("gx:LegalPerson"),
        Just("holdings")
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,5}".prop_map(Value::from),
        key.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..5)
                .prop_map(|all| Value::Object(all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn statements_come_back_as_they_were(statement in statement()) {
        let credential = statement.credential("did:web:provider.example");
        prop_assert_eq!(read(&credential).unwrap(), statement.into_claims());
    }

    #[test]
    fn claims_come_back_as_they_were(mut claims in claims()) {
        let (kind, subject) = write(&claims);
        let credential = json!({ "@context": [CONTEXT], "type": [kind], "credentialSubject": subject });
        let mut again = read(&credential).unwrap();
        again.sort();
        claims.sort();
        prop_assert_eq!(again, claims);
    }

    #[test]
    fn claims_of_one_sort_have_a_type_of_their_own(statement in statement()) {
        prop_assume!(!matches!(statement, Statement::Attestation(_)));
        let expected = statement.kind();
        let claims = statement.into_claims();
        prop_assume!(!claims.is_empty());
        prop_assert_eq!(Statement::of(&claims).kind(), expected);
    }

    #[test]
    fn no_document_makes_it_panic(subject in any_subject(), statement in statement()) {
        let _ = read(&subject);
        let mut credential = statement.credential("x");
        credential["credentialSubject"] = subject.clone();
        let _ = read(&credential);
        credential["type"] = json!(["VerifiableCredential", "gx:LegalPerson"]);
        credential["@context"] = json!("https://w3id.org/gaia-x/development#");
        let _ = read(&credential);
    }

    #[test]
    fn names_of_facts_are_always_words(name in ".{0,20}") {
        let words = kebab(&name);
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        prop_assert!(words.bytes().all(allowed) && !words.contains("--"));
        prop_assert!(!words.starts_with('-') && !words.ends_with('-'));
    }
}
