//! The labels of Gaia-X, against the matrix of levels and the traps in it.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Claim, FactValue, Strength};
use hansa_trust::ownership::{Exposure, Verdict};
use hansa_trust::rules::{Asked, RuleSet, RuleSets};
use serde::Deserialize;

use crate::world::{SETS, World, at_home, country, declares_all, from_abroad, holds_all, time};

const LEVELS: [&str; 4] = ["SC", "L1", "L2", "L3"];
const FILE: &str = include_str!("../../../../data/rules/gaia-x/25.10.yaml");

#[derive(Deserialize)]
struct Matrix {
    criteria: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    #[serde(flatten)]
    cells: BTreeMap<String, serde_json::Value>,
}

impl Row {
    fn asks(&self, level: &str) -> Option<Asked> {
        match self.cells[level].as_str().unwrap() {
            "declaration" => Some(Asked::Declaration),
            "certification" => Some(Asked::Certification),
            "N/A" => None,
            other => panic!("{other}"),
        }
    }
}

fn matrix() -> Vec<Row> {
    serde_json::from_str::<Matrix>(include_str!("../data/rules/gx-criteria-matrix.json")).unwrap().criteria
}

fn set() -> &'static RuleSet {
    SETS.get("gaia-x", "25.10").unwrap()
}

#[test]
fn all_sixty_criteria_are_asked_as_the_matrix_says() {
    let (rows, criteria) = (matrix(), set().criteria());
    assert_eq!(criteria.len(), 60);
    for (row, criterion) in rows.iter().zip(&criteria) {
        assert_eq!(row.id, criterion.id);
        let expected: Vec<_> = LEVELS.iter().filter_map(|level| Some((*level, row.asks(level)?))).collect();
        assert_eq!(criterion.asks, expected, "{}", row.id);
    }
    let count = |level: &str, asked: Asked| criteria.iter().filter(|one| one.asks.contains(&(level, asked))).count();
    assert_eq!(LEVELS.map(|level| count(level, Asked::Declaration)), [47, 53, 19, 17]);
    assert_eq!(LEVELS.map(|level| count(level, Asked::Certification)), [0, 0, 35, 40]);
    let absent = |level: &str| criteria.iter().filter(|one| one.asks.iter().all(|(asked, _)| *asked != level)).count();
    assert_eq!(LEVELS.map(absent), [13, 7, 6, 3]);
}

#[test]
fn levels_need_what_they_ask() {
    assert_eq!(World::new().level("gaia-x"), None);
    assert_eq!(declares_all().level("gaia-x").as_deref(), Some("L1"));
    assert_eq!(holds_all().level("gaia-x").as_deref(), Some("L3"));
}

#[test]
fn nothing_known_leaves_a_gap_at_every_level_for_every_criterion_that_it_asks() {
    let evaluation = World::new().judged("gaia-x");
    assert_eq!(LEVELS.map(|level| evaluation.gaps[level].len()), [47, 53, 54, 57]);
    assert!(evaluation.outcomes.iter().all(|outcome| outcome.outcome == "missing" && outcome.evidence.is_empty()));
    assert!(evaluation.gaps.values().flatten().all(|gap| !gap.missing.is_empty() && !gap.title.is_empty()));
}

/// One criterion at a time asks for something that nobody shows: exactly the levels fall that ask for it.
#[test]
fn each_criterion_alone_lowers_exactly_the_levels_that_ask_for_it() {
    let file: serde_json::Value = yaml_serde::from_str(FILE).unwrap();
    let world = holds_all();
    for (at, row) in matrix().iter().enumerate() {
        let mut changed = file.clone();
        let criterion = changed["criteria"][at].as_object_mut().unwrap();
        criterion.insert("requires".to_owned(), serde_json::json!("site.pue-roadmap"));
        let mut sets = RuleSets::clone(&SETS);
        changed["version"] = serde_json::json!("changed");
        sets.add("changed", &changed.to_string()).unwrap();
        let evaluation = world.judged_by(sets.get("gaia-x", "changed").unwrap());
        let lost: BTreeSet<&str> = evaluation.gaps.keys().map(String::as_str).collect();
        let asked: BTreeSet<&str> = LEVELS.into_iter().filter(|level| row.asks(level).is_some()).collect();
        assert_eq!(lost, asked, "{}", row.id);
        assert!(evaluation.gaps.values().all(|gaps| gaps.len() == 1 && gaps[0].criterion == row.id));
        let highest = LEVELS.into_iter().rfind(|level| !asked.contains(level));
        assert_eq!(evaluation.level.as_deref(), highest, "{}", row.id);
    }
}

