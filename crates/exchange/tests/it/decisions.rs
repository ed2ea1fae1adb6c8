//! What people decide: approval, rejection, cancelling, terminating in whatever state; and what time decides for them.

use std::time::Duration;

use hansa_exchange::{orders, why};
use hansa_model::order::{NewOrder, Order, OrderKind, OrderState, ReasonCode};
use hansa_model::service::{Desired, ServiceState};

use crate::invariants::{self, Witness};
use crate::world::{DAY, Engine, HOUR, World, archive_with, machine, on_both_engines};

async fn place(world: &World) -> Order {
    let quote = world.quote(machine(1)).await.unwrap();
    world.submit(NewOrder::Create { quote: quote.id }).await.unwrap()
}

async fn four_eyes_approve_what_costs_much(engine: Engine) {
    let mut world = World::new(engine).await;
    world.limit(None, Some("1 EUR")).await;
    let order = place(&world).await;
    world.round().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Submitted);
    let asked = why::order(&mut world.exchange.read().await.unwrap(), &world.cast.buyer, order.id).await.unwrap();
    assert_eq!((asked.waiting_for.as_str(), asked.who.as_str()), ("somebody's approval", "buyer"));

    let mut work = world.exchange.begin().await.unwrap();
    let own = orders::approve(&mut work, &world.cast.buyer, order.id).await.unwrap_err();
    assert_eq!(own.problem().status, 403);
    let foreign = orders::approve(&mut work, &world.cast.stranger, order.id).await.unwrap_err();
    assert_eq!(foreign.problem().status, 404);
    let approved = orders::approve(&mut work, &world.cast.colleague, order.id).await.unwrap();
    assert_eq!(approved.approved_by, Some(world.cast.colleague.member));
    work.commit().await.unwrap();
    assert_eq!(world.settle(order.id).await.state, OrderState::Fulfilled);
    let mut work = world.exchange.begin().await.unwrap();
    let late = orders::approve(&mut work, &world.cast.colleague, order.id).await.unwrap_err();
    assert_eq!(late.problem().kind, "/problems/illegal-state");
}

async fn a_rejected_order_leaves_nothing(engine: Engine) {
    let mut world = World::new(engine).await;
    world.limit(None, Some("1 EUR")).await;
    let order = place(&world).await;
    world.round().await;
    let mut work = world.exchange.begin().await.unwrap();
    let message = Some("too dear".to_owned());
    let rejected = orders::reject(&mut work, &world.cast.colleague, order.id, message).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(rejected.state, OrderState::Rejected);
    assert_eq!(rejected.reason.unwrap().message, "too dear");
    world.round().await;
    invariants::check(&world, &mut Witness::default(), "rejected").await;
}

async fn an_order_that_nobody_approves_ends_after_three_days(engine: Engine) {
    let mut world = World::new(engine).await;
    world.limit(None, Some("1 EUR")).await;
    let order = place(&world).await;
    world.pass(3 * DAY - Duration::from_secs(60)).await;
    assert_eq!(world.order(order.id).await.state, OrderState::Submitted);
    world.pass(Duration::from_secs(60)).await;
    let order = world.order(order.id).await;
    assert_eq!((order.state, order.reason.unwrap().code), (OrderState::Rejected, ReasonCode::NotApproved));
    invariants::check(&world, &mut Witness::default(), "rejected").await;
}

async fn an_order_that_is_not_delivered_in_an_hour_is_undone(engine: Engine) {
    let mut world = World::new(engine).await;
    for agent in &mut world.agents {
        agent.switches.slow = true;
    }
    let order = place(&world).await;
    world.round().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Provisioning);
    for _ in 0..59 {
        world.pass(Duration::from_secs(60)).await;
    }
    assert_eq!(world.order(order.id).await.state, OrderState::Provisioning);
    let order = world.settle(order.id).await;
    let reason = order.reason.unwrap();
    assert_eq!((order.state, reason.code), (OrderState::Failed, ReasonCode::ProvisioningTimedOut));
    assert!(reason.message.contains("web at tulip/utrecht"), "{}", reason.message);
    world.round().await;
    invariants::check(&world, &mut Witness::default(), "timed out").await;
}

async fn an_agent_that_went_silent_while_undoing_is_a_tracked_debt(engine: Engine) {
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    let order = place(&world).await;
    world.agents[0].switches.slow = true;
    world.round().await;
    world.agents[0].switches.slow = false;
    world.work().await;
    world.agents[0].switches.silent = true;
    world.cancel(order.id).await.unwrap();
    world.round().await;
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelling);
    world.pass(HOUR).await;
    assert_eq!(world.order(order.id).await.state, OrderState::Cancelled);
    let debt = &world.services(order.id).await[0].service;
    assert_eq!((debt.state, debt.desired), (ServiceState::Terminating, Desired::Terminated));
    invariants::check(&world, &mut witness, "in debt").await;
    world.agents[0].switches.silent = false;
    world.round().await;
    assert_eq!(world.services(order.id).await[0].service.state, ServiceState::Terminated);
    invariants::check(&world, &mut witness, "paid").await;
}

async fn what_an_agent_refuses_fails_with_its_words(engine: Engine) {
    let mut world = World::new(engine).await;
    for agent in &mut world.agents {
        agent.switches.refuses = Some("web".to_owned());
    }
    let order =
        world.submit(NewOrder::Create { quote: world.quote(archive_with(false)).await.unwrap().id }).await.unwrap();
    let order = world.settle(order.id).await;
    let reason = order.reason.unwrap();
    assert_eq!((order.state, reason.code), (OrderState::Failed, ReasonCode::ProvisioningFailed));
    assert!(reason.message.contains("refused `web`: no such image here"), "{}", reason.message);
    world.round().await;
    invariants::check(&world, &mut Witness::default(), "refused").await;
    assert!(world.agents.iter().all(|agent| agent.machines.is_empty()));
}

