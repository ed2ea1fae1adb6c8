//! What matching looks at.

use hansa_model::evidence::{Assurance, Claim, Control, FactValue, Source, Strength, Subcontracting};
use hansa_trust::Known;
use hansa_trust::ownership::{Exposure, Finding};
use hansa_trust::rules::{Appraiser, assurance};

use crate::world::{SETS, World, at_home, certificate, country, declares_all, from_abroad, holds_all, time};

fn made(world: &World) -> Assurance {
    let evaluations: Vec<_> = SETS.all_current(world.at).iter().map(|set| world.judged_by(set)).collect();
    let made = assurance(&SETS, &world.case(), &evaluations);
    let mut appraiser = Appraiser::new(&SETS, world.at, &world.known, &world.finding);
    assert_eq!(*appraiser.of(world.kind, world.site), made, "the short way gives the same");
    made
}

fn schemes(made: &Assurance) -> Vec<&str> {
    made.certificates.iter().map(|certificate| certificate.scheme.as_str()).collect()
}

fn lacks<'m>(made: &'m Assurance, key: &str) -> Vec<(&'m str, &'m str)> {
    made.lacks.get(key).into_iter().flatten().map(|lack| (lack.criterion.as_str(), lack.missing.as_str())).collect()
}

#[test]
fn levels_are_carried_over_and_what_keeps_from_more() {
    let mut world = declares_all();
    for criterion in ["a", "b", "c", "d", "e", "f", "g"] {
        world.number(&format!("cada.{criterion}"), 1);
    }
    world.number("csf.sov-3-q4", 4);
    let made = made(&world);
    assert_eq!(made.labels, [("gaia-x".to_owned(), "L1".to_owned())].into());
    assert_eq!((made.seal, made.cada), (Some(0), Some(1)));
    let keys: Vec<_> = made.lacks.keys().map(String::as_str).collect();
    assert_eq!(keys, ["cada:2", "cada:3", "cada:4", "gaia-x:L2", "gaia-x:L3", "seal:1", "seal:2", "seal:3", "seal:4"]);
    assert_eq!(made.lacks["gaia-x:L2"].len(), 5, "the first that bind; the evaluation has all");
    assert_eq!(lacks(&made, "gaia-x:L2")[0].0, "P2.1.1");
    assert_eq!(lacks(&made, "seal:1")[0].0, "sov-1-q8");
    let nothing = self::made(&World { finding: Finding::unknown(), ..World::new() });
    assert_eq!((nothing.labels.len(), nothing.seal, nothing.cada), (0, Some(0), None));
    assert_eq!(nothing.control, Control::Unknown);
    assert_eq!(nothing.subcontracting, None);
    assert!(nothing.seats.is_empty());
}

#[test]
fn a_certificate_that_is_only_declared_is_a_lack() {
    let mut world = World::new();
    world.claim(Strength::Declared, Claim::Certificate(certificate("iso 27001")));
    world.claim(Strength::Attested, Claim::Certificate(certificate("HDS")));
    world.claim(Strength::Verified, Claim::Certificate(certificate("ISO27017"))).valid_until =
        Some(time("2027-01-01T00:00:00Z"));
    let mut elsewhere = certificate("ISO27018");
    elsewhere.sites = vec!["fra1".to_owned()];
    world.claim(Strength::Verified, Claim::Certificate(elsewhere));
    world.claim(Strength::Verified, Claim::Certificate(certificate("Swiss Hosting")));
    world.claim(Strength::Verified, Claim::Certificate(certificate("ISO9001"))).valid_until = Some(world.at);
    let made = made(&world);
    assert_eq!(schemes(&made), ["HDS", "ISO27017", "SWISSHOSTING"]);
    assert!(made.certificates.iter().all(|certificate| certificate.source == Source::Verified));
    assert_eq!(made.certificates[1].valid_until, Some(time("2027-01-01T00:00:00Z")));
    assert!(made.holds("HDS", world.at) && !made.holds("ISO9001", world.at));
    let declared =
        "declared by the provider only; a certificate signed by its body, or attested by the operator, is missing";
    assert_eq!(lacks(&made, "certifications:ISO27001"), [("ISO27001", declared)]);
    let beside = "held, but it does not cover this kind of service at this site";
    assert_eq!(lacks(&made, "certifications:ISO27018"), [("ISO27018", beside)]);
    world.certificate("ISO27001");
    assert!(self::made(&world).lacks.keys().all(|key| key != "certifications:ISO27001"));
}

