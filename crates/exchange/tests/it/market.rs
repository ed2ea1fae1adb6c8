//! The kept catalogue: whatever changes, a search answers as if it had read the whole catalogue at that moment.

use std::time::Duration;

use hansa_exchange::principal::Principal;
use hansa_exchange::{Error, market, offers, quotes, sites};
use hansa_matching::Options;
use hansa_model::order::NewQuote;
use hansa_model::package::{MatchOutcome, MatchRequest};
use hansa_store::catalogue;
use hansa_store::offer::Viewer;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use crate::world::{Engine, ROUND, World, application, on_both_engines};

on_both_engines!(
    it_answers_as_a_fresh_catalogue_does_after_any_change,
    changes_of_another_process_are_seen_soon,
    a_quote_is_never_made_of_an_offer_that_has_changed_since,
);

fn machines(count: u32) -> MatchRequest {
    let application = application(json!({
        "components": {"web": {"kind": "compute.instance", "count": count, "cpu": ">= 1", "memory": ">= 1 GiB"}},
    }));
    MatchRequest { application, orderable_only: false }
}

/// What matching says when it reads everything anew.
async fn fresh(world: &World, caller: &Principal, request: &MatchRequest) -> MatchOutcome {
    let viewer = if caller.sees_all() { Viewer::Everything } else { Viewer::Participant(caller.participant) };
    let mut tx = world.exchange.read().await.unwrap();
    let catalogue = catalogue::snapshot(&mut tx, viewer, world.now()).await.unwrap();
    let options = Options { orderable_only: request.orderable_only, ..Options::at(world.now()) };
    hansa_matching::find(&request.application, &catalogue, &options)
}

async fn publish(world: &World, chances: &mut StdRng) {
    let provider = &world.cast.providers[chances.random_range(0..2)];
    let private = chances.random_bool(0.3).then_some(world.cast.tenant);
    let offer = json!({
        "site": provider.capability.site, "sku": format!("s{}", chances.random_range(0..4)), "kind": "compute.instance",
        "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB", "image": ["debian-12"]},
        "price": {"currency": "EUR", "components": [
            {"name": "base", "type": "fixed", "amount": format!("{} EUR", chances.random_range(1..30)), "per": "month"}
        ]},
        "draft": chances.random_bool(0.1),
        "visibility": private.map_or(json!("public"), |tenant| json!({"private": [tenant]})),
    });
    let mut work = world.exchange.begin().await.unwrap();
    // What was retired can't come back; that is refused, and nothing changes.
    match offers::publish(&mut work, &provider.principal, serde_json::from_value(offer).unwrap()).await {
        Ok(_) => work.commit().await.unwrap(),
        Err(Error::Conflict { .. }) => {}
        Err(error) => panic!("{error}"),
    }
}

async fn retire(world: &World, chances: &mut StdRng) {
    let provider = &world.cast.providers[chances.random_range(0..2)].principal;
    let mut tx = world.exchange.read().await.unwrap();
    let viewer = Viewer::Participant(provider.participant);
    let all =
        hansa_store::offer::on_the_market(&mut tx, viewer, Some(provider.participant), world.now()).await.unwrap();
    drop(tx);
    if all.len() > 1 {
        let mut work = world.exchange.begin().await.unwrap();
        offers::retire(&mut work, provider, all[chances.random_range(0..all.len())].id).await.unwrap();
        work.commit().await.unwrap();
    }
}

