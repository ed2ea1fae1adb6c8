//! The assurance levels of the proposed Cloud and AI Development Act, above all what control does to them.

use hansa_model::evidence::{FactValue, Standing, Strength};
use hansa_trust::ownership::{Finding, Verdict};

use crate::world::{World, at_home, certificate, country, from_abroad};

const CRITERIA: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
const SAFEGUARDS: [&str; 4] = ["delivery", "data", "disruption", "sanctions"];

/// A provider that shows every criterion up to a level, looked at by an auditor.
fn showing(level: i64, finding: Finding) -> World {
    let mut world = World::new();
    world.finding = finding;
    for criterion in CRITERIA {
        world.fact(Strength::Attested, &format!("cada.{criterion}"), FactValue::Number(level));
    }
    world
}

fn safeguarded(mut world: World) -> World {
    for safeguard in SAFEGUARDS {
        world.fact(Strength::Attested, &format!("cada.safeguard-{safeguard}"), FactValue::Flag(true));
    }
    world
}

fn level(world: &World) -> Option<String> {
    world.level("cada")
}

#[test]
fn levels_are_cumulative_and_a_proposal() {
    for n in 1..=4 {
        assert_eq!(level(&showing(n, at_home())), Some(n.to_string()));
    }
    assert_eq!(World::new().judged("cada").standing, Standing::Proposal);
    assert_eq!(level(&World::new()), None);
    let mut one_short = showing(4, at_home()).without("cada.i");
    one_short.fact(Strength::Attested, "cada.i", FactValue::Number(2));
    assert_eq!(level(&one_short).as_deref(), Some("2"));
    for (missing, expected) in [("cada.b", None), ("cada.g", Some("4")), ("cada.h", Some("1")), ("cada.k", Some("1"))] {
        assert_eq!(level(&showing(4, at_home()).without(missing)).as_deref(), expected, "{missing}");
    }
}

#[test]
fn the_word_of_the_provider_is_enough_for_level_one_only() {
    let mut world = showing(4, at_home());
    world.known.iter_mut().for_each(|known| known.strength = Strength::Declared);
    let evaluation = world.judged("cada");
    assert_eq!(evaluation.level.as_deref(), Some("1"));
    assert!(evaluation.gaps["2"][0].missing.contains("somebody independent"), "{}", evaluation.gaps["2"][0].missing);
}

#[test]
fn control_from_a_third_country() {
    assert_eq!(level(&showing(4, from_abroad())).as_deref(), Some("1"));
    assert_eq!(level(&safeguarded(showing(4, from_abroad()))).as_deref(), Some("2"));
    for without in SAFEGUARDS {
        let world = safeguarded(showing(4, from_abroad())).without(&format!("cada.safeguard-{without}"));
        assert_eq!(level(&world).as_deref(), Some("1"), "{without}");
    }
    let mut listed = safeguarded(showing(4, from_abroad()));
    listed.fact(Strength::Attested, "cada.article-18-listed", FactValue::Flag(true));
    assert_eq!(level(&listed).as_deref(), Some("2"));
    listed.fact(Strength::Attested, "cada.code-access", FactValue::Flag(true));
    assert_eq!(level(&listed).as_deref(), Some("3"), "and never 4");
    let mut unsafe_listing = listed.clone().without("cada.safeguard-data");
    assert_eq!(level(&unsafe_listing).as_deref(), Some("1"));
    unsafe_listing.fact(Strength::Declared, "cada.safeguard-data", FactValue::Flag(true));
    assert_eq!(level(&unsafe_listing).as_deref(), Some("1"), "a safeguard must be looked at");
    assert_eq!(level(&listed.without("cada.g")), None, "nothing while (g) is unanswered");
}

#[test]
fn unknown_control_never_passes() {
    let unknown = Finding { seats: vec![country("NL")], seats_known: true, ..Finding::unknown() };
    let mut world = safeguarded(showing(4, unknown.clone()));
    world.fact(Strength::Attested, "cada.article-18-listed", FactValue::Flag(true));
    world.fact(Strength::Attested, "cada.code-access", FactValue::Flag(true));
    assert_eq!(level(&world).as_deref(), Some("1"));
    assert_eq!(level(&world.without("cada.g")), None);
}

#[test]
fn home_is_the_union_alone() {
    let norwegian = Finding { union: Verdict::ThirdCountry([country("NO")].into()), ..at_home() };
    assert_eq!(level(&showing(4, norwegian)).as_deref(), Some("1"));
    let seated_abroad = Finding { seats: vec![country("CH")], ..at_home() };
    let evaluation = showing(4, seated_abroad).judged("cada");
    assert_eq!(evaluation.level, None);
    assert!(evaluation.gaps["1"][0].missing.contains("no seat lies in the EU"), "{}", evaluation.gaps["1"][0].missing);
    let with_swiss_help = Finding { subcontractor_countries: [country("CH")].into(), ..at_home() };
    assert_eq!(level(&showing(4, with_swiss_help)).as_deref(), Some("1"));
}

#[test]
fn a_certificate_shows_cybersecurity() {
    let mut world = showing(4, at_home()).without("cada.e");
    assert_eq!(level(&world), None);
    world.certificate("ISO27001");
    assert_eq!(level(&world).as_deref(), Some("1"));
    let mut ens = certificate("ENS");
    ens.level = Some("Alta".to_owned());
    world.claim(Strength::Verified, hansa_model::evidence::Claim::Certificate(ens));
    assert_eq!(level(&world).as_deref(), Some("3"));
    let mut eucs = certificate("EUCS");
    eucs.level = Some("high".to_owned());
    world.claim(Strength::Attested, hansa_model::evidence::Claim::Certificate(eucs.clone()));
    assert_eq!(level(&world).as_deref(), Some("3"), "only its body certifies");
    world.claim(Strength::Verified, hansa_model::evidence::Claim::Certificate(eucs));
    assert_eq!(level(&world).as_deref(), Some("4"));
}
