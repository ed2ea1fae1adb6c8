//! Many at once for the last of what there is.

use std::sync::Arc;

use futures_util::future::join_all;
use hansa_exchange::sagas;
use hansa_model::id::OrderId;
use hansa_model::kind::Resource;
use hansa_model::order::{NewOrder, Order, OrderState, ReasonCode};
use hansa_store::{budget, capacity};

use crate::invariants::{self, Witness};
use crate::world::{Engine, World, machine, on_both_engines, submit};

/// Orders that are placed at the same time, each on a quote of its own, while several runners drive them.
async fn rush(world: &World, count: usize) -> Vec<Order> {
    let mut quotes = Vec::new();
    for _ in 0..count {
        quotes.push(world.quote(machine(1)).await.unwrap().id);
    }
    let barrier = Arc::new(tokio::sync::Barrier::new(count));
    let buyers = quotes.into_iter().map(|quote| {
        let (exchange, buyer, barrier) = (world.exchange.clone(), world.cast.buyer.clone(), barrier.clone());
        tokio::spawn(async move {
            barrier.wait().await;
            submit(&exchange, &buyer, NewOrder::Create { quote }).await.unwrap()
        })
    });
    let orders: Vec<_> = join_all(buyers).await.into_iter().map(Result::unwrap).collect();
    let runners = (0..4).map(|number| {
        let exchange = world.exchange.clone();
        tokio::spawn(async move { sagas::drive_due(&exchange, &format!("runner {number}")).await.unwrap() })
    });
    for runner in join_all(runners).await {
        runner.unwrap();
    }
    orders
}

async fn ends(world: &mut World, orders: &[Order]) -> Vec<Order> {
    let mut ended = Vec::new();
    for order in orders {
        let id: OrderId = order.id;
        let now = world.order(id).await;
        ended.push(if hansa_exchange::orders::has_ended(now.state) { now } else { world.settle(id).await });
    }
    ended
}

async fn a_hundred_orders_for_the_last_machine_have_one_winner(engine: Engine) {
    let mut world = World::new(engine).await;
    for agent in &mut world.agents {
        agent.capability.capacity.insert(Resource::Instances, 1);
    }
    world.agents[1].capability.capacity.insert(Resource::Instances, 0);
    world.round().await;
    let orders = rush(&world, 100).await;
    let ended = ends(&mut world, &orders).await;
    let won = ended.iter().filter(|order| order.state == OrderState::Fulfilled).count();
    assert_eq!(won, 1);
    for order in ended.iter().filter(|order| order.state != OrderState::Fulfilled) {
        assert_eq!(order.state, OrderState::Failed);
        assert_eq!(order.reason.as_ref().unwrap().code, ReasonCode::CapacityExhausted);
    }
    invariants::check(&world, &mut Witness::default(), "after the rush").await;
    assert_eq!(capacity::leaks(&mut world.exchange.read().await.unwrap()).await.unwrap(), Vec::<String>::new());
}

async fn two_hundred_orders_never_exceed_a_budget(engine: Engine) {
    let mut world = World::new(engine).await;
    for agent in &mut world.agents {
        for amount in agent.capability.capacity.values_mut() {
            *amount *= 100;
        }
    }
    world.round().await;
    let monthly = world.quote(machine(1)).await.unwrap().package.price.monthly;
    let limit = monthly.times_ratio(7, 1).unwrap().checked_add("0.50 EUR".parse().unwrap()).unwrap();
    world.limit(Some(&format!("{} EUR", limit.decimal().split(' ').next().unwrap())), None).await;
    let orders = rush(&world, 200).await;
    let ended = ends(&mut world, &orders).await;
    let won = ended.iter().filter(|order| order.state == OrderState::Fulfilled).count();
    assert_eq!(won, 7);
    let lost = ended.iter().filter(|order| order.state == OrderState::Failed);
    assert!(lost.clone().all(|order| order.reason.as_ref().unwrap().code == ReasonCode::BudgetExceeded));
    assert_eq!(lost.count(), 193);
    let left = budget::get(&mut world.exchange.read().await.unwrap(), world.cast.project).await.unwrap().unwrap();
    assert!(left.reserved.micros() <= left.limit.unwrap().micros());
    invariants::check(&world, &mut Witness::default(), "after the rush").await;
}

async fn the_first_order_of_a_project_is_held_to_its_budget(engine: Engine) {
    let mut world = World::new(engine).await;
    world.limit(Some("1 EUR"), None).await;
    let quote = world.quote(machine(1)).await.unwrap();
    let order = world.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
    let order = world.settle(order.id).await;
    assert_eq!((order.state, order.reason.unwrap().code), (OrderState::Failed, ReasonCode::BudgetExceeded));
    invariants::check(&world, &mut Witness::default(), "refused").await;
}

on_both_engines!(
    a_hundred_orders_for_the_last_machine_have_one_winner,
    two_hundred_orders_never_exceed_a_budget,
    the_first_order_of_a_project_is_held_to_its_budget,
);