async fn a_partial_order_keeps_what_could_be_made(engine: Engine) {
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    world.agents[1].switches.refuses = Some("web".to_owned());
    world.agents[0].switches.slow = true;
    let order =
        world.submit(NewOrder::Create { quote: world.quote(archive_with(true)).await.unwrap().id }).await.unwrap();
    for _ in 0..6 {
        world.round().await;
    }
    assert_eq!(world.order(order.id).await.state, OrderState::Provisioning, "it waits for what may still come");
    world.agents[0].switches.slow = false;
    let done = world.settle(order.id).await;
    assert!(done.partial, "{done:#?}");
    assert_eq!(done.state, OrderState::Fulfilled);
    assert!(done.monthly.micros() < order.monthly.micros());
    world.round().await;
    invariants::check(&world, &mut witness, "partial").await;
    let live = world.services(order.id).await.iter().filter(|record| record.service.terminated_at.is_none()).count();
    assert_eq!(live, 2);
    world.clear().await;
    invariants::check(&world, &mut witness, "cleared").await;
}

async fn a_service_is_terminated_from_every_state_it_can_be_in(engine: Engine) {
    for state in [ServiceState::Active, ServiceState::Stopped, ServiceState::Degraded, ServiceState::Unreachable] {
        let mut world = World::new(engine).await;
        let mut witness = Witness::default();
        let order = place(&world).await;
        let order = world.settle(order.id).await;
        let services = order.services.clone();
        match state {
            ServiceState::Stopped => {
                let stop = world.submit(NewOrder::Stop { services: services.clone() }).await.unwrap();
                assert_eq!(world.settle(stop.id).await.state, OrderState::Fulfilled);
            }
            ServiceState::Degraded => {
                world.agents[0].machines.values_mut().for_each(|machine| machine.running = false);
                world.round().await;
            }
            ServiceState::Unreachable => {
                world.agents[0].switches.silent = true;
                world.pass(Duration::from_secs(200)).await;
            }
            _ => {}
        }
        assert_eq!(world.service(services[0]).await.service.state, state);
        let end = world.submit(NewOrder::Terminate { services: services.clone() }).await.unwrap();
        world.round().await;
        world.agents[0].switches.silent = false;
        assert_eq!(world.settle(end.id).await.state, OrderState::Fulfilled, "{state:?}");
        assert_eq!(world.service(services[0]).await.service.state, ServiceState::Terminated);
        invariants::check(&world, &mut witness, &format!("terminated from {state:?}")).await;
        let again = world.submit(NewOrder::Terminate { services }).await.unwrap_err();
        assert_eq!(again.problem().kind, "/problems/illegal-state");
    }
}

async fn a_service_has_one_order_at_a_time(engine: Engine) {
    let mut world = World::new(engine).await;
    let order = world.running().await;
    let services = order.services.clone();
    let stop = world.submit(NewOrder::Stop { services: services.clone() }).await.unwrap();
    let busy = world.submit(NewOrder::Terminate { services: services.clone() }).await.unwrap_err();
    assert_eq!(busy.problem().kind, "/problems/busy");
    assert_eq!(world.settle(stop.id).await.state, OrderState::Fulfilled);
    let both = [OrderKind::Start, OrderKind::Terminate].map(|kind| {
        let (exchange, buyer, services) = (world.exchange.clone(), world.cast.buyer.clone(), services.clone());
        let request =
            if kind == OrderKind::Start { NewOrder::Start { services } } else { NewOrder::Terminate { services } };
        tokio::spawn(async move { crate::world::submit(&exchange, &buyer, request).await.is_ok() })
    });
    let mut placed = 0;
    for order in both {
        placed += u32::from(order.await.unwrap());
    }
    assert_eq!(placed, 1);
}

async fn a_site_that_shrank_does_not_keep_a_resize_from_going_back(engine: Engine) {
    use hansa_model::kind::Resource;
    let mut world = World::new(engine).await;
    let request = world.prepare(OrderKind::Resize).await;
    world.round().await;
    let before = crate::suite::Shape::of(&world).await;
    world.agents[0].switches.slow = true;
    world.agents[1].switches.slow = true;
    let order = world.submit(request).await.unwrap();
    world.round().await;
    for agent in &mut world.agents[..2] {
        agent.capability.capacity.insert(Resource::Cpu, 500);
        agent.switches.slow = false;
        agent.switches.fails = true;
    }
    world.round().await;
    world.cancel(order.id).await.unwrap();
    for agent in &mut world.agents[..2] {
        agent.switches.fails = false;
    }
    assert_eq!(world.settle(order.id).await.state, OrderState::Cancelled);
    for agent in &mut world.agents[..2] {
        agent.capability.capacity.insert(Resource::Cpu, 40_000);
    }
    world.round().await;
    world.round().await;
    assert_eq!(crate::suite::Shape::of(&world).await, before);
}

on_both_engines!(
    four_eyes_approve_what_costs_much,
    a_rejected_order_leaves_nothing,
    an_order_that_nobody_approves_ends_after_three_days,
    an_order_that_is_not_delivered_in_an_hour_is_undone,
    an_agent_that_went_silent_while_undoing_is_a_tracked_debt,
    what_an_agent_refuses_fails_with_its_words,
    a_partial_order_keeps_what_could_be_made,
    a_service_is_terminated_from_every_state_it_can_be_in,
    a_service_has_one_order_at_a_time,
    a_site_that_shrank_does_not_keep_a_resize_from_going_back,
);
