//! The EC Cloud Sovereignty Framework: the test vectors, the worked example, and the traps of the official sheet.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::evidence::{Evaluation, FactValue, Strength};
use hansa_trust::ownership::{Exposure, Finding};
use hansa_trust::rules::RuleSet;
use serde::Deserialize;

use crate::world::{SETS, World, country, from_abroad, time};

#[derive(Deserialize)]
struct Vectors {
    cases: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    name: String,
    answers: BTreeMap<String, i64>,
    expect: Expected,
}

#[derive(Deserialize)]
struct Expected {
    seal: u8,
    score_june_2026_percent: String,
    score_v1_2_1_percent: String,
    criteria_blocking_next_level: Vec<String>,
    missing: Vec<String>,
    points: BTreeMap<String, String>,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str::<Vectors>(include_str!("../data/rules/csf-test-vectors.json")).unwrap().cases
}

fn sheet() -> serde_json::Value {
    serde_json::from_str(include_str!("../data/rules/ec-csf-48-criteria.json")).unwrap()
}

fn set() -> &'static RuleSet {
    SETS.get("csf", "2026-06").unwrap()
}

fn hundredths(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap();
    whole.parse::<i64>().unwrap() * 100 + part.parse::<i64>().unwrap()
}

/// A provider at home whose answers somebody independent has looked at.
fn answering(answers: &BTreeMap<String, i64>) -> World {
    let mut world = World::new();
    for (criterion, n) in answers {
        world.fact(Strength::Attested, &format!("csf.{criterion}"), FactValue::Number(*n));
    }
    world
}

fn base() -> World {
    answering(&vectors()[0].answers)
}

fn answer<'e>(evaluation: &'e Evaluation, criterion: &str) -> &'e str {
    &evaluation.outcomes.iter().find(|outcome| outcome.criterion == criterion).unwrap().outcome
}

/// A world that answers one criterion, and another answer to it.
fn with(mut world: World, criterion: &str, strength: Strength, n: i64) -> World {
    world = world.without(&format!("csf.{criterion}"));
    world.fact(strength, &format!("csf.{criterion}"), FactValue::Number(n));
    world
}

#[test]
fn every_vector_comes_out_exactly() {
    for vector in vectors() {
        let evaluation = answering(&vector.answers).judged("csf");
        let name = &vector.name;
        assert_eq!(evaluation.level, Some(vector.expect.seal.to_string()), "{name}");
        assert_eq!(evaluation.scores["june-2026"], hundredths(&vector.expect.score_june_2026_percent), "{name}");
        assert_eq!(evaluation.scores["v1.2.1"], hundredths(&vector.expect.score_v1_2_1_percent), "{name}");
        let next = (vector.expect.seal + 1).to_string();
        let binding: Vec<_> = evaluation.gaps.get(&next).into_iter().flatten().map(|gap| &gap.criterion).collect();
        assert_eq!(binding, vector.expect.criteria_blocking_next_level.iter().collect::<Vec<_>>(), "{name}");
        let missing = evaluation.outcomes.iter().filter(|outcome| outcome.outcome == "missing");
        assert_eq!(
            missing.map(|outcome| &outcome.criterion).collect::<Vec<_>>(),
            vector.expect.missing.iter().collect::<Vec<_>>()
        );
        for (objective, expected) in &vector.expect.points {
            assert_eq!(points(&evaluation, objective), hundredths(expected), "{name}, {objective}");
        }
    }
}

/// The points of an objective by the answers that count.
fn points(evaluation: &Evaluation, objective: &str) -> i64 {
    let counted = set().criteria().into_iter().filter(|one| one.objective.unwrap().id == objective).map(|criterion| {
        let n = answer(evaluation, criterion.id);
        let answers = criterion.answers.unwrap().1;
        answers.iter().find(|choice| choice.n.to_string() == n).map_or(0, |choice| i64::from(choice.points))
    });
    counted.sum()
}

