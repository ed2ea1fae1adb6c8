//! Edge cases of ownership, one test each.

use std::collections::BTreeSet;

use hansa_model::evidence::{Entity, EntityKind, Holding, Right, Share, Strength};

use super::world::{World, X, assert_unknown, at, country, entity, holding, third};
use crate::ownership::{Answer, Verdict};

#[test]
fn a_subsidiary_of_a_us_parent_is_controlled_from_there() {
    let found = World::default().company(X, "DE").company("parent", "US").holds("parent", X, 100.0).find();
    assert_eq!(found.union, third(&["US"]));
    assert_eq!(found.eea, third(&["US"]));
    assert_eq!(found.exposure.countries, [country("US")].into());
    assert_eq!(found.immunity.answer, Answer::Fail);
    assert_eq!(found.immunity.collective, (10_000, 10_000));
}

#[test]
fn a_us_holding_company_between_counts_although_a_european_is_behind_it() {
    let world = World::default().company(X, "NL").company("holding", "US").person("anna", "NL");
    let found = world.holds("holding", X, 100.0).holds("anna", "holding", 100.0).find();
    assert_eq!(found.eea, third(&["US"]));
}

#[test]
fn a_us_subsidiary_below_does_not_matter() {
    let world = World::default().company(X, "NL").company("us-daughter", "US").person("anna", "NL");
    let found = world.holds("anna", X, 100.0).holds(X, "us-daughter", 100.0).find();
    assert_eq!(found.eea, Verdict::Home);
    assert!(found.exposure.countries.is_empty() && !found.foreign_minority);
}

#[test]
fn a_law_that_reaches_the_parent_exposes_without_control() {
    let parent = Entity {
        personal_jurisdictions: vec![country("US"), country("FR")],
        ..entity("parent", EntityKind::Company, "NL")
    };
    let world = World::default().company(X, "NL").entity(parent).person("anna", "NL");
    let found = world.holds("parent", X, 100.0).holds("anna", "parent", 100.0).find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.exposure.countries, [country("US")].into());
}

#[test]
fn vetoes_over_the_budget_make_both_halves_of_a_joint_venture_control_it() {
    let world = World::default().company(X, "DE").person("eu", "DE").person("us", "US");
    let veto = [Right::VetoBudget];
    let found = world.holds_with("eu", X, 50.0, &veto).holds_with("us", X, 50.0, &veto).find();
    assert_eq!(found.eea, third(&["US"]));
    assert_eq!(found.immunity.answer, Answer::Fail);
}

#[test]
fn halves_without_stated_rights_are_unknown() {
    let world = World::default().company(X, "DE").person("eu", "DE").person("us", "US");
    let found = world.holds_unstated("eu", X, 50.0).holds_unstated("us", X, 50.0).find();
    assert_unknown(&found.eea, "the rights of US in X are not stated");
}

#[test]
fn a_single_foreign_holder_may_have_24_percent_and_no_more() {
    let world = |us: f64| {
        let world = World::default().company(X, "DE").entity(entity("fund", EntityKind::Fund, "US"));
        let world = world.person("a", "DE").person("b", "FR").person("c", "NL");
        world.holds("fund", X, us).holds("a", X, 30.0).holds("b", X, 30.0).holds("c", X, 40.0 - us).find()
    };
    let at_the_limit = world(24.0);
    assert_eq!(at_the_limit.eea, Verdict::Home);
    assert!(at_the_limit.foreign_minority);
    assert_eq!(at_the_limit.immunity.answer, Answer::Pass, "{:?}", at_the_limit.immunity);
    assert_eq!((at_the_limit.immunity.largest, at_the_limit.immunity.collective), ((2_400, 2_400), (2_400, 2_400)));
    assert_eq!(world(24.01).immunity.answer, Answer::Fail);
}

