//! What is proposed to those who run something, as the market changes around them.

use std::time::Duration;

use hansa_exchange::principal::Principal;
use hansa_exchange::{Error, Exchange, audit, evidence, offers, orders, proposals, reconcilers};
use hansa_model::application::Application;
use hansa_model::id::OrderId;
use hansa_model::order::{NewOrder, Order, OrderState};
use hansa_model::proposal::{Cause, Proposal, ProposalState};
use hansa_store::page::PageRequest;
use serde_json::json;

use crate::world::{Engine, World, application, machine, on_both_engines};

on_both_engines!(
    a_better_offer_is_proposed_once_and_withdrawn_when_it_is_gone,
    what_is_dismissed_is_not_proposed_again_until_it_is_something_else,
    what_no_longer_holds_must_move_and_says_why,
    two_processes_say_it_once,
    what_is_taken_down_has_no_proposals,
    nobody_sees_the_proposals_of_others,
);

/// Publishes a provider's machine at another price of a core and hour.
async fn price(world: &World, provider: usize, per_cpu: &str) {
    let provider = &world.cast.providers[provider];
    let offer = json!({
        "site": provider.capability.site, "sku": "vm", "kind": "compute.instance",
        "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB", "disk": "10 GiB..100 GiB", "image": ["debian-12"]},
        "price": {"currency": "EUR", "components": [
            {"name": "machine", "type": "per-unit", "property": "cpu", "amount": per_cpu, "per": "hour"},
            {"name": "setup", "type": "one-off", "amount": "1.99 EUR"}
        ]}
    });
    let mut work = world.exchange.begin().await.unwrap();
    offers::publish(&mut work, &provider.principal, serde_json::from_value(offer).unwrap()).await.unwrap();
    work.commit().await.unwrap();
}

/// Gives a provider a certificate that the operator has looked at, or takes all evidence from it.
async fn certify(world: &World, provider: &Principal, scheme: Option<&str>) {
    let mut work = world.exchange.begin().await.unwrap();
    match scheme {
        Some(scheme) => {
            let claim = json!({"claim": "certificate", "scheme": scheme, "body": "somebody"});
            let new = json!({"subject": provider.participant, "claims": [claim]});
            evidence::attest(&mut work, &world.cast.operator, serde_json::from_value(new).unwrap()).await.unwrap();
        }
        None => {
            let page = PageRequest::default();
            let held = evidence::list(&mut work, provider, &evidence::Wanted::default(), &page).await.unwrap();
            for piece in held.items {
                evidence::withdraw(&mut work, provider, piece.id).await.unwrap();
            }
        }
    }
    work.commit().await.unwrap();
}

async fn running(world: &mut World, application: Application) -> Order {
    let quote = world.quote(application).await.unwrap();
    let order = world.submit(NewOrder::Create { quote: quote.id }).await.unwrap();
    let order = world.settle(order.id).await;
    assert_eq!(order.state, OrderState::Fulfilled, "{:?}", order.reason);
    order
}

async fn all(world: &World) -> Vec<Proposal> {
    let mut tx = world.exchange.read().await.unwrap();
    proposals::list(&mut tx, &world.cast.buyer, &proposals::Query::default()).await.unwrap().items
}

/// The states of the proposals, the oldest first.
async fn states(world: &World) -> Vec<ProposalState> {
    all(world).await.iter().rev().map(|proposal| proposal.state).collect()
}