#[test]
fn levels_are_not_nested() {
    // Transfers to third countries are not declared, and no code of conduct covers them: L3 does not ask, as it allows
    // no transfer; all others do.
    let mut world = holds_all().without("gx.third-country-data-transfer");
    world.known.retain(|known| {
        !matches!(&known.claim, Claim::Certificate(held)
        if ["CISPE-COC", "EUCLOUDCOC", "GDPR-COC"].contains(&held.scheme.as_str()))
    });
    // What only those certified at L3, others certify: the customer's instructions, and access to their data.
    let mut partial = crate::world::certificate("EUCLOUDCOC");
    partial.clauses =
        ["5.1", "5.2", "5.3.C", "5.3.D", "5.3.E", "5.3.F", "5.3.G", "5.5", "5.7", "5.12.C", "6.3.A", "5.11"]
            .map(str::to_owned)
            .to_vec();
    partial.clauses.extend(["5.4.A", "5.4.B", "5.4.C"].map(str::to_owned));
    world.claim(Strength::Verified, Claim::Certificate(partial));
    let evaluation = world.judged("gaia-x");
    assert_eq!(evaluation.level.as_deref(), Some("L3"), "{:#?}", evaluation.gaps.get("L3"));
    assert_eq!(evaluation.gaps.keys().map(String::as_str).collect::<Vec<_>>(), ["L1", "L2", "SC"]);
}

#[test]
fn a_certificate_does_for_a_declaration_but_not_the_reverse() {
    let certified = holds_all().without("gx.operational-security");
    assert_eq!(certified.level("gaia-x").as_deref(), Some("L3"));
    let outcome = |world: &World| {
        let evaluation = world.judged("gaia-x");
        evaluation.outcomes.into_iter().find(|outcome| outcome.criterion == "P3.1.7").unwrap().outcome
    };
    assert_eq!(outcome(&certified), "certified");
    assert_eq!(outcome(&declares_all()), "declared");
    assert_eq!(outcome(&declares_all().without("gx.operational-security")), "missing");
}

#[test]
fn control_from_abroad_or_unknown_keeps_from_l3_only() {
    for finding in [from_abroad(), hansa_trust::ownership::Finding::unknown()] {
        let mut world = holds_all();
        world.finding = finding;
        let evaluation = world.judged("gaia-x");
        assert_eq!(evaluation.level.as_deref(), Some("L2"));
        let binding: Vec<_> = evaluation.gaps["L3"].iter().map(|gap| gap.criterion.as_str()).collect();
        assert!(binding.contains(&"P5.1.5"), "{binding:?}");
    }
    let mut world = holds_all();
    world.finding = from_abroad();
    let evaluation = world.judged("gaia-x");
    let gap = &evaluation.gaps["L3"][0];
    assert_eq!(gap.criterion, "P5.1.5");
    assert_eq!(gap.missing, "it is controlled from outside the European Economic Area: US");
    let outcome = evaluation.outcomes.iter().find(|outcome| outcome.criterion == "P5.1.5").unwrap();
    assert_eq!(
        (outcome.outcome.as_str(), outcome.evidence.as_slice()),
        ("against", [crate::world::evidence(9000)].as_slice())
    );
}

