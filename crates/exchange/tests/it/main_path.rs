//! From a quote to a bill and back to nothing.

use hansa_exchange::{orders, statements, why};
use hansa_model::money::Money;
use hansa_model::order::{Direction, NewOrder, OrderState, StepState};
use hansa_model::service::ServiceState;
use hansa_store::{args, budget};

use crate::invariants::{self, Witness};
use crate::world::{Engine, World, archive, on_both_engines};

async fn an_order_is_delivered_in_link_order_metered_billed_and_taken_down(engine: Engine) {
    let mut world = World::new(engine).await;
    let mut witness = Witness::default();
    let quote = world.quote(archive()).await.unwrap();
    let order = world.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
    assert_eq!(order.state, OrderState::Submitted);

    hansa_exchange::reconcilers::run_once(&world.exchange).await.unwrap();
    let archive = world.component(order.id, "archive").await.service;
    let web = world.component(order.id, "web").await.service;
    assert_eq!((archive.state, web.state), (ServiceState::Provisioning, ServiceState::Requested));
    let asked = why::service(&mut world.exchange.read().await.unwrap(), &world.cast.buyer, web.id).await.unwrap();
    assert_eq!(asked.waiting_for, "the connections of archive");
    let asked = why::order(&mut world.exchange.read().await.unwrap(), &world.cast.buyer, order.id).await.unwrap();
    assert!(asked.waiting_for.contains("archive at alpes/grenoble"), "{asked:?}");

    world.work().await;
    assert!(world.agents[0].pulled.is_empty() && world.agents[1].pulled.is_empty(), "web was shown too early");
    let done = world.settle(order.id).await;
    assert_eq!(done.state, OrderState::Fulfilled);
    assert_eq!(done.services.len(), 3);
    for machines in &world.agents[..2] {
        let [shown] = machines.pulled.as_slice() else { panic!("{:?}", machines.pulled) };
        let connection = shown.connections["archive"].clone();
        assert_eq!(connection.password, Some(format!("secret of {}", archive.id)));
    }
    invariants::check(&world, &mut witness, "fulfilled").await;

    let steps = orders::steps(&mut world.exchange.read().await.unwrap(), &world.cast.buyer, order.id).await.unwrap();
    let names: Vec<_> = steps.iter().map(|step| step.name.as_str()).collect();
    assert_eq!(names, ["approve", "hold", "commit", "provision", "fulfil"]);
    assert!(steps.iter().all(|step| step.state == StepState::Done && step.direction == Direction::Do), "{steps:#?}");

    world.pass(crate::world::HOUR).await;
    world.round().await;
    let zero: Money = "0 EUR".parse().unwrap();
    let services = done.services.clone();
    let end = world.submit(NewOrder::Terminate { services }).await.unwrap();
    assert_eq!(world.settle(end.id).await.state, OrderState::Fulfilled);
    invariants::check(&world, &mut witness, "terminated").await;
    assert!(world.services(order.id).await.iter().all(|record| record.service.state == ServiceState::Terminated));
    assert!(world.agents.iter().all(|agent| agent.machines.is_empty()));

    let mut tx = world.exchange.read().await.unwrap();
    let left = budget::get(&mut tx, world.cast.project).await.unwrap().unwrap();
    assert_eq!(left.reserved, zero);
    let held = tx.all("select id from hold", args![]).await.unwrap();
    assert!(held.is_empty());
    let reserved = tx.all("select reserved from capacity where reserved <> 0", args![]).await.unwrap();
    assert!(reserved.is_empty());

    let month = statements::month(&world.exchange, None).unwrap();
    let currency = zero.currency();
    let bill = statements::of_tenant(&mut tx, &world.cast.buyer, world.cast.tenant, month, currency).await.unwrap();
    assert!(bill.total.micros() > 2 * 1_990_000, "{bill:#?}");
    let mut parts = bill.commission;
    for provider in &bill.providers {
        parts = parts.checked_add(provider.payout).unwrap();
    }
    assert_eq!(bill.total, parts);
    let lines = bill.lines.iter().try_fold(zero, |sum, line| sum.checked_add(line.amount)).unwrap();
    assert_eq!(bill.total, lines);
    let mut payouts = zero;
    for provider in &world.cast.providers {
        let of = provider.agent.provider;
        let paid =
            statements::of_provider(&mut tx, &world.exchange, &provider.principal, of, month, currency).await.unwrap();
        payouts = payouts.checked_add(paid.payout).unwrap();
        for line in &paid.lines {
            let bought = bill.lines.iter().find(|bought| bought.service == line.service).unwrap();
            assert_eq!(line.name, bought.name);
        }
    }
    assert_eq!(bill.total, payouts.checked_add(bill.commission).unwrap());
    let balance = statements::trial_balance(&mut tx).await.unwrap();
    assert!(balance.holders.contains_key(&world.cast.tenant.to_string()), "{balance:?}");
    let unnamed = bill.providers.iter().find(|one| !balance.holders.contains_key(&one.provider.to_string()));
    assert_eq!(unnamed, None);
    let verified = hansa_exchange::audit::verify(&mut tx).await.unwrap();
    assert!(verified.rows > 10, "{verified:?}");
}

on_both_engines!(an_order_is_delivered_in_link_order_metered_billed_and_taken_down);
