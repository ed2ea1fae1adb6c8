//! Many buyers at once for what small nodes near a place have left: nobody gets what is not there, and nobody is sent
//! away while something is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use hansa_exchange::{Error, Exchange, offers, quotes, reconcilers, sites};
use hansa_model::application::Application;
use hansa_model::id::QuoteId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::order::NewQuote;
use hansa_store::{args, capacity};
use serde_json::json;

use crate::invariants::{self, Witness};
use crate::world::{Engine, HOUR, World, application, on_both_engines};

on_both_engines!(sixty_four_buyers_share_what_the_nodes_have);

const BUYERS: usize = 64;
/// Places within eight milliseconds of Utrecht, and one that is not.
const PLACES: [(&str, f64, f64); 5] = [
    ("utrecht", 52.09, 5.12),
    ("amersfoort", 52.16, 5.39),
    ("gouda", 52.01, 4.71),
    ("hilversum", 52.22, 5.17),
    ("warsaw", 52.23, 21.01),
];
const NODES: usize = 25;

/// How a buyer fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Served(QuoteId),
    NothingLeft,
}

/// How many machines a node has room for.
fn room(node: usize) -> i64 {
    [1, 2, 3][node % 3]
}

/// Nodes of one provider, each with a price of its own, and what they have.
async fn open_nodes(world: &World) {
    let provider = &world.cast.providers[0];
    for node in 0..NODES {
        let (city, latitude, longitude) = PLACES[node % PLACES.len()];
        let name = format!("node-{node}");
        let site = json!({"name": name, "country": if city == "warsaw" { "PL" } else { "NL" }, "city": city,
                          "coordinates": {"latitude": latitude, "longitude": longitude}});
        let cents = 100 + node * 7 % NODES;
        let offer = json!({
            "site": name, "sku": "edge", "kind": "compute.instance",
            "properties": {"cpu": "2", "memory": "2 GiB", "disk": "10 GiB", "arch": "aarch64"},
            "price": {"currency": "EUR", "components": [
                {"name": "base", "type": "fixed", "amount": format!("{cents} EUR"), "per": "month"}
            ]},
        });
        let mut work = world.exchange.begin().await.unwrap();
        let site = sites::create(&mut work, &provider.principal, serde_json::from_value(site).unwrap()).await.unwrap();
        offers::publish(&mut work, &provider.principal, serde_json::from_value(offer).unwrap()).await.unwrap();
        let gib = 1 << 30;
        let totals = BTreeMap::from([
            (Resource::Instances, room(node)),
            // The last core is short of a whole machine: the vector decides, not its first number.
            (Resource::Cpu, room(node) * 2_000 + 1_000),
            (Resource::Memory, room(node) * 2 * gib),
            (Resource::Storage, room(node) * 10 * gib),
        ]);
        let until = world.now().plus(HOUR * 24);
        let kind = KindId::ComputeInstance;
        capacity::declare(&mut work, site.id, kind, provider.agent.agent, until, &[], &totals).await.unwrap();
        work.commit().await.unwrap();
    }
}

/// What a buyer wants near Utrecht: one machine, or two at different nodes.
fn wish(count: u32) -> Application {
    let mut wanted = json!({
        "kind": "compute.instance", "count": count, "cpu": "2", "memory": ">= 1 GiB", "disk": "10 GiB", "arch": "aarch64",
        "near": {"place": "Utrecht", "rtt": "<= 8 ms"},
    });
    if count > 1 {
        wanted["spread"] = json!({"by": "site"});
    }
    application(json!({"components": {"edge": wanted}}))
}

/// Matches and holds; takes the next best as long as others are quicker.
async fn buy(exchange: Exchange, world: Arc<World>, count: u32) -> Fate {
    let buyer = &world.cast.buyer;
    let new = || NewQuote { project: world.cast.project, application: wish(count), package: None, hold: true };
    loop {
        let market = quotes::look(&exchange, buyer, &new()).await.unwrap();
        let mut work = exchange.begin().await.unwrap();
        match quotes::create(&mut work, buyer, new(), market).await {
            Ok(quote) => {
                work.commit().await.unwrap();
                return Fate::Served(quote.id);
            }
            Err(Error::Impossible { code: "capacity-exhausted", .. } | Error::Conflict { .. }) => {}
            Err(Error::Impossible { code: "no-match", .. }) => return Fate::NothingLeft,
            Err(error) => panic!("{error}"),
        }
        drop(work);
        tokio::task::yield_now().await;
    }
}

/// What is reserved and what there is of machines at the nodes near Utrecht.
async fn taken(world: &World) -> (i64, i64) {
    let sql = "select c.total, c.reserved from capacity c join site s on s.id = c.site_id \
               where s.name like 'node-%' and s.country = 'NL' and c.resource = 'instances'";
    let rows = world.exchange.read().await.unwrap().all(sql, args![]).await.unwrap();
    rows.iter().fold((0, 0), |(reserved, total), row| {
        let (own, all) = (row.int("reserved").unwrap(), row.int("total").unwrap());
        assert!(own <= all, "{own} of {all} are reserved");
        (reserved + own, total + all)
    })
}

async fn sixty_four_buyers_share_what_the_nodes_have(engine: Engine) {
    let world = Arc::new(World::new(engine).await);
    open_nodes(&world).await;
    let exchanges = [world.exchange.clone(), world.beside().await];
    let barrier = Arc::new(tokio::sync::Barrier::new(BUYERS));
    let buyers = (0..BUYERS).map(|number| {
        let (exchange, world, barrier) = (exchanges[number % 2].clone(), world.clone(), barrier.clone());
        // Every fourth wants two machines at different nodes.
        let count = if number % 4 == 3 { 2 } else { 1 };
        tokio::spawn(async move {
            barrier.wait().await;
            (count, buy(exchange, world, count).await)
        })
    });
    let fates =
        tokio::time::timeout(Duration::from_secs(300), join_all(buyers)).await.expect("somebody waits for ever");
    let fates: Vec<(u32, Fate)> = fates.into_iter().map(Result::unwrap).collect();

    let (reserved, total) = taken(&world).await;
    let served: u32 = fates.iter().filter(|(_, fate)| *fate != Fate::NothingLeft).map(|(count, _)| count).sum();
    assert_eq!(reserved, i64::from(served));
    let refused = |wanted: u32| fates.iter().any(|(count, fate)| *count == wanted && *fate == Fate::NothingLeft);
    assert!(refused(1) || refused(2), "there must be too little for everybody");
    // Whoever wanted one machine was sent away only when there was none.
    assert!(!refused(1) || reserved == total, "{reserved} of {total} are reserved, and somebody was sent away");
    let mut tx = world.exchange.read().await.unwrap();
    assert_eq!(capacity::leaks(&mut tx).await.unwrap(), Vec::<String>::new());
    drop(tx);

    // One half gives up what it holds, the other lets it lapse.
    let held: Vec<QuoteId> = fates
        .iter()
        .filter_map(|(_, fate)| match fate {
            Fate::Served(quote) => Some(*quote),
            Fate::NothingLeft => None,
        })
        .collect();
    for quote in held.iter().step_by(2) {
        let mut work = world.exchange.begin().await.unwrap();
        quotes::withdraw(&mut work, &world.cast.buyer, *quote).await.unwrap();
        work.commit().await.unwrap();
    }
    world.clock.advance(HOUR * 2);
    reconcilers::run_once(&world.exchange).await.unwrap();
    assert_eq!(taken(&world).await, (0, total));
    invariants::check(&world, &mut Witness::default(), "after the rush").await;
    exchanges[1].db().close().await;
}