#[test]
fn levels_of_a_scheme_bear_their_own_names() {
    let held = |scheme: &str, level: &str, jurisdiction: Option<&str>| {
        let mut claim = certificate(scheme);
        claim.level = Some(level.to_owned());
        claim.jurisdiction = jurisdiction.map(str::to_owned);
        let mut world = World::new();
        world.claim(Strength::Verified, Claim::Certificate(claim));
        schemes(&made(&world)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(held("C5", "Type 2", None), ["C5", "C5-TYPE1", "C5-TYPE2"]);
    assert_eq!(held("ENS", "básica", None), ["ENS", "ENS-BASICA"]);
    assert_eq!(held("CISPE", "sovereign", Some("EU")), ["CISPE", "CISPE-SOVEREIGN"]);
    assert_eq!(held("CISPE", "resilient", Some("GB")), ["CISPE-GB", "CISPE-GB-RESILIENT"]);
    assert!(held("CISPE", "sovereign", None).is_empty(), "a badge is for one jurisdiction and must name it");
}

#[test]
fn no_control_is_said_only_when_that_is_certain() {
    let control = |finding: Finding| made(&World { finding, ..World::new() }).control;
    let us = vec![country("US")];
    assert_eq!(control(at_home()), Control::None);
    assert_eq!(control(from_abroad()), Control::Some(us.clone()));
    assert_eq!(control(Finding::unknown()), Control::Unknown);
    let exposed = Exposure { countries: [country("US")].into(), unknown: vec![] };
    assert_eq!(control(Finding { exposure: exposed, ..at_home() }), Control::Some(us), "through a listing, say");
    let partly = Exposure { countries: [country("US")].into(), unknown: vec!["a holder is not known".to_owned()] };
    let finding = Finding { exposure: partly.clone(), ..at_home() };
    assert_eq!(control(finding.clone()), Control::Unknown, "there may be more");
    let made = made(&World { finding, ..World::new() });
    assert_eq!(lacks(&made, "control"), [("ownership", "the provider can be reached from US")]);
    let finding =
        Finding { subcontractors: Some(partly), subcontractor_countries: [country("CH")].into(), ..at_home() };
    let subcontracting = self::made(&World { finding, ..World::new() }).subcontracting.unwrap();
    assert_eq!(subcontracting, Subcontracting { countries: vec![country("CH")], control: Control::Unknown });
}

#[test]
fn where_data_may_go_is_added_up() {
    let mut world = World::new();
    world.fact(Strength::Verified, "data.countries", FactValue::List(vec!["NO".to_owned()]));
    world.words("data.countries", &["CH", "NO"]);
    let made = made(&world);
    assert_eq!(made.data_countries, [country("CH"), country("NO")]);
    assert_eq!(made.seats, [country("NL")]);
}

#[test]
fn it_stands_until_the_first_of_its_parts_ends() {
    let mut world = holds_all();
    let first = time("2026-12-24T00:00:00Z");
    let person = |known: &&mut Known| matches!(&known.claim, Claim::Fact { name, .. } if name == "gx.legal-person");
    world.known.iter_mut().find(person).unwrap().valid_until = Some(first);
    world.finding.valid_until = Some(time("2026-12-31T00:00:00Z"));
    let made = made(&world);
    assert_eq!(made.valid_until, Some(first));
    assert!(made.stands(world.at) && !made.stands(first));
    world.known.iter_mut().find(person).unwrap().valid_until = None;
    assert_eq!(self::made(&world).valid_until, world.finding.valid_until);
}

#[test]
fn offers_that_differ_in_nothing_share_one() {
    let mut world = holds_all();
    let mut scoped = certificate("HDS");
    scoped.sites = vec!["ams1".to_owned()];
    world.claim(Strength::Verified, Claim::Certificate(scoped));
    let mut appraiser = Appraiser::new(&SETS, world.at, &world.known, &world.finding);
    let here = appraiser.of(Some("compute.instance"), Some("ams1"));
    let also = appraiser.of(Some("database.postgresql"), Some("ams1"));
    let there = appraiser.of(Some("compute.instance"), Some("fra1"));
    assert!(std::sync::Arc::ptr_eq(&here, &also));
    assert!(here.holds("HDS", world.at) && !there.holds("HDS", world.at));
}

#[test]
fn a_label_that_asks_by_kind_is_made_for_each() {
    let labels = include_str!("../../../../data/rules/gaia-x/25.10.yaml")
        .replace("version: \"25.10\"", "version: later")
        .replace("appliesFrom: 2025-10-01", "appliesFrom: 2026-01-01")
        .replacen("  - id: P1.3.1\n", "  - id: P1.3.1\n    kinds: [compute.instance]\n", 1);
    let mut sets = hansa_trust::rules::RuleSets::clone(&SETS);
    sets.add("later", &labels).unwrap();
    let world = declares_all().without("gx.access-usage-policy");
    let mut appraiser = Appraiser::new(&sets, world.at, &world.known, &world.finding);
    let label = |made: &Assurance| made.labels["gaia-x"].clone();
    assert_eq!(label(&appraiser.of(Some("compute.instance"), None)), "SC");
    assert_eq!(label(&appraiser.of(Some("database.postgresql"), None)), "L1");
}
