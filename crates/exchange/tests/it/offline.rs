//! Agents that are away for an hour, a day, a week, with the end of a month in between.

use std::time::Duration;

use hansa_exchange::statements;
use hansa_model::price::Meter;
use hansa_model::service::ServiceState;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_store::{args, usage};

use crate::invariants::{self, Witness};
use crate::world::{DAY, Engine, HOUR, World, on_both_engines};

async fn nothing_is_lost_while_agents_are_away(engine: Engine) {
    for away in [HOUR, DAY, 7 * DAY] {
        let mut world = World::new(engine).await;
        let mut witness = Witness::default();
        let order = world.running().await;
        let eve: Timestamp = "2026-03-31T21:30:00Z".parse().unwrap();
        world.pass(eve.since(world.now())).await;
        world.round().await;
        for agent in &mut world.agents {
            agent.switches.silent = true;
        }
        for _ in 0..4 {
            world.pass(away / 4).await;
            invariants::check(&world, &mut witness, "while away").await;
        }
        for record in world.services(order.id).await {
            assert_eq!(record.service.state, ServiceState::Unreachable);
            assert!(record.service.unreachable_since.is_some_and(|since| since <= eve.plus(Duration::from_secs(10))));
        }
        for agent in &mut world.agents {
            assert_eq!(agent.machines.len(), 1, "a workload was taken down");
            agent.switches.silent = false;
            agent.restart();
        }
        world.round().await;
        world.round().await;
        for record in world.services(order.id).await {
            let id = record.service.id;
            assert_eq!((record.service.state, record.service.unreachable_since), (ServiceState::Active, None));
            let mut tx = world.exchange.read().await.unwrap();
            let read = usage::metered_until(&mut tx, id, Meter::TimeAllocated).await.unwrap().unwrap();
            assert!(world.now().since(read) < Duration::from_secs(1), "usage was lost");
            charged_in_its_months(&world, &mut tx, id.to_string(), record.billable_from.unwrap(), read).await;
        }
        invariants::check(&world, &mut witness, "back").await;
        assert!(world.agents.iter().all(|agent| agent.machines.len() == 1));
    }
}

/// Every second is charged once, and none in another month than its own.
async fn charged_in_its_months(
    world: &World,
    tx: &mut hansa_store::Tx,
    service: String,
    from: Timestamp,
    until: Timestamp,
) {
    let april = statements::month(&world.exchange, Some("2026-04")).unwrap().start();
    assert_eq!(april.to_string(), "2026-03-31T22:00:00Z");
    let rows = tx
        .all(
            "select start_at, end_at from charge where service_id = $1 and component in ('machine', 'base') \
             order by start_at",
            args![service],
        )
        .await
        .unwrap();
    let mut expected = from;
    for row in rows {
        let (start, end) = (row.time("start_at").unwrap(), row.time("end_at").unwrap());
        assert_eq!(start, expected, "a gap or an overlap in what is charged");
        assert!(start >= april || end <= april, "one charge lies in two months");
        expected = end;
    }
    assert_eq!(expected.micros() / MICROS_PER_SECOND, until.micros() / MICROS_PER_SECOND);
}

async fn a_repeated_report_has_no_effect(engine: Engine) {
    let mut world = World::new(engine).await;
    world.running().await;
    world.round().await;
    let charges = |world: &World| {
        let exchange = world.exchange.clone();
        async move {
            let row = exchange.read().await.unwrap().first("select count(*) as number from charge", args![]).await;
            row.unwrap().unwrap().int("number").unwrap()
        }
    };
    for agent in &mut world.agents {
        agent.switches.loses_answer = true;
    }
    world.round().await;
    let after = charges(&world).await;
    let answers = world.agents[0].receipts.len();
    // The agents deliver the same reports again, and then have nothing new to tell.
    world.work().await;
    assert_eq!(charges(&world).await, after);
    assert_eq!(world.agents[0].receipts.len(), answers + 2);
    assert!(world.agents[0].receipts.iter().all(|receipt| receipt.refused.is_empty()));
    let last = world.agents[0].receipts.last().unwrap().number;
    let old = world.agents[0].tell_old_news(&world.exchange).await.unwrap();
    assert_eq!((old.number, charges(&world).await), (last, after), "an agent is told where to go on");
    invariants::check(&world, &mut Witness::default(), "repeated").await;
}

on_both_engines!(nothing_is_lost_while_agents_are_away, a_repeated_report_has_no_effect);
