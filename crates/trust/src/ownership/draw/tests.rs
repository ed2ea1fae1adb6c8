//! What is in the picture, and that it stays readable.

use std::collections::BTreeSet;

use hansa_model::evidence::{Access, Entity, EntityKind, Holding, Right, Share};
use proptest::prelude::*;

use super::super::tests::world::{World, X, at, entity, holding};
use super::draw;

fn named(id: &str, name: &str, kind: EntityKind, code: &str) -> Entity {
    Entity { name: name.to_owned(), ..entity(id, kind, code) }
}

/// A provider with all that can be drawn.
fn provider() -> World {
    World::default()
        .entity(named(X, "Nordlicht Cloud GmbH", EntityKind::Company, "DE"))
        .entity(named("holding", "Nordlicht Holding SE", EntityKind::Company, "DE"))
        .entity(named("fund", "Granite Peak Partners IV LP", EntityKind::Fund, "US"))
        .entity(named("anna", "Anna Petersen", EntityKind::Person, "DK"))
        .entity(named("state", "Land Schleswig-Holstein", EntityKind::State, "DE"))
        .entity(named("fjord", "Fjordkraft Invest AS", EntityKind::Company, "NO"))
        .entity(named("circle", "Kreislauf Beteiligungs AG", EntityKind::Company, "AT"))
        .entity(named("helper", "Helpdesk Ltd", EntityKind::Company, "IE"))
        .dispersed("float")
        .holds("holding", X, 62.0)
        .holds_with("fund", X, 24.0, &[Right::VetoBudget, Right::VetoSeniorManagement])
        .holds_unstated("circle", X, 4.0)
        .holds("anna", "holding", 41.5)
        .holds_with("state", "holding", 10.0, &[Right::VetoBusinessPlan])
        .holding(Holding { votes: Some(Share(1_500)), ..holding("fjord", "holding", 20.0) })
        .holds("fund", "holding", 15.0)
        .holds("holding", "circle", 51.0)
        .holds("circle", "holding", 5.0)
        .holds("float", "fjord", 70.0)
        .subcontractor("Helpdesk Ltd", Some("helper"), Some(&[Access::Identities]))
        .subcontractor("Putzteam GmbH", None, Some(&[]))
        .subcontractor("Backup & Restore <b>Inc.</b>", None, None)
}

#[test]
fn write_sample() {
    std::fs::write("/tmp/own-draw.svg", draw(&provider().graph(), X, at(1_000))).unwrap();
}

#[test]
fn write_big() {
    let mut w = provider();
    for n in 0..30 {
        let id = format!("h{n}");
        w = w.person(&id, ["DE", "US", "FR"][n % 3]).holds(&id, ["holding", "fjord", "circle", "fund"][n % 4], 1.0);
    }
    for n in 0..14 {
        w = w.subcontractor(&format!("Sub {n}"), None, Some(&[Access::Data]));
    }
    std::fs::write("/tmp/own-draw2.svg", draw(&w.graph(), X, at(1_000))).unwrap();
}
