//! Exposure through those who work for a participant.

use hansa_model::evidence::{Access, Claim, Strength, Subcontractor};

use super::world::{World, X, country};
use crate::ownership::Verdict;

fn provider() -> World {
    World::default().company(X, "NL").person("anna", "NL").holds("anna", X, 100.0)
}

#[test]
fn not_known_is_not_none() {
    assert_eq!(provider().find().subcontractors, None);
    let none = provider().claim(Claim::NoSubcontractors).find().subcontractors.unwrap();
    assert!(none.countries.is_empty() && none.unknown.is_empty());
}

#[test]
fn a_subcontractor_with_access_exposes_to_whoever_controls_it() {
    let helper = || provider().company("helper", "IE").person("parent", "US").holds("parent", "helper", 100.0);
    let with = helper().subcontractor("Helper Ltd", Some("helper"), Some(&[Access::Identities])).find();
    let exposure = with.subcontractors.unwrap();
    assert_eq!((exposure.countries, exposure.unknown), ([country("US")].into(), Vec::new()));
    assert_eq!(with.subcontractor_countries, [country("IE")].into());
    assert_eq!(with.eea, Verdict::Home, "the provider keeps its own verdict");
    assert!(with.exposure.countries.is_empty());

    let without = helper().subcontractor("Helper Ltd", Some("helper"), Some(&[])).find().subcontractors.unwrap();
    assert!(without.countries.is_empty() && without.unknown.is_empty());
}

#[test]
fn unstated_access_and_unknown_entities_are_unknown() {
    let unknown = |world: World| world.find().subcontractors.unwrap().unknown;
    let unstated = unknown(provider().subcontractor("Helper", None, None));
    assert!(unstated[0].contains("what the subcontractor Helper can get at"), "{unstated:?}");
    let nameless = unknown(provider().subcontractor("Helper", None, Some(&[Access::Data])));
    assert!(nameless[0].contains("who controls the subcontractor Helper"), "{nameless:?}");
    let unheard = unknown(provider().subcontractor("Helper", Some("ghost"), Some(&[Access::Data])));
    assert!(unheard[0].starts_with("subcontractor Helper: what ghost is is not known"), "{unheard:?}");
}

#[test]
fn its_own_law_exposes_too() {
    let found = provider()
        .claim(Claim::Subcontractor(Subcontractor {
            name: "Helper".to_owned(),
            entity: None,
            jurisdictions: vec![country("US"), country("DE")],
            access: Some([Access::Data].into()),
            purpose: None,
        }))
        .find();
    assert_eq!(found.subcontractors.unwrap().countries, [country("US")].into());
    assert_eq!(found.subcontractor_countries, [country("DE"), country("US")].into());
}

#[test]
fn strong_evidence_of_none_outweighs_a_weaker_list_and_equal_evidence_does_not() {
    let listed = |strength| {
        let world = provider().claim(Claim::NoSubcontractors).subcontractor("Helper", None, Some(&[]));
        world.last(|known| known.strength = strength).find().subcontractors.unwrap()
    };
    assert!(listed(Strength::Declared).unknown.is_empty());
    assert!(listed(Strength::Verified).unknown[0].contains("both"));
}

#[test]
fn statements_about_one_subcontractor_are_put_together() {
    let world = provider().company("helper", "DE").person("b", "DE").holds("b", "helper", 100.0);
    let world = world.subcontractor("Helper GmbH", None, Some(&[Access::Data]));
    let found = world.subcontractor("helper gmbh", Some("helper"), None).find().subcontractors.unwrap();
    assert!(found.countries.is_empty() && found.unknown.is_empty(), "{found:?}");
}