#[test]
fn an_exposed_or_unknown_subcontractor_keeps_from_l3() {
    let exposed = Exposure { countries: [country("US")].into(), unknown: vec![] };
    let unknown = Exposure { countries: [].into(), unknown: vec!["access of Helpdesk Ltd is not stated".to_owned()] };
    for subcontractors in [None, Some(exposed), Some(unknown)] {
        let mut world = holds_all();
        world.finding.subcontractors = subcontractors;
        let evaluation = world.judged("gaia-x");
        assert_eq!(evaluation.level.as_deref(), Some("L2"));
        assert_eq!(evaluation.gaps["L3"].len(), 1);
        assert_eq!(evaluation.gaps["L3"][0].criterion, "P5.1.6");
    }
}

#[test]
fn that_there_are_no_subcontractors_may_be_said_as_a_fact_and_as_a_claim() {
    let said = |fact: Option<bool>, claim: bool| {
        let mut world = World::new();
        if let Some(value) = fact {
            world.fact(Strength::Declared, "subcontractors.none", FactValue::Flag(value));
        }
        if claim {
            world.claim(Strength::Declared, Claim::NoSubcontractors);
        }
        let evaluation = world.judged("gaia-x");
        evaluation.gaps["SC"].iter().all(|gap| gap.criterion != "P1.2.6")
    };
    assert!(!said(None, false));
    assert!(said(Some(true), false) && said(None, true));
    assert!(said(Some(true), true), "the same said twice contradicts nothing");
    assert!(!said(Some(false), true), "no and yes do");
}

#[test]
fn a_seat_outside_or_unknown_keeps_from_l3() {
    for (seats, known) in [(vec![country("CH")], true), (vec![country("NL")], false), (vec![], true)] {
        let mut world = holds_all();
        (world.finding.seats, world.finding.seats_known) = (seats, known);
        let evaluation = world.judged("gaia-x");
        assert_eq!(evaluation.level.as_deref(), Some("L2"));
        assert_eq!(evaluation.gaps["L3"][0].criterion, "P5.1.4");
    }
    let mut world = holds_all();
    world.finding.seats = vec![country("NO")];
    assert_eq!(world.level("gaia-x").as_deref(), Some("L3"), "Norway is home to Gaia-X");
    world.finding.union = Verdict::ThirdCountry([country("NO")].into());
    assert_eq!(world.level("gaia-x").as_deref(), Some("L3"), "control counts as seen from the area");
}

#[test]
fn sovereignty_at_l3_is_certified_by_no_management_system() {
    for criterion in set().criteria().iter().filter(|one| one.id.starts_with("P5.1")) {
        let file: serde_json::Value = yaml_serde::from_str(FILE).unwrap();
        let row = file["criteria"].as_array().unwrap().iter().find(|row| row["id"] == criterion.id).unwrap();
        let schemes: Vec<_> = row["certification"].as_array().into_iter().flatten().map(|one| &one["scheme"]).collect();
        assert!(schemes.iter().all(|scheme| *scheme == "SECNUMCLOUD" || *scheme == "CISPE-COC"), "{}", criterion.id);
        let assessed = ["P5.1.3", "P5.1.5", "P5.1.6"].contains(&criterion.id);
        assert_eq!(assessed, schemes.is_empty(), "{}", criterion.id);
    }
}

#[test]
fn an_assessment_counts_when_somebody_else_than_the_provider_says_it() {
    for (strength, expected) in [(Strength::Declared, "L2"), (Strength::Attested, "L3"), (Strength::Verified, "L3")] {
        let mut world = holds_all().without("gaia-x.p5-1-3");
        world.fact(strength, "gaia-x.p5-1-3", FactValue::Flag(true));
        assert_eq!(world.level("gaia-x").as_deref(), Some(expected), "{strength:?}");
    }
}

