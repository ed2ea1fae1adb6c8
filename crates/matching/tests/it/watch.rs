//! Packages that run, watched: against a referee that tries every way to go on, and against `find`.

mod market;
mod referee;

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_matching::watch::{Policy, Running, Watch, advise};
use hansa_matching::{Geo, Index, Options, find};
use hansa_model::application::Application;
use hansa_model::id::OrderId;
use hansa_model::proposal::{Advice, Cause};
use hansa_model::time::Timestamp;
use proptest::prelude::*;

use crate::world::now;
use market::{World, any_application, any_world, runs};
use referee::Referee;

const LIMIT: Duration = Duration::from_secs(20);

/// Something that happens to a market: what, to which of its things, with which number.
type Event = (u8, usize, i64);

fn any_policy() -> impl Strategy<Value = Policy> {
    let dear = Policy { horizon_months: 3, downtime: 400_000, margin_bp: 1_000, margin: 2_000_000 };
    let free = Policy { horizon_months: 1, downtime: 0, margin_bp: 0, margin: 0 };
    prop_oneof![Just(dear), Just(free), Just(Policy { horizon_months: 12, ..dear })]
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0u8..9, 0usize..64, 0i64..12), 1..14)
}

/// What an advice comes to, whichever of several equally good ways it names.
fn gist(advice: Option<&Advice>) -> Option<(Cause, String, Option<i64>)> {
    advice.map(|advice| {
        let net = advice.alternative.as_ref().map(|alternative| alternative.net.micros());
        (advice.cause, format!("{:?}", advice.failures), net)
    })
}

/// Rounds away what traffic may be rounded by.
fn about(gist: Option<(Cause, String, Option<i64>)>) -> Option<(Cause, String, Option<i64>)> {
    gist.map(|(cause, failures, net)| (cause, failures, net.map(|net| (net + 500) / 1_000)))
}

fn look(watch: &mut Watch, index: &Index<'_>, at: Timestamp, said: &mut BTreeMap<OrderId, Option<Advice>>) {
    while let Some((order, advice)) = watch.look(&index.snapshot(), at, LIMIT) {
        said.insert(order, advice);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn watching_says_what_looking_at_everything_says(
        world in any_world(),
        applications in prop::collection::vec(any_application(), 1..4),
        policy in any_policy(),
        events in any_events(),
    ) {
        let mut world: World = world;
        let mut index = Index::of(&world.market, Geo::embedded());
        let mut watch = Watch::new(policy);
        let mut said = BTreeMap::new();
        let mut at = now();
        let running: Vec<Application> = applications;
        for application in running {
            if let Some(running) = runs(&world.market, &application, at) {
                watch.put(OrderId::new(), running);
            }
        }
        look(&mut watch, &index, at, &mut said);
        let orders: Vec<OrderId> = watch.orders().collect();
        for event in events {
            if let Some(change) = world.happen(event, &mut index, &mut at) {
                watch.note(&index, change, at);
            }
            look(&mut watch, &index, at, &mut said);
            for order in &orders {
                let running = watch.running(*order).unwrap();
                let whole = Index::of(&world.market, Geo::embedded()).snapshot();
                let expected = advise(&whole, running, &policy, at, LIMIT);
                let told = said[order].as_ref();
                prop_assert_eq!(about(gist(told)), about(gist(expected.as_ref())), "after {:?}", event);
                let referee = Referee { market: &world.market, running, policy, at };
                prop_assert_eq!(about(gist(told).map(|(cause, _, net)| (cause, String::new(), net))), about(referee.gist()));
                let check = agrees_with_find(&world, running, &policy, at, told);
                prop_assert!(check.is_ok(), "{}", check.unwrap_err());
            }
        }
    }
}

/// What `find` says of the whole catalogue, where that is the same question.
fn agrees_with_find(
    world: &World,
    running: &Running,
    policy: &Policy,
    at: Timestamp,
    told: Option<&Advice>,
) -> Result<(), String> {
    let costs_nothing = policy.downtime == 0 && world.moves_for_nothing;
    let application = running.application();
    if !costs_nothing || application.objective != hansa_model::application::Objective::default() {
        return Ok(());
    }
    let outcome = find(application, &world.market, &Options { orderable_only: true, ..Options::at(at) });
    let cheapest = outcome.packages.iter().map(|package| package.price.monthly.micros()).min();
    let reached = told.map_or(i64::MAX, |advice| match &advice.alternative {
        Some(alternative) => alternative.monthly.micros(),
        None => i64::MAX,
    });
    let kept = told.is_none_or(|advice| advice.cause == Cause::Better);
    // Who may stay or go is never worse off than who must begin anew …
    let now = told.map(|advice| advice.monthly.micros());
    if cheapest.is_some_and(|cheapest| reached > cheapest && !kept) {
        return Err(format!("{told:?} instead of {cheapest:?}"));
    }
    if let (Some(now), Some(cheapest), true) = (now, cheapest, kept)
        && reached > cheapest
        && now > cheapest
    {
        return Err(format!("{told:?} instead of {cheapest:?}"));
    }
    // … and as well off when nothing can stay.
    let nothing_stays = told.is_some_and(|advice| {
        let gone = |offer: &str| advice.failures.iter().any(|failure| failure.offer.as_deref() == Some(offer));
        running.parts().iter().all(|part| gone(&part.offer.key()))
    });
    if nothing_stays && cheapest.unwrap_or(i64::MAX) != reached {
        return Err(format!("{told:?} instead of {cheapest:?}"));
    }
    Ok(())
}
