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

/// The classes and names of the boxes, in the order drawn.
fn boxes(svg: &str) -> Vec<(&str, &str)> {
    let starts = svg.split("<g class=\"").skip(1);
    let named = starts.filter_map(|start| {
        let (class, rest) = start.split_once('"')?;
        let name = rest.strip_prefix(" data-name=\"")?.split_once('"')?.0;
        Some((class, name))
    });
    named.collect()
}

/// Left and top edges of the boxes.
fn corners(svg: &str) -> Vec<(i32, i32)> {
    let starts = svg.split("</title><rect x=\"").skip(1);
    let corner = |start: &str| {
        let (x, rest) = start.split_once("\" y=\"")?;
        Some((x.parse().ok()?, rest.split_once('"')?.0.parse().ok()?))
    };
    starts.map(|start| corner(start).unwrap()).collect()
}

/// Whether every element is closed, in order, and no `&` stands alone.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    for tag in svg.split('<').skip(1) {
        let Some((tag, text)) = tag.split_once('>') else { return false };
        if text.contains('>') {
            return false;
        }
        let name: String = tag.chars().take_while(|letter| !letter.is_whitespace()).collect();
        if let Some(closed) = name.strip_prefix('/') {
            if open.pop().as_deref() != Some(closed) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(name);
        }
    }
    let entities = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"];
    let known = svg.match_indices('&').all(|(at, _)| entities.iter().any(|entity| svg[at..].starts_with(entity)));
    open.is_empty() && known
}

#[test]
fn everything_is_in_the_picture() {
    let svg = draw(&provider().graph(), X, at(1_000));
    assert!(is_well_formed(&svg));
    let drawn: BTreeSet<_> = boxes(&svg).into_iter().collect();
    let expected = [
        ("party", "Nordlicht Cloud GmbH"),
        ("party", "Nordlicht Holding SE"),
        ("party", "Granite Peak Partners IV LP"),
        ("party", "Anna Petersen"),
        ("party", "Land Schleswig-Holstein"),
        ("party", "Fjordkraft Invest AS"),
        ("party", "Kreislauf Beteiligungs AG"),
        ("party", "FLOAT"),
        ("rest", "not known"),
        ("subcontractor", "Helpdesk Ltd"),
        ("subcontractor", "Putzteam GmbH"),
        ("subcontractor", "Backup &amp; Restore &lt;b&gt;Inc.&lt;/b&gt;"),
    ];
    assert_eq!(drawn, expected.into());
    for words in [
        ">controlled from US<",
        ">veto: business plan<",
        ">15 % votes<",
        ">20 % capital<",
        ">rights not stated<",
        ">IE · identities<",
        ">access not stated<",
        ">no access<",
        "class=\"arrow control\"",
        "class=\"arrow round\"",
        "class=\"arrow guess\"",
    ] {
        assert!(svg.contains(words), "{words} is not drawn");
    }
}

#[test]
fn it_needs_nothing_else() {
    let svg = draw(&provider().graph(), X, at(1_000));
    for outside in ["<script", "<image", "href", "@import", "@font-face", "url(http", "<foreignObject", "onload"] {
        assert!(!svg.contains(outside), "{outside} is in the picture");
    }
}

#[test]
fn large_graphs_are_cut_and_say_so() {
    let mut world = provider();
    for number in 0..60 {
        let id = format!("h{number}");
        world = world.person(&id, "FR").holds(&id, ["holding", "fjord", "circle", "fund"][number % 4], 0.5);
    }
    for number in 0..14 {
        world = world.subcontractor(&format!("Helper {number}"), None, Some(&[Access::Data]));
    }
    let svg = draw(&world.graph(), X, at(1_000));
    assert!(svg.contains("smaller or further entities are summed up or left out"));
    let boxes = boxes(&svg);
    assert!(boxes.iter().filter(|(class, _)| *class == "party").count() <= 24);
    assert!(boxes.contains(&("others", "15 more holders")), "{boxes:?}");
    assert!(boxes.iter().any(|(_, name)| *name == "Granite Peak Partners IV LP"), "who controls is always drawn");
    assert!(svg.contains(">and 7 more<"));
}

#[test]
fn what_is_not_known_is_drawn_too() {
    let svg = draw(&World::default().graph(), "no & body", at(0));
    assert!(is_well_formed(&svg) && svg.contains("Nothing is known about no &amp; body"));
    let svg = draw(&World::default().company(X, "NL").graph(), X, at(1_000));
    assert!(svg.contains("Subcontractors: not stated") && svg.contains(">control is not known<"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn boxes_never_overlap_and_pictures_are_repeatable(
        holdings in proptest::collection::vec((0..9_usize, 0..9_usize, 0..10_001_u32, ".{0,12}"), 0..24)
    ) {
        let mut world = World::default();
        for (owner, owned, share, name) in &holdings {
            let (owner, owned) = (format!("e{owner}"), format!("e{owned}"));
            world = world.entity(named(&owner, name, EntityKind::Company, "DE"));
            world = world.holds(&owner, &owned, f64::from(*share) / 100.0);
        }
        let graph = world.graph();
        let svg = draw(&graph, "e0", at(1_000));
        prop_assert!(is_well_formed(&svg), "{}", svg);
        prop_assert_eq!(&svg, &draw(&graph, "e0", at(1_000)));
        let corners = corners(&svg);
        for (index, (x, y)) in corners.iter().enumerate() {
            prop_assert!(*x >= 0 && *y >= 0);
            for (other_x, other_y) in &corners[index + 1..] {
                prop_assert!((x - other_x).abs() >= 212 || (y - other_y).abs() >= 60, "boxes overlap in {}", svg);
            }
        }
    }
}