#[test]
fn a_registration_number_counts_when_a_notary_says_it() {
    let numbers =
        ["vat-id", "lei-code", "eori", "euid", "tax-id", "local-registration-number", "country-company-number"];
    let bare = numbers.iter().fold(declares_all(), |world, number| world.without(&format!("gx.{number}")));
    assert_eq!(bare.level("gaia-x"), None);
    let mut declared = bare.clone();
    declared.flag("gx.vat-id");
    assert_eq!(declared.level("gaia-x"), None);
    let gap = &declared.judged("gaia-x").gaps["SC"][0];
    assert_eq!(gap.criterion, "P1.3.2");
    assert!(gap.missing.contains("`gx.vat-id`"), "{}", gap.missing);
    for number in numbers {
        let mut verified = bare.clone();
        verified.fact(Strength::Verified, &format!("gx.{number}"), FactValue::Flag(true));
        assert_eq!(verified.level("gaia-x").as_deref(), Some("L1"), "{number}");
    }
}

#[test]
fn power_usage_depends_on_the_climate() {
    let pue = "gx.energy-usage-efficiency.power-usage-effectiveness-milli";
    let level = |milli: i64, climate: Option<&str>| {
        let mut world = declares_all().instead(pue, FactValue::Number(milli));
        climate.into_iter().for_each(|climate| drop(world.text("site.climate", climate).clone()));
        world.level("gaia-x").unwrap()
    };
    assert_eq!((level(1300, None), level(1301, None)), ("L1".to_owned(), "SC".to_owned()));
    assert_eq!((level(1400, Some("warm")), level(1401, Some("warm"))), ("L1".to_owned(), "SC".to_owned()));
    assert_eq!(level(1400, Some("cool")), "SC");
    let several = declares_all().instead(pue, FactValue::List(vec!["1200".to_owned(), "1500".to_owned()]));
    assert_eq!(several.level("gaia-x").as_deref(), Some("SC"), "every data centre must keep to it");
}

#[test]
fn renewable_energy_is_asked_in_full_from_2031_on() {
    let mix = |renewable: i64| {
        declares_all()
            .instead("gx.energy-mix.renewable-energy-milli", FactValue::Number(renewable))
            .instead("gx.energy-mix.hourly-carbon-free-energy-milli", FactValue::Number(0))
    };
    assert_eq!(mix(74_999).level("gaia-x").as_deref(), Some("SC"));
    assert_eq!(mix(75_000).level("gaia-x").as_deref(), Some("L1"));
    assert_eq!(mix(75_000).judged("gaia-x").valid_until, Some(time("2031-01-01T00:00:00Z")));
    let later = |renewable| World { at: time("2031-01-01T00:00:00Z"), ..mix(renewable) };
    assert_eq!(later(99_999).level("gaia-x").as_deref(), Some("SC"));
    assert_eq!(later(100_000).level("gaia-x").as_deref(), Some("L1"));
}

#[test]
fn data_that_may_leave_bars_l3() {
    let mut world = holds_all();
    world.words("data.countries", &["NL", "NO"]);
    assert_eq!(world.level("gaia-x").as_deref(), Some("L3"));
    let mut world = holds_all();
    world.words("data.countries", &["NL", "US"]);
    let evaluation = world.judged("gaia-x");
    assert_eq!(evaluation.level.as_deref(), Some("L2"));
    assert!(evaluation.gaps["L3"][0].missing.contains("NL, US"), "{}", evaluation.gaps["L3"][0].missing);
}

#[test]
fn evidence_that_ends_ends_the_level_and_says_when() {
    let end = time("2027-03-01T00:00:00Z");
    let mut world = declares_all();
    world
        .known
        .iter_mut()
        .filter(|known| matches!(&known.claim, Claim::Fact { name, .. } if name == "gx.measure"))
        .for_each(|known| known.valid_until = Some(end));
    assert_eq!(world.judged("gaia-x").valid_until, Some(end));
    assert_eq!(world.level("gaia-x").as_deref(), Some("L1"));
    world.at = end;
    assert_eq!(world.level("gaia-x"), None);
    world.finding = at_home();
    world.finding.valid_until = Some(time("2027-01-01T00:00:00Z"));
    world.at = crate::world::now();
    assert_eq!(world.judged("gaia-x").valid_until, Some(time("2027-01-01T00:00:00Z")), "owners may change first");
}