async fn it_answers_as_a_fresh_catalogue_does_after_any_change(engine: Engine) {
    for seed in 0..4 {
        let mut chances = StdRng::seed_from_u64(seed);
        let mut world = World::new(engine).await;
        for step in 0..25 {
            match chances.random_range(0..7) {
                0 | 1 => publish(&world, &mut chances).await,
                2 => retire(&world, &mut chances).await,
                3 => {
                    let held = NewQuote {
                        project: world.cast.project,
                        application: machines(chances.random_range(1..40)).application,
                        package: None,
                        hold: true,
                    };
                    let found = quotes::look(&world.exchange, &world.cast.buyer, &held).await.unwrap();
                    let mut work = world.exchange.begin().await.unwrap();
                    if quotes::create(&mut work, &world.cast.buyer, held, found).await.is_ok() {
                        work.commit().await.unwrap();
                    }
                }
                4 => world.round().await,
                5 => {
                    let silent = chances.random_bool(0.5);
                    let agent = chances.random_range(0..world.agents.len());
                    world.agents[agent].switches.silent = silent;
                    world.clock.advance(ROUND * chances.random_range(0..30));
                }
                _ => {
                    let provider = &world.cast.providers[chances.random_range(0..2)].principal;
                    let site = json!({"name": format!("x{step}"), "country": "BE", "city": "Gent",
                                      "coordinates": {"latitude": 51.0, "longitude": 3.7}});
                    let mut work = world.exchange.begin().await.unwrap();
                    sites::create(&mut work, provider, serde_json::from_value(site).unwrap()).await.unwrap();
                    work.commit().await.unwrap();
                }
            }
            for caller in [&world.cast.buyer, &world.cast.stranger, &world.cast.providers[0].principal] {
                let request =
                    MatchRequest { orderable_only: chances.random_bool(0.5), ..machines(chances.random_range(1..4)) };
                let kept = market::find(&world.exchange, caller, &request).await.unwrap();
                assert_eq!(kept, fresh(&world, caller, &request).await, "seed {seed}, step {step}");
            }
        }
    }
}

async fn changes_of_another_process_are_seen_soon(engine: Engine) {
    let world = World::new(engine).await;
    let other = world.beside().await;
    let request = machines(1);
    let before = market::find(&world.exchange, &world.cast.buyer, &request).await.unwrap();
    let cheap = json!({
        "site": world.cast.providers[0].capability.site, "sku": "cheap", "kind": "compute.instance",
        "properties": {"cpu": "1..8", "memory": "1 GiB..16 GiB"},
        "price": {"currency": "EUR", "components": [
            {"name": "base", "type": "fixed", "amount": "0.01 EUR", "per": "month"}
        ]},
    });
    let mut work = other.begin().await.unwrap();
    let provider = &world.cast.providers[0].principal;
    offers::publish(&mut work, provider, serde_json::from_value(cheap).unwrap()).await.unwrap();
    work.commit().await.unwrap();
    let seen = async {
        loop {
            let now = market::find(&world.exchange, &world.cast.buyer, &request).await.unwrap();
            if now.catalogue_version > before.catalogue_version {
                return now;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let now = tokio::time::timeout(Duration::from_secs(60), seen).await.expect("the change is never seen");
    assert_eq!(now.packages[0].price.monthly, "0.01 EUR".parse().unwrap());
}

async fn a_quote_is_never_made_of_an_offer_that_has_changed_since(engine: Engine) {
    let world = World::new(engine).await;
    let new =
        NewQuote { project: world.cast.project, application: machines(1).application, package: None, hold: false };
    let found = quotes::look(&world.exchange, &world.cast.buyer, &new).await.unwrap();
    let part = found.packages[0].components["web"].replicas[0].clone();
    let provider = world.cast.providers.iter().find(|one| one.principal.participant == part.provider_id).unwrap();
    let mut work = world.exchange.begin().await.unwrap();
    offers::retire(&mut work, &provider.principal, part.offer_id).await.unwrap();
    work.commit().await.unwrap();

    let mut work = world.exchange.begin().await.unwrap();
    let refused = quotes::create(&mut work, &world.cast.buyer, new.clone(), found).await.unwrap_err();
    assert!(matches!(&refused, Error::Conflict { code: "offer-changed", .. }), "{refused:?}");
    drop(work);
    let quote = world.quote(new.application).await;
    assert_ne!(quote.unwrap().package.components["web"].replicas[0].offer_id, part.offer_id);
}