async fn a_better_offer_is_proposed_once_and_withdrawn_when_it_is_gone(engine: Engine) {
    let mut world = World::new(engine).await;
    let order = running(&mut world, machine(1)).await;
    world.round().await;
    assert_eq!(all(&world).await, []);

    price(&world, 1, "0.004 EUR").await;
    world.round().await;
    let [proposal] = &all(&world).await[..] else { panic!("one proposal is expected") };
    assert_eq!((proposal.order, proposal.project, proposal.state), (order.id, world.cast.project, ProposalState::Open));
    let advice = &proposal.advice;
    assert_eq!((advice.cause, advice.failures.len()), (Cause::Better, 0));
    // 0.0113 × 730 + 10 × 0.0531 against 0.004 × 730.
    assert_eq!(advice.monthly.rounded(), "8.78 EUR");
    let alternative = advice.alternative.as_ref().unwrap();
    assert_eq!((alternative.monthly.rounded(), alternative.saving.rounded()), ("2.92 EUR".into(), "5.86 EUR".into()));
    let switching = &alternative.switching;
    // 10 GiB are 10.74 GB, one of them free, at 0.013 EUR.
    assert_eq!(
        [switching.one_off, switching.egress, switching.downtime].map(|amount| amount.rounded()),
        ["1.99 EUR", "0.13 EUR", "1.00 EUR"]
    );
    let [step] = &alternative.moves[..] else { panic!("{:?}", alternative.moves) };
    assert_eq!((step.from.as_str(), step.to.as_str()), ("tulip/utrecht/vm", "sudety/jelenia-gora/vm"));
    assert_eq!(alternative.horizon_months, 12);
    assert_eq!(alternative.net.rounded(), "67.20 EUR");
    assert_eq!(alternative.pays_back_days, Some(17));

    world.round().await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Open]);

    price(&world, 1, "0.003 EUR").await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Superseded, ProposalState::Open]);

    price(&world, 1, "0.012 EUR").await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Superseded, ProposalState::Withdrawn]);

    let kinds: Vec<String> = told(&world.exchange, &world).await;
    assert_eq!(kinds, ["proposal.open", "proposal.superseded", "proposal.open", "proposal.withdrawn"]);
    let mut tx = world.exchange.read().await.unwrap();
    assert_eq!(audit::verify(&mut tx).await.unwrap().broken_at, None);
}

/// What subscribers were told of proposals.
async fn told(exchange: &Exchange, world: &World) -> Vec<String> {
    let mut tx = exchange.read().await.unwrap();
    let viewer = hansa_store::offer::Viewer::Participant(world.cast.buyer.participant);
    let told = hansa_store::event::after(&mut tx, 0, viewer, &["proposal.".to_owned()], None, 100).await.unwrap();
    told.into_iter().map(|event| event.kind).collect()
}

async fn what_is_dismissed_is_not_proposed_again_until_it_is_something_else(engine: Engine) {
    let mut world = World::new(engine).await;
    running(&mut world, machine(1)).await;
    price(&world, 1, "0.004 EUR").await;
    world.round().await;
    let id = all(&world).await[0].id;
    let mut work = world.exchange.begin().await.unwrap();
    let dismissed = proposals::dismiss(&mut work, &world.cast.buyer, id).await.unwrap();
    assert_eq!(dismissed.state, ProposalState::Dismissed);
    work.commit().await.unwrap();
    let mut work = world.exchange.begin().await.unwrap();
    let again = proposals::dismiss(&mut work, &world.cast.buyer, id).await;
    assert!(matches!(again, Err(Error::State(_))), "{again:?}");
    drop(work);

    price(&world, 1, "0.0035 EUR").await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Dismissed]);
    price(&world, 0, "0.002 EUR").await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Dismissed, ProposalState::Open]);
    let told = all(&world).await;
    let step = &told[0].advice.alternative.as_ref().unwrap().moves[0];
    assert_eq!((step.from.as_str(), step.to.as_str()), ("tulip/utrecht/vm", "tulip/utrecht/vm"));
}