#[test]
fn three_unrelated_foreign_holders_may_not_have_more_than_39_percent_together() {
    let world = World::default().company(X, "DE").person("u", "US").person("v", "US").person("w", "US");
    let world = world.person("a", "DE").person("b", "FR");
    let world = world.holds("u", X, 13.5).holds("v", X, 13.5).holds("w", X, 13.5);
    let found = world.holds("a", X, 30.0).holds("b", X, 29.5).find();
    assert_eq!(found.union, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Fail);
    assert_eq!((found.immunity.collective, found.immunity.largest), ((4_050, 4_050), (1_350, 1_350)));
}

#[test]
fn a_group_controls_with_what_its_daughters_hold() {
    let world = World::default().company(X, "DE").company("group", "US").company("daughter", "DE");
    let world = world.person("a", "DE").person("b", "DE");
    let world = world.holds("group", X, 20.0).holds("group", "daughter", 60.0).holds("daughter", X, 31.0);
    let found = world.holds("b", "daughter", 40.0).holds("a", X, 49.0).find();
    assert_eq!(found.eea, third(&["US"]));
}

#[test]
fn minority_stakes_do_not_multiply_into_control_but_into_shares() {
    let world = World::default().company(X, "DE").company("firm", "DE").person("us", "US");
    let world = world.person("a", "DE").person("b", "DE");
    let world = world.holds("us", "firm", 40.0).holds("a", "firm", 60.0);
    let found = world.holds("firm", X, 60.0).holds("b", X, 40.0).find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Pass, "{:?}", found.immunity);
    assert_eq!((found.immunity.largest, found.immunity.collective), ((2_400, 2_400), (2_400, 2_400)));
}

#[test]
fn a_company_in_free_float_is_nobodys_but_its_holders_may_be_anybody() {
    let found = World::default().company(X, "DE").dispersed("float").holds("float", X, 100.0).find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Unknown);
    assert_eq!(found.immunity.collective, (0, 10_000));
    assert_eq!(found.immunity.largest, (0, 500));
}

#[test]
fn a_large_holder_among_dispersed_ones_is_for_a_person_to_look_at() {
    let world = World::default().company(X, "DE").dispersed("float").person("us", "US");
    let world = world.holds("us", X, 35.0).holds("float", X, 65.0);
    let found = world.find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Fail);
    let remarks = world.graph().remarks(X, at(1_000));
    assert_eq!(remarks.len(), 1, "{remarks:?}");
    assert!(remarks[0].starts_with("US has 35.00 % of the votes in X"));

    let world = World::default().company(X, "DE").dispersed("float").person("us", "US");
    let found = world.holds_with("us", X, 35.0, &[Right::DeFacto]).holds("float", X, 65.0).find();
    assert_eq!(found.eea, third(&["US"]));
}

#[test]
fn companies_that_only_control_each_other_are_unknown_until_an_auditor_decides() {
    let circle = || {
        let world = World::default().company(X, "DE").company("y", "DE").person("a", "DE").person("b", "DE");
        world.holds(X, "y", 60.0).holds("y", X, 60.0).holds("a", "y", 40.0)
    };
    assert_unknown(&circle().holds("b", X, 40.0).find().eea, "a circle of companies");

    let decided = |strength| {
        let world = circle().holds_with("b", X, 40.0, &[Right::DeFacto]);
        world.last(|known| known.strength = strength).find()
    };
    assert_unknown(&decided(Strength::Declared).eea, "a circle of companies");
    assert_eq!(decided(Strength::Attested).eea, Verdict::Home);
}

#[test]
fn a_european_state_with_a_veto_is_home() {
    let world = World::default().company(X, "FR").person("a", "FR");
    let world = world.entity(entity("state", EntityKind::State, "FR"));
    let found = world.holds("a", X, 99.0).holds_with("state", X, 1.0, &[Right::VetoBusinessPlan]).find();
    assert_eq!(found.union, Verdict::Home);
}

