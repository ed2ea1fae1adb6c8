//! From the example credentials to a label: what is read from them is what the rule sets ask for.

use std::collections::BTreeSet;

use hansa_model::evidence::{Claim, FactValue, Strength};
use hansa_trust::reading;

use crate::world::World;

/// What the example credentials say, the registration number by a notary, all else by the provider.
fn examples() -> World {
    let mut world = World::new();
    for (text, strength) in [
        (include_str!("../data/gaiax/vat-id.vc.json"), Strength::Verified),
        (include_str!("../data/gaiax/issuer-terms.vc.json"), Strength::Declared),
        (include_str!("../data/gaiax/legal-person.vc.json"), Strength::Declared),
        (include_str!("../data/gaiax/vm-offering.vc.json"), Strength::Declared),
    ] {
        for claim in reading::read(&serde_json::from_str(text).unwrap()).unwrap() {
            world.claim(strength, claim);
        }
    }
    world
}

fn open(world: &World, level: &str) -> BTreeSet<String> {
    let evaluation = world.judged("gaia-x");
    evaluation.gaps.get(level).into_iter().flatten().map(|gap| gap.criterion.clone()).collect()
}

#[test]
fn the_examples_and_three_statements_make_the_first_label() {
    let mut world = examples();
    assert_eq!(open(&world, "SC"), ["P1.2.9", "P2.2.3", "P2.2.5", "P2.2.6"].map(str::to_owned).into());
    world.flag("gx.conforms");
    world.flag("data.no-third-country-transfer");
    world.flag("data.no-sub-processors");
    assert_eq!(open(&world, "L1"), BTreeSet::new());
    assert_eq!(world.level("gaia-x").as_deref(), Some("L1"));
}

#[test]
fn without_the_notary_there_is_no_label() {
    let mut world = examples();
    world.known.retain(|known| known.strength < Strength::Verified);
    assert!(open(&world, "SC").contains("P1.3.2"));
}

#[test]
fn every_fact_that_is_read_and_asked_for_has_the_form_that_is_asked() {
    let world = examples();
    let stated = |claim: &Claim| match claim {
        Claim::Fact { name, value } => Some((name.clone(), value.clone())),
        _ => None,
    };
    let facts: Vec<(String, FactValue)> = world.known.iter().filter_map(|known| stated(&known.claim)).collect();
    let vocabulary = crate::world::SETS.vocabulary();
    let asked: Vec<_> = facts.iter().filter(|(name, _)| vocabulary.get(name).is_some()).collect();
    assert!(asked.len() > 50, "{}", asked.len());
    for (name, value) in asked {
        assert_eq!(vocabulary.check(name, value), Ok(()), "{name}");
    }
}