#[test]
fn the_worked_example_comes_out() {
    let evaluation = base().judged("csf");
    assert_eq!(evaluation.level.as_deref(), Some("2"));
    assert_eq!((evaluation.scores["june-2026"], evaluation.scores["v1.2.1"]), (7253, 6974));
    let binding: Vec<_> = evaluation.gaps["3"].iter().map(|gap| gap.criterion.as_str()).collect();
    assert_eq!(binding, ["sov-1-q8", "sov-2-q2", "sov-3-q5", "sov-5-q6", "sov-5-q7"]);
    let wish = "answer 5 (\u{201c}Full autonomy and continuity\u{201d}) or better is needed; the answer is 4";
    assert_eq!(evaluation.gaps["3"][0].missing, wish);
    let lowest = |objective: &str| {
        let of = |id: &str| set().criteria().iter().any(|one| one.id == id && one.objective.unwrap().id == objective);
        evaluation
            .outcomes
            .iter()
            .filter(|one| of(&one.criterion))
            .map(|one| one.allows.clone().unwrap())
            .min()
            .unwrap()
    };
    let objectives = ["SOV-1", "SOV-2", "SOV-3", "SOV-4", "SOV-5", "SOV-6", "SOV-7", "SOV-8"];
    assert_eq!(objectives.map(lowest), ["2", "2", "2", "3", "2", "3", "3", "3"]);
    assert_eq!(set().weights().map(|(id, _)| id).collect::<Vec<_>>(), ["june-2026", "v1.2.1"], "the default first");
}

#[test]
fn every_number_is_that_of_the_sheet() {
    let (sheet, criteria) = (sheet(), set().criteria());
    let rows: Vec<_> = sheet["objectives"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|objective| objective["criteria"].as_array().unwrap().iter().map(move |row| (objective, row)))
        .collect();
    assert_eq!((rows.len(), criteria.len()), (48, 48));
    for ((objective, row), criterion) in rows.iter().zip(&criteria) {
        assert_eq!(
            (row["id"].as_str(), objective["code"].as_str()),
            (Some(criterion.id), Some(criterion.objective.unwrap().id.as_str()))
        );
        let (fact, answers) = criterion.answers.unwrap();
        assert_eq!(fact, format!("csf.{}", criterion.id));
        for (cell, choice) in row["answers"].as_array().unwrap().iter().zip(answers) {
            assert_eq!(cell["n"], choice.n);
            let cents = (cell["value"].as_f64().unwrap() * 100.0).round();
            assert!((cents - f64::from(choice.points)).abs() < 1e-6, "{} {}", criterion.id, choice.n);
            let evaluation = answering(&[(criterion.id.to_owned(), i64::from(choice.n))].into()).judged("csf");
            let outcome = evaluation.outcomes.iter().find(|one| one.criterion == criterion.id).unwrap();
            assert_eq!(outcome.allows, Some(cell["seal"].to_string()), "{} {}", criterion.id, choice.n);
        }
    }
}

#[test]
fn the_traps_of_the_sheet_are_there() {
    let floors: BTreeMap<&str, u8> = set()
        .criteria()
        .iter()
        .map(|criterion| {
            let lowest = World::new();
            let mut lowest = lowest;
            lowest.fact(Strength::Attested, &format!("csf.{}", criterion.id), FactValue::Number(1));
            let evaluation = lowest.judged("csf");
            let outcome = evaluation.outcomes.into_iter().find(|one| one.criterion == criterion.id).unwrap();
            (criterion.id, outcome.allows.unwrap().parse().unwrap())
        })
        .collect();
    let at = |floor: u8| floors.iter().filter(|(_, at)| **at == floor).map(|(id, _)| *id).collect::<BTreeSet<_>>();
    let harmless =
        ["sov-1-q2", "sov-1-q4", "sov-1-q5", "sov-1-q6", "sov-1-q7", "sov-2-q5", "sov-5-q3", "sov-7-q2", "sov-8-q4"];
    assert_eq!(at(4), BTreeSet::from(harmless));
    assert_eq!(at(3), BTreeSet::from(["sov-2-q6"]));
    assert_eq!(at(2), BTreeSet::from(["sov-1-q3", "sov-3-q5", "sov-6-q3", "sov-6-q4"]));
    let criteria = set().criteria();
    let answers = |id: &str| criteria.iter().find(|one| one.id == id).unwrap().answers.unwrap().1;
    assert_eq!(answers("sov-1-q7")[2].points, 8300, "not 8334, where the pattern would have it");
    assert_eq!(answers("sov-8-q3")[1].label, answers("sov-8-q3")[3].label, "labels repeat, numbers do not");
    // More than 100 %: maxima are a little above 1000 points.
    assert_eq!(answering(&vectors()[4].answers).judged("csf").scores["june-2026"], 10_008);
}