#[test]
fn british_and_swiss_parents_are_third_countries() {
    for code in ["GB", "CH"] {
        let found = World::default().company(X, "DE").person("parent", code).holds("parent", X, 100.0).find();
        assert_eq!(found.eea, third(&[code]));
    }
}

#[test]
fn a_norwegian_parent_is_home_in_the_economic_area_only() {
    let found = World::default().company(X, "DE").person("parent", "NO").holds("parent", X, 100.0).find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.union, third(&["NO"]));
    assert_eq!(found.immunity.answer, Answer::Fail);
    assert!(found.exposure.countries.is_empty());
}

#[test]
fn a_foundation_whose_controllers_are_not_stated_is_unknown() {
    let world = || {
        let world = World::default().company(X, "NL").entity(entity("trust", EntityKind::Foundation, "NL"));
        world.person("chair", "NL").holds("trust", X, 100.0)
    };
    assert_unknown(&world().find().eea, "who controls the foundation TRUST");
    let right = Holding {
        capital: None,
        votes: None,
        rights: Some([Right::AppointBoardMajority].into()),
        ..holding("chair", "trust", 0.0)
    };
    assert_eq!(world().holding(right).find().eea, Verdict::Home);
}

#[test]
fn a_european_who_lives_elsewhere_is_home_by_nationality() {
    let abroad = Entity { headquarters_in: None, ..entity("anna", EntityKind::Person, "PT") };
    let abroad = Entity { main_establishment_in: None, ..abroad };
    let found = World::default().company(X, "NL").entity(abroad).holds("anna", X, 100.0).find();
    assert_eq!(found.eea, Verdict::Home);
}

#[test]
fn a_holding_does_not_count_from_the_instant_at_which_it_ends() {
    let world = World::default().company(X, "DE").person("us", "US").person("eu", "DE");
    let sold = Holding { valid_to: Some(at(500)), ..holding("us", X, 100.0) };
    let bought = Holding { valid_from: Some(at(500)), ..holding("eu", X, 100.0) };
    let graph = world.holding(sold).holding(bought).graph();
    let before = graph.find(X, at(499));
    assert_eq!((&before.eea, before.valid_until), (&third(&["US"]), Some(at(500))));
    let after = graph.find(X, at(500));
    assert_eq!((&after.eea, after.valid_until), (&Verdict::Home, None));
}

#[test]
fn nothing_known_is_unknown() {
    let found = World::default().graph().find(X, at(0));
    assert!(matches!(found.eea, Verdict::Unknown(_)));
    assert_eq!(found.immunity.answer, Answer::Unknown);
    assert_unknown(&World::default().company(X, "DE").find().eea, "who has 100.00 % of the votes of X is not known");
}

#[test]
fn stronger_evidence_wins_and_equal_evidence_that_differs_settles_nothing() {
    let world = |strength, code: &str| {
        let world = World::default().company(X, "DE").person("owner", "FR").holds("owner", X, 100.0);
        world.person("owner", code).last(|known| known.strength = strength).find().eea
    };
    assert_eq!(world(Strength::Declared, "US"), Verdict::Home);
    assert_eq!(world(Strength::Verified, "FR"), Verdict::Home);
    assert_unknown(&world(Strength::Verified, "US"), "where OWNER is seated is not known");
}

#[test]
fn more_than_everything_is_unknown_but_rounding_is_not() {
    let world = |rest: f64| {
        let world = World::default().company(X, "DE").person("a", "DE").person("b", "DE");
        world.holds("a", X, 60.0).holds("b", X, rest).find().eea
    };
    assert_eq!(world(40.5), Verdict::Home);
    assert_eq!(world(39.5), Verdict::Home);
    assert_unknown(&world(40.51), "more than all of the votes");
}