async fn what_no_longer_holds_must_move_and_says_why(engine: Engine) {
    let mut world = World::new(engine).await;
    let providers: Vec<Principal> = world.cast.providers.iter().map(|provider| provider.principal.clone()).collect();
    certify(&world, &providers[0], Some("C5")).await;
    let certified = application(json!({
        "requirements": {"certifications": {"all": ["C5"]}},
        "components": {"web": {"kind": "compute.instance", "cpu": ">= 1", "memory": ">= 1 GiB", "disk": ">= 10 GiB"}},
    }));
    running(&mut world, certified).await;
    world.round().await;
    assert_eq!(all(&world).await, []);

    certify(&world, &providers[0], None).await;
    world.round().await;
    let told = all(&world).await;
    assert_eq!((told.len(), told[0].advice.cause), (1, Cause::MustMove));
    let [failure] = &told[0].advice.failures[..] else { panic!("{:?}", told[0].advice.failures) };
    assert_eq!(
        [failure.requirement.as_str(), failure.required.as_str(), failure.offered.as_str()],
        ["certifications.C5", "held", "not stated"]
    );
    assert_eq!(failure.offer.as_deref(), Some("tulip/utrecht/vm"));
    assert_eq!(told[0].advice.alternative, None);

    certify(&world, &providers[1], Some("C5")).await;
    world.round().await;
    let told = all(&world).await;
    let alternative = told[0].advice.alternative.as_ref().unwrap();
    assert_eq!(alternative.moves[0].to, "sudety/jelenia-gora/vm");
    assert!(alternative.saving.micros() < 0, "{:?}", alternative.saving);

    certify(&world, &providers[0], Some("C5")).await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Superseded, ProposalState::Withdrawn]);
}

async fn two_processes_say_it_once(engine: Engine) {
    let mut world = World::new(engine).await;
    running(&mut world, machine(1)).await;
    let other = world.beside().await;
    reconcilers::run_once(&other).await.unwrap();
    price(&world, 1, "0.004 EUR").await;
    until(&world, &other, &[ProposalState::Open]).await;
    reconcilers::run_once(&world.exchange).await.unwrap();
    assert_eq!(states(&world).await, [ProposalState::Open]);
    price(&world, 1, "0.012 EUR").await;
    let (one, two) = tokio::join!(reconcilers::run_once(&world.exchange), reconcilers::run_once(&other));
    one.and(two).unwrap();
    until(&world, &other, &[ProposalState::Withdrawn]).await;
    other.db().close().await;
}

/// Lets another process look until it has seen what this one changed.
async fn until(world: &World, other: &Exchange, expected: &[ProposalState]) {
    let seen = async {
        while states(world).await != expected {
            reconcilers::run_once(other).await.unwrap();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), seen).await.expect("the change is never seen");
}

async fn what_is_taken_down_has_no_proposals(engine: Engine) {
    let mut world = World::new(engine).await;
    let order = running(&mut world, machine(1)).await;
    price(&world, 1, "0.004 EUR").await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Open]);
    terminate(&mut world, order.id).await;
    world.round().await;
    assert_eq!(states(&world).await, [ProposalState::Withdrawn]);
}

async fn terminate(world: &mut World, order: OrderId) {
    let services = world.order(order).await.services;
    let end = world.submit(NewOrder::Terminate { services }).await.unwrap();
    assert!(orders::has_ended(world.settle(end.id).await.state));
}

async fn nobody_sees_the_proposals_of_others(engine: Engine) {
    let mut world = World::new(engine).await;
    running(&mut world, machine(1)).await;
    price(&world, 1, "0.004 EUR").await;
    world.round().await;
    let id = all(&world).await[0].id;
    let mut tx = world.exchange.read().await.unwrap();
    let stranger = &world.cast.stranger;
    let seen = proposals::list(&mut tx, stranger, &proposals::Query::default()).await.unwrap();
    assert_eq!(seen.items, []);
    assert!(matches!(proposals::get(&mut tx, stranger, id).await, Err(Error::NotFound { .. })));
    let query = proposals::Query { project: Some(world.cast.project), ..Default::default() };
    assert!(matches!(proposals::list(&mut tx, stranger, &query).await, Err(Error::NotFound { .. })));
    drop(tx);
    let mut work = world.exchange.begin().await.unwrap();
    let dismissed = proposals::dismiss(&mut work, stranger, id).await;
    assert!(matches!(dismissed, Err(Error::NotFound { .. })), "{dismissed:?}");
    assert_eq!(proposals::get(&mut work, &world.cast.colleague, id).await.unwrap().state, ProposalState::Open);
}