#[test]
fn control_caps_what_is_answered() {
    let best = vectors().remove(4).answers;
    let level = |finding: Finding| {
        let mut world = answering(&best);
        world.finding = finding;
        let evaluation = world.judged("csf");
        (
            answer(&evaluation, "sov-1-q1").to_owned(),
            answer(&evaluation, "sov-2-q2").to_owned(),
            evaluation.level.unwrap(),
        )
    };
    let row = |control: &str, law: &str, seal: &str| (control.to_owned(), law.to_owned(), seal.to_owned());
    assert_eq!(level(crate::world::at_home()), row("4", "5", "4"));
    assert_eq!(level(from_abroad()), row("2", "3", "1"));
    assert_eq!(level(Finding { seats: vec![country("US")], ..from_abroad() }), row("1", "3", "1"));
    assert_eq!(level(Finding::unknown()), row("1", "3", "1"));
    assert_eq!(level(Finding { foreign_minority: true, ..crate::world::at_home() }), row("3", "5", "3"));
    let through_subcontractor = Some(Exposure { countries: [country("US")].into(), unknown: vec![] });
    let subcontracted = Finding { subcontractors: through_subcontractor, ..crate::world::at_home() };
    assert_eq!(level(subcontracted), row("4", "3", "1"), "its own control stays");
    assert_eq!(level(Finding { subcontractors: None, ..crate::world::at_home() }), row("4", "3", "1"));
}

#[test]
fn control_answers_by_itself() {
    let without = |finding: Finding| {
        let mut world = World::new();
        world.finding = finding;
        answer(&world.judged("csf"), "sov-1-q1").to_owned()
    };
    assert_eq!(without(crate::world::at_home()), "4");
    assert_eq!(without(Finding { foreign_minority: true, ..crate::world::at_home() }), "3");
    assert_eq!(without(from_abroad()), "2");
    assert_eq!(without(Finding { seats_known: false, ..from_abroad() }), "missing");
    assert_eq!(without(Finding::unknown()), "missing");
}

#[test]
fn immunity_counts_only_when_somebody_else_has_looked() {
    let law = |strength| answer(&with(base(), "sov-2-q2", strength, 5).judged("csf"), "sov-2-q2").to_owned();
    assert_eq!(
        (law(Strength::Declared), law(Strength::Attested), law(Strength::Verified)),
        ("3".into(), "5".into(), "5".into())
    );
    let mut documented = with(base(), "sov-2-q2", Strength::Declared, 5);
    documented.text("csf.shielding-document", "https://provider.example/structure");
    assert_eq!(answer(&documented.judged("csf"), "sov-2-q2"), "4");
    let reason = &with(base(), "sov-2-q2", Strength::Declared, 5).judged("csf").gaps["2"][0].missing;
    assert!(reason.contains("no more than answer 3 counts: document on the legal structure"), "{reason}");
}

#[test]
fn what_is_measured_answers_and_caps() {
    let pue = |milli: i64, strength: Strength| {
        let mut world = World::new();
        world.fact(strength, "site.pue-milli", FactValue::Number(milli));
        world
    };
    let computed = |milli, strength| answer(&pue(milli, strength).judged("csf"), "sov-8-q1").to_owned();
    assert_eq!(computed(1199, Strength::Verified), "5");
    assert_eq!(computed(1199, Strength::Declared), "4");
    assert_eq!((computed(1299, Strength::Declared), computed(1300, Strength::Declared)), ("4".into(), "2".into()));
    assert_eq!(
        (computed(2999, Strength::Declared), computed(3000, Strength::Declared)),
        ("2".into(), "missing".into())
    );
    let mut planned = pue(1499, Strength::Declared);
    planned.flag("site.pue-roadmap");
    assert_eq!(answer(&planned.judged("csf"), "sov-8-q1"), "3");
    // What is stated stands where nothing is measured, and falls where the measure says otherwise.
    assert_eq!(answer(&base().judged("csf"), "sov-8-q1"), "4");
    let mut measured = base();
    measured.number("site.pue-milli", 1600);
    let evaluation = measured.judged("csf");
    assert_eq!(answer(&evaluation, "sov-8-q1"), "2");
    assert!(evaluation.gaps["2"][0].missing.contains("power usage effectiveness, in thousandths: 1600"));
    // Two measures that contradict each other do not undo the worse one.
    measured.number("site.pue-milli", 1100);
    assert_eq!(answer(&measured.judged("csf"), "sov-8-q1"), "2");
}