#[test]
fn unknown_votes_matter_from_a_quarter_without_and_a_half_with_a_controller() {
    let alone = |part: f64| {
        let world = World::default().company(X, "DE").person("a", "DE").person("b", "DE");
        world.holds("a", X, part).holds("b", X, 40.0).find().eea
    };
    assert_eq!(alone(35.0), Verdict::Home);
    assert_unknown(&alone(34.99), "25.01 % of the votes");

    let with_right = |part: f64| {
        let world = World::default().company(X, "DE").person("a", "DE");
        world.holds_with("a", X, part, &[Right::AppointBoardMajority]).find().eea
    };
    assert_eq!(with_right(50.0), Verdict::Home);
    assert_unknown(&with_right(49.99), "50.01 % of the votes");
}

#[test]
fn holders_that_vote_together_act_as_one() {
    let world = |group: Option<&str>| {
        let part = |owner| Holding { joint_group: group.map(str::to_owned), ..holding(owner, X, 30.0) };
        let world = World::default().company(X, "DE").person("us", "US").person("eu", "DE").person("rest", "DE");
        world.holding(part("us")).holding(part("eu")).holds("rest", X, 40.0).find()
    };
    assert_eq!(world(None).eea, Verdict::Home);
    assert_eq!(world(Some("pact")).eea, third(&["US"]));
}

#[test]
fn foreign_holders_that_vote_together_count_as_one_holder() {
    let world = |group: Option<&str>| {
        let part = |owner| Holding { joint_group: group.map(str::to_owned), ..holding(owner, X, 15.0) };
        let world = World::default().company(X, "DE").person("u", "US").person("v", "CA").person("a", "DE");
        let world = world.person("b", "DE").holding(part("u")).holding(part("v"));
        world.holds("a", X, 40.0).holds("b", X, 30.0).find().immunity
    };
    assert_eq!((world(None).answer, world(None).largest), (Answer::Pass, (1_500, 1_500)));
    assert_eq!((world(Some("pact")).answer, world(Some("pact")).largest), (Answer::Fail, (3_000, 3_000)));
}

#[test]
fn an_unknown_part_may_be_one_foreign_holder() {
    let world = World::default().company(X, "DE").person("a", "DE").holds("a", X, 75.0);
    let found = world.find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Unknown, "{:?}", found.immunity);
    assert_eq!((found.immunity.collective, found.immunity.largest), ((0, 2_500), (0, 2_500)));
}

#[test]
fn dispersed_holders_without_a_figure_have_the_rest() {
    let rest = Holding { capital: None, votes: None, ..holding("float", X, 0.0) };
    let world = World::default().company(X, "DE").dispersed("float").person("a", "DE");
    let found = world.holds("a", X, 70.0).holding(rest).find();
    assert_eq!(found.eea, Verdict::Home);
    assert_eq!(found.immunity.answer, Answer::Pass, "{:?}", found.immunity);
    assert_eq!((found.immunity.collective, found.immunity.largest), ((0, 3_000), (0, 500)));
}

#[test]
fn a_majority_of_capital_alone_controls() {
    let capital = Holding { votes: Some(Share(0)), ..holding("us", X, 51.0) };
    let rest = Holding { votes: Some(Share(10_000)), ..holding("eu", X, 49.0) };
    let world = World::default().company(X, "DE").person("us", "US").person("eu", "DE");
    assert_eq!(world.holding(capital).holding(rest).find().eea, third(&["US"]));
}

#[test]
fn seats_and_evidence_are_told() {
    let itself = Entity { headquarters_in: Some(country("NL")), ..entity(X, EntityKind::Company, "DE") };
    let world = World::default().entity(Entity { main_establishment_in: None, ..itself }).person("a", "DE");
    let world = world.holds("a", X, 100.0).company("bystander", "US");
    let found = world.find();
    assert_eq!(found.seats, [country("DE"), country("NL")]);
    assert!(!found.seats_known);
    let used: BTreeSet<_> = world.0[..3].iter().map(|known| known.evidence).collect();
    assert_eq!(found.evidence, used);
}
