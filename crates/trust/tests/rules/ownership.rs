//! SecNumCloud 19.6 as it is computed from the ownership graph.

use hansa_trust::ownership::{Answer, Exposure, Finding};

use crate::world::{World, at_home, country};

fn world(finding: Finding) -> World {
    let mut world = World::new();
    world.finding = finding;
    world.flag("secnumcloud.operating-autonomy");
    world
}

fn level(finding: Finding) -> Option<String> {
    world(finding).level("secnumcloud-ownership")
}

#[test]
fn it_passes_only_when_all_four_parts_do() {
    assert_eq!(level(at_home()).as_deref(), Some("pass"));
    let autonomous = world(at_home()).without("secnumcloud.operating-autonomy");
    assert_eq!(autonomous.level("secnumcloud-ownership"), None);
    assert_eq!(level(Finding { seats: vec![country("NO")], ..at_home() }), None, "the area is not the Union");
    let exposed = Exposure { countries: [country("US")].into(), unknown: vec![] };
    assert_eq!(level(Finding { subcontractors: Some(exposed), ..at_home() }), None);
    assert_eq!(level(Finding { subcontractors: None, ..at_home() }), None);
    assert_eq!(level(Finding::unknown()), None);
}

#[test]
fn failing_and_not_knowing_are_told_apart() {
    let outcome = |answer: Answer| {
        let mut finding = at_home();
        finding.immunity.answer = answer;
        finding.immunity.reasons = vec!["Holder Inc has 24.01 %".to_owned()];
        let evaluation = world(finding).judged("secnumcloud-ownership");
        let gaps = evaluation.gaps.get("pass").map(|gaps| gaps[0].missing.clone());
        (evaluation.outcomes[1].outcome.clone(), evaluation.level, gaps)
    };
    assert_eq!(outcome(Answer::Pass), ("met".to_owned(), Some("pass".to_owned()), None));
    let reason = Some("Holder Inc has 24.01 %".to_owned());
    assert_eq!(outcome(Answer::Fail), ("against".to_owned(), None, reason.clone()));
    assert_eq!(outcome(Answer::Unknown), ("missing".to_owned(), None, reason));
}