#[test]
fn keys_places_and_law_are_computed() {
    let mut keys = base();
    keys.text("service.key-custody", "shared");
    assert_eq!(answer(&keys.judged("csf"), "sov-3-q1"), "3");
    let mut keys = World::new();
    keys.text("service.key-custody", "customer-only");
    assert_eq!(answer(&keys.judged("csf"), "sov-3-q1"), "5");

    let mut places = World::new();
    places.words("site.country", &["NL"]);
    places.words("data.backup-countries", &["NL", "NO"]);
    places.words("data.support-countries", &["PL"]);
    places.flag("data.no-third-country-fallback");
    assert_eq!(answer(&places.judged("csf"), "sov-3-q4"), "5");
    assert_eq!(answer(&places.clone().without("data.no-third-country-fallback").judged("csf"), "sov-3-q4"), "missing");
    let mut leaving = base();
    leaving.words("data.countries", &["US"]);
    assert_eq!(answer(&leaving.judged("csf"), "sov-3-q4"), "3");

    let mut law = World::new();
    law.words("gx.legally-binding-act.governing-law-countries", &["NL", "DE"]);
    assert_eq!(answer(&law.judged("csf"), "sov-2-q1"), "3");
    law.finding.subcontractor_countries = [country("CH")].into();
    assert_eq!(answer(&law.judged("csf"), "sov-2-q1"), "2");
    law.words("gx.legally-binding-act.governing-law-countries", &["US"]);
    assert_eq!(answer(&law.judged("csf"), "sov-2-q1"), "2");
}

#[test]
fn a_contradiction_an_odd_number_and_an_expired_answer_count_as_none() {
    for odd in [FactValue::Number(9), FactValue::Number(0), FactValue::Number(-1), FactValue::Text("5".to_owned())] {
        let mut world = base().without("csf.sov-3-q4");
        world.fact(Strength::Verified, "csf.sov-3-q4", odd);
        assert_eq!(world.level("csf").as_deref(), Some("0"));
    }
    let mut torn = base();
    torn.fact(Strength::Attested, "csf.sov-3-q4", FactValue::Number(4));
    let evaluation = torn.judged("csf");
    assert_eq!((evaluation.level.as_deref(), answer(&evaluation, "sov-3-q4")), (Some("0"), "missing"));
    let reason = &evaluation.gaps["1"][0].missing;
    assert!(reason.contains("the evidence contradicts itself"), "{reason}");
    torn.fact(Strength::Verified, "csf.sov-3-q4", FactValue::Number(5));
    assert_eq!(torn.level("csf").as_deref(), Some("2"), "the better known wins");

    let mut ending = base();
    ending.known[0].valid_until = Some(time("2026-12-01T00:00:00Z"));
    assert_eq!(ending.judged("csf").valid_until, Some(time("2026-12-01T00:00:00Z")));
}

#[test]
fn what_the_exchange_tests_the_provider_can_not_declare() {
    for (fact, criterion, tested) in
        [("port.export-tested", "sov-4-q1", "3"), ("api.open-specification-tested", "sov-6-q1", "4")]
    {
        for (strength, expected) in [(Strength::Declared, "missing"), (Strength::Attested, tested)] {
            let mut world = World::new();
            world.fact(strength, fact, FactValue::Flag(true));
            assert_eq!(answer(&world.judged("csf"), criterion), expected, "{fact}, {strength:?}");
        }
    }
}
