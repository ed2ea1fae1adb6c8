//! Usage that is wrong is never billed: each reason is provoked once, told and audited.

use std::time::Duration;

use hansa_model::id::UsageId;
use hansa_model::price::Meter;
use hansa_model::time::Timestamp;
use hansa_model::usage::{Usage, UsageRefusal};
use hansa_store::args;

use crate::invariants::{self, Witness};
use crate::world::{DAY, Engine, World, on_both_engines};

async fn refusals(world: &World) -> usize {
    let mut tx = world.exchange.read().await.unwrap();
    let rows = tx.all("select sequence from audit where action = 'usage.refuse'", args![]).await.unwrap();
    rows.len()
}

async fn every_refusal_is_told_and_audited(engine: Engine) {
    let mut world = World::new(engine).await;
    let order = world.running().await;
    world.pass(Duration::from_secs(600)).await;
    let web = world.service(*world.agents[0].machines.keys().next().unwrap()).await.service;
    let database = world.component(order.id, "archive").await.service;
    let begun = web.active_at.unwrap().floor_second();
    let at = |seconds: u64| begun.plus(Duration::from_secs(seconds));
    let record = |start: Timestamp, end: Timestamp, quantity| Usage {
        id: UsageId::new(),
        service: web.id,
        generation: 1,
        meter: Meter::TimeRunning,
        start,
        end,
        quantity,
    };
    let good = record(at(0), at(60), 60);
    let half = Duration::from_millis(500);
    let late = (world.now().plus(Duration::from_secs(12))).floor_second();
    let cases = [
        (good.clone(), None),
        (good, Some(UsageRefusal::Duplicate)),
        (record(at(30), at(90), 60), Some(UsageRefusal::Overlap)),
        (record(at(60), at(60), 0), Some(UsageRefusal::Malformed)),
        (record(at(60), at(50), 0), Some(UsageRefusal::Malformed)),
        (record(at(60).plus(half), at(90), 29), Some(UsageRefusal::Malformed)),
        (record(at(60), late, 1), Some(UsageRefusal::Future)),
        (Usage { service: database.id, ..record(at(60), at(90), 30) }, Some(UsageRefusal::Foreign)),
        (record(begun.minus(Duration::from_secs(601)), at(60), 60), Some(UsageRefusal::OutsideLife)),
        (Usage { generation: 9, ..record(at(60), at(90), 30) }, Some(UsageRefusal::OutsideLife)),
        // What is lost or too much is nobody's to pay; the meter goes on after it.
        (record(at(60), at(90), 31), Some(UsageRefusal::OverCap)),
        (record(at(90), at(120), -1), Some(UsageRefusal::OverCap)),
        (record(at(121), at(150), 29), Some(UsageRefusal::Gap)),
        (record(at(121), at(150), 29), Some(UsageRefusal::Overlap)),
        (record(at(150), at(180), 30), None),
    ];
    for (number, (usage, expected)) in cases.into_iter().enumerate() {
        let before = refusals(&world).await;
        let (id, exchange) = (usage.id, world.exchange.clone());
        let receipt = world.agents[0].tell(&exchange, vec![usage]).await.unwrap();
        let told: Vec<_> = receipt.refused.iter().map(|refused| (refused.id, refused.reason)).collect();
        assert_eq!(told, expected.map(|reason| (id, reason)).into_iter().collect::<Vec<_>>(), "case {number}");
        hansa_exchange::reconcilers::run_once(&exchange).await.unwrap();
        assert_eq!(refusals(&world).await, before + told.len(), "case {number}");
    }

    // March closes ten days after its end; what comes for it then is too late, and does not block what follows.
    for agent in &mut world.agents {
        agent.switches.silent = true;
    }
    let close: Timestamp = "2026-04-11T00:00:00Z".parse().unwrap();
    world.pass(close.since(world.now())).await;
    let exchange = world.exchange.clone();
    let receipt = world.agents[0].tell(&exchange, vec![record(at(180), at(210), 30)]).await.unwrap();
    assert_eq!(receipt.refused[0].reason, UsageRefusal::Late);
    invariants::check(&world, &mut Witness::default(), "refused").await;

    let services = order.services.clone();
    for agent in &mut world.agents {
        agent.switches.silent = false;
    }
    let end = world.submit(hansa_model::order::NewOrder::Terminate { services }).await.unwrap();
    world.settle(end.id).await;
    world.pass(DAY).await;
    let now = world.now().floor_second();
    let gone = Usage { meter: Meter::CpuTime, ..record(at(0), now, 0) };
    let exchange = world.exchange.clone();
    let receipt = world.agents[0].tell(&exchange, vec![gone]).await.unwrap();
    assert_eq!(receipt.refused[0].reason, UsageRefusal::OutsideLife);
}

on_both_engines!(every_refusal_is_told_and_audited);
