//! The duties of the Data Act, at their limits.

use hansa_model::evidence::{FactValue, Strength};

use crate::world::{World, time};

fn text(text: &str) -> FactValue {
    FactValue::Text(text.to_owned())
}

/// An offer whose terms answer every duty.
fn complete() -> World {
    let mut world = World::new();
    for flag in ["no-obstacles", "assistance", "ends-on-switch", "erasure", "good-faith", "demands-register"] {
        world.flag(&format!("data-act.{flag}"));
    }
    for url in ["contract-url", "exit-plan-url", "register-url", "access-measures-url", "fees-url"] {
        world.text(&format!("data-act.{url}"), "https://provider.example/terms");
    }
    for (name, number) in [
        ("transition-days", 30),
        ("retrieval-days", 30),
        ("extension-notice-working-days", 14),
        ("customer-extensions", 1),
    ] {
        world.number(&format!("data-act.{name}"), number);
    }
    world.text("data-act.notice", "P2M");
    world.text("data-act.extended-transition", "P7M");
    world.text("data-act.switching-charges", "none");
    world.text("data-act.lighter-duties", "none");
    world.text("data-act.parallel-egress", "at-cost");
    world.words("data-act.exportable-data", &["disks", "configuration"]);
    world.words("data-act.exempt-data", &[]);
    world.words("data-act.standards", &[]);
    world.words("data-act.jurisdictions", &["NL"]);
    world.words("data-act.switch-choices", &["erase", "on-premises", "switch-provider"]);
    world.words("data-act.equivalence-means", &["images", "networks"]);
    world.words("data-act.export-formats", &["qcow2"]);
    world.fact(Strength::Declared, "data-act.costly-to-switch", FactValue::Flag(false));
    world
}

/// The duties that are open, by name.
fn open(world: &World) -> Vec<String> {
    let evaluation = world.judged("data-act");
    evaluation.gaps.into_values().flatten().map(|gap| gap.criterion).collect()
}

#[test]
fn an_offer_that_answers_everything_is_complete() {
    assert_eq!(open(&complete()), Vec::<String>::new());
    assert_eq!(complete().level("data-act").as_deref(), Some("complete"));
    assert_eq!(open(&World::new()).len(), 23, "all 24 but the one for services that are no infrastructure");
}

#[test]
fn periods_hold_to_the_day() {
    let cases = [
        ("data-act.notice", text("P2M"), text("P2M1D"), "DA-25-2d"),
        ("data-act.notice", text("P59D"), text("P60D"), "DA-25-2d"),
        ("data-act.notice", text("P0D"), text("two months"), "DA-25-2d"),
        ("data-act.transition-days", FactValue::Number(30), FactValue::Number(31), "DA-25-2a"),
        ("data-act.retrieval-days", FactValue::Number(30), FactValue::Number(29), "DA-25-2g"),
        ("data-act.extension-notice-working-days", FactValue::Number(14), FactValue::Number(15), "DA-25-4"),
        ("data-act.extended-transition", text("P7M"), text("P7M1D"), "DA-25-4"),
        ("data-act.customer-extensions", FactValue::Number(1), FactValue::Number(0), "DA-25-5"),
    ];
    for (fact, within, beyond, duty) in cases {
        assert_eq!(open(&complete().instead(fact, within)), Vec::<String>::new(), "{fact}");
        assert_eq!(open(&complete().instead(fact, beyond.clone())), [duty], "{fact} {beyond:?}");
    }
    let gap = &complete().instead("data-act.notice", text("P2M1D")).judged("data-act").gaps["complete"][0];
    assert_eq!(gap.missing, "notice for a switch is P2M1D, no more than 2 months is asked (`data-act.notice`)");
}

#[test]
fn switching_is_free_from_the_twelfth_of_january_on() {
    let mut charging = complete().instead("data-act.switching-charges", text("at-cost"));
    assert_eq!(open(&charging), ["DA-29"], "the basis of the cost is missing");
    charging.text("data-act.switching-cost-basis", "https://provider.example/cost");
    assert_eq!(open(&charging), ["DA-29"], "the last day is missing");
    charging.text("data-act.switching-charges-last-day", "2027-01-11");
    assert_eq!(open(&charging), Vec::<String>::new());
    let turn = time("2027-01-12T00:00:00Z");
    assert_eq!(charging.judged("data-act").valid_until, Some(turn), "it says when it changes by itself");
    charging.at = time("2027-01-11T23:59:59Z");
    assert_eq!(open(&charging), Vec::<String>::new());
    charging.at = turn;
    assert_eq!(open(&charging), ["DA-29"]);
    charging.at = crate::world::now();
    let late = charging.clone().instead("data-act.switching-charges-last-day", text("2027-01-12"));
    assert_eq!(open(&late), ["DA-29"], "a plan that charges past the day is refused before it");
    let free = World { at: turn, ..complete() };
    assert_eq!(open(&free), Vec::<String>::new());
}

#[test]
fn infrastructure_and_other_services_owe_different_duties() {
    let database = |kind| {
        let mut world = complete().without("data-act.equivalence-means");
        world.kind = kind;
        world
    };
    assert_eq!(open(&database(Some("compute.instance"))), ["DA-30-1"]);
    assert_eq!(open(&database(Some("database.postgresql"))), ["DA-30-2"]);
    let mut interfaces = database(Some("database.postgresql"));
    interfaces.words("data-act.open-interfaces", &["SQL"]);
    assert_eq!(open(&interfaces), Vec::<String>::new());
    let outcome = interfaces.judged("data-act").outcomes.into_iter().find(|one| one.criterion == "DA-30-1").unwrap();
    assert_eq!(outcome.outcome, "not-applicable");
    assert_eq!(open(&database(None)), ["DA-30-1", "DA-30-2"], "as a whole it owes both");
}

#[test]
fn lists_are_told_apart_from_silence() {
    assert_eq!(open(&complete().without("data-act.exempt-data")), ["DA-25-2f"]);
    assert_eq!(open(&complete().without("data-act.standards")), ["DA-35"]);
    let words = |words: &[&str]| FactValue::List(words.iter().map(|word| (*word).to_owned()).collect());
    assert_eq!(open(&complete().instead("data-act.exportable-data", words(&[]))), ["DA-25-2e"]);
    assert_eq!(open(&complete().instead("data-act.exempt-data", words(&["logs"]))), Vec::<String>::new());
    assert_eq!(open(&complete().instead("data-act.exempt-data", words(&["logs", "disks"]))), ["DA-25-2f"]);
    assert_eq!(open(&complete().instead("data-act.switch-choices", words(&["erase", "on-premises"]))), ["DA-25-3"]);
}

#[test]
fn lighter_duties_are_not_for_what_everybody_can_buy() {
    assert_eq!(open(&complete().instead("data-act.lighter-duties", text("custom-built"))), ["DA-31"]);
    let mut test = complete().instead("data-act.lighter-duties", text("test"));
    assert_eq!(open(&test), ["DA-31"]);
    test.flag("data-act.lighter-duties-told");
    assert_eq!(open(&test), Vec::<String>::new());
}
