//! Changes: over time, of evidence, and whom they concern.

use hansa_model::evidence::{Access, Holding, Strength};

use super::world::{World, X, assert_unknown, at, holding, known, third};
use crate::ownership::{Aliases, Graph, Verdict};

#[test]
fn the_line_of_time_names_the_instants_of_change() {
    let sold = Holding { valid_to: Some(at(500)), ..holding("us", X, 100.0) };
    let bought = Holding { valid_from: Some(at(500)), ..holding("eu", X, 100.0) };
    let world = World::default().company(X, "DE").person("us", "US").person("eu", "DE");
    let world = world.holding(sold).holding(bought).last(|known| known.valid_until = Some(at(900)));
    // A second source for the same fact changes the evidence, not the finding.
    let world = world.person("eu", "DE").last(|known| known.valid_until = Some(at(700)));
    let line = world.graph().timeline(X);
    let verdicts: Vec<_> = line.iter().map(|(from, finding)| (*from, finding.eea.clone())).collect();
    assert_eq!(verdicts.len(), 4, "{verdicts:?}");
    assert!(matches!(verdicts[0].1, Verdict::Unknown(_)));
    assert_eq!(verdicts[1], (at(0), third(&["US"])));
    assert_eq!(verdicts[2], (at(500), Verdict::Home));
    assert_eq!(verdicts[3].0, at(900));
    assert_unknown(&verdicts[3].1, "100.00 %");
}

#[test]
fn a_finding_stands_until_anything_upstream_or_at_a_subcontractor_changes() {
    let world = World::default().company(X, "DE").company("mid", "DE").person("a", "DE");
    let world = world.holds("mid", X, 100.0).holds("a", "mid", 100.0).last(|known| known.valid_until = Some(at(3_000)));
    assert_eq!(world.find().valid_until, Some(at(3_000)));
    let world = world.subcontractor("Helper", Some("helper"), Some(&[Access::Data]));
    let world = world.company("helper", "DE").last(|known| known.valid_until = Some(at(2_000)));
    assert_eq!(world.find().valid_until, Some(at(2_000)));
}

#[test]
fn what_is_taken_out_no_longer_counts_and_names_whom_it_concerns() {
    let world = World::default().company(X, "DE").company("mid", "DE").person("us", "US").person("a", "DE");
    let world = world.holds("mid", X, 100.0).holds("a", "mid", 40.0).holds("us", "mid", 60.0);
    let mut graph = world.graph();
    assert_eq!(graph.find(X, at(1_000)).eea, third(&["US"]));
    let evidence = world.0.last().unwrap().evidence;
    assert_eq!(graph.touched_by(evidence), ["mid"].into());
    assert_eq!(graph.remove(evidence), ["mid".to_owned()].into());
    assert_unknown(&graph.find(X, at(1_000)).eea, "60.00 % of the votes of MID");
    assert!(graph.remove(evidence).is_empty());
}

#[test]
fn a_change_concerns_everything_downstream_and_whom_that_works_for() {
    let world = World::default().holds("top", "mid", 10.0).holds("mid", "left", 10.0).holds("mid", "right", 10.0);
    let mut graph = world.holds("right", "top", 1.0).holds("else", "apart", 1.0).graph();
    let helper = World::default().subcontractor("Left", Some("left"), None);
    graph.insert("customer-of-left", &helper.0[0]);
    assert_eq!(graph.downstream("mid"), ["customer-of-left", "left", "mid", "right", "top"].into());
    assert_eq!(graph.downstream("apart"), ["apart"].into());
    assert!(graph.downstream("unheard-of").is_empty());
}

#[test]
fn one_entity_goes_by_several_names() {
    let mut aliases = Aliases::default();
    aliases.add("did:web:x.example", X);
    aliases.add("lei:529900T8BM49AURSDO55", X);
    let world = World::default().company("did:web:x.example", "DE").person("a", "DE");
    let world = world.holds("a", "lei:529900T8BM49AURSDO55", 100.0);
    let graph = Graph::of(aliases, world.0.iter().map(|known| (X, known)));
    for name in [X, "did:web:x.example", "lei:529900T8BM49AURSDO55"] {
        assert_eq!(graph.find(name, at(1_000)).eea, Verdict::Home);
    }
    assert_eq!(graph.len(), 2);
}

#[test]
fn nobody_declares_things_about_another_participant() {
    let world = World::default().company(X, "DE").person("a", "DE").holds("a", X, 100.0);
    let mut graph = world.graph();
    let mut slander = known(hansa_model::evidence::Claim::Holding(holding("us", X, 100.0)));
    slander.strength = Strength::Declared;
    graph.insert("rival", &slander);
    assert_eq!(graph.find(X, at(1_000)).eea, Verdict::Home);
    slander.strength = Strength::Verified;
    graph.insert("rival", &slander);
    assert!(matches!(graph.find(X, at(1_000)).eea, Verdict::Unknown(_)), "what a register says counts");
}
