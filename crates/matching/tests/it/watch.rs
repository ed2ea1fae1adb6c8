//! Packages that run, watched: against a referee that tries every way to go on, and against `find`.

mod market;
mod referee;

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_matching::watch::{Change, Part, Policy, Running, Watch, advise};
use hansa_matching::{Geo, Index, Options, find};
use hansa_model::application::Objective;
use hansa_model::evidence::Assurance;
use hansa_model::id::OrderId;
use hansa_model::proposal::{Advice, Cause};
use hansa_model::time::Timestamp;
use proptest::prelude::*;

use crate::world::now;
use market::{World, any_application, any_world, runs, simple};
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
    prop::collection::vec((0u8..11, 0usize..64, 0i64..12), 1..12)
}

/// Why, what failed, and what is gained, in thousandths of a unit: traffic may be rounded by less.
type Gist = Option<(Cause, String, Option<i64>)>;

/// What an advice comes to, whichever of several equally good ways it names.
fn gist(advice: Option<&Advice>) -> Gist {
    let advice = advice?;
    let net = advice.alternative.as_ref().map(|alternative| alternative.net.micros());
    Some((advice.cause, format!("{:?}", advice.failures), net.map(|net| (net + 500).div_euclid(1_000))))
}

/// The same without what failed.
fn outline(gist: Gist) -> Option<(Cause, Option<i64>)> {
    gist.map(|(cause, _, net)| (cause, net))
}

fn look(watch: &mut Watch, index: &Index<'_>, at: Timestamp, said: &mut BTreeMap<OrderId, Option<Advice>>) {
    while let Some((order, advice)) = watch.look(&index.snapshot(), at, LIMIT) {
        said.insert(order, advice);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn watching_says_what_looking_at_everything_says(
        world in any_world(),
        applications in prop::collection::vec(any_application(), 1..3),
        policy in any_policy(),
        events in any_events(),
    ) {
        let mut world = world;
        let mut index = Index::of(&world.market, Geo::embedded());
        let mut watch = Watch::new(policy);
        let mut said = BTreeMap::new();
        let mut at = now();
        for running in applications.iter().filter_map(|application| runs(&world.market, application, at)) {
            watch.put(OrderId::new(), running);
        }
        look(&mut watch, &index, at, &mut said);
        let orders: Vec<OrderId> = watch.orders().collect();
        for event in events {
            if let Some(change) = world.happen(event, &mut index, &mut at) {
                watch.note(&index, change, at);
            }
            look(&mut watch, &index, at, &mut said);
            let whole = Index::of(&world.market, Geo::embedded()).snapshot();
            for order in &orders {
                let running = watch.running(*order).unwrap();
                let expected = advise(&whole, running, &policy, at, LIMIT);
                let told = said[order].as_ref();
                prop_assert_eq!(gist(told), gist(expected.as_ref()), "after {:?}", event);
                let referee = Referee { market: &world.market, running, policy, at };
                prop_assert_eq!(outline(gist(told)), referee.outline(), "after {:?}", event);
                let check = agrees_with_find(&world, running, &policy, at, told);
                prop_assert!(check.is_ok(), "{}", check.unwrap_err());
            }
        }
    }
}

/// Whether `find` says of the whole catalogue what it must, where it is asked nearly the same.
fn agrees_with_find(
    world: &World,
    running: &Running,
    policy: &Policy,
    at: Timestamp,
    told: Option<&Advice>,
) -> Result<(), String> {
    let application = running.application();
    let moves_for_nothing = policy.downtime == 0 && policy.margin == 0 && world.moves_for_nothing;
    let Some(advice) = told.filter(|_| moves_for_nothing && application.objective == Objective::default()) else {
        return Ok(());
    };
    let outcome = find(application, &world.market, &Options { orderable_only: true, ..Options::at(at) });
    let cheapest = outcome.packages.iter().map(|package| package.price.monthly.micros()).min().unwrap_or(i64::MAX);
    let reached = advice.alternative.as_ref().map_or(i64::MAX, |alternative| alternative.monthly.micros());
    let is_gone = |part: &Part| {
        let key = part.offer.key();
        advice.failures.iter().any(|failure| failure.offer.as_ref() == Some(&key) && failure.component.is_some())
    };
    let nothing_stays = running.parts().iter().all(is_gone) && advice.failures.len() >= running.parts().len();
    // Whoever may keep what they have is never worse off than who begins anew, and as well off when nothing can stay.
    if reached > cheapest || nothing_stays && application.links.is_empty() && reached < cheapest {
        return Err(format!("{advice:?} instead of {cheapest}"));
    }
    Ok(())
}

#[test]
fn few_packages_are_woken() {
    let (mut world, applications) = simple(24, 6, 40);
    let mut index = Index::of(&world.market, Geo::embedded());
    let mut watch = Watch::new(Policy::default());
    let mut said = BTreeMap::new();
    let mut at = now();
    for running in applications.iter().filter_map(|application| runs(&world.market, application, at)) {
        watch.put(OrderId::new(), running);
    }
    look(&mut watch, &index, at, &mut said);
    let (packages, before) = (watch.len(), watch.reviews());
    assert_eq!(packages, applications.len());
    let ticks = 200;
    for tick in 0..ticks {
        let change = world.happen((0, tick * 7, i64::try_from(tick * 5 % 12).unwrap()), &mut index, &mut at);
        watch.note(&index, change.unwrap(), at);
        look(&mut watch, &index, at, &mut said);
    }
    let woken = watch.reviews() - before;
    let all = u64::try_from(ticks * packages).unwrap();
    assert!(woken > 0 && woken * 20 < all, "{woken} of {all} times a package was woken by a price");
}

#[test]
fn moves_that_are_worth_it_only_together_are_found() {
    let (mut world, _) = simple(8, 4, 0);
    let spec = "components:\n  a: { kind: compute.instance, cpu: '4', memory: '>= 1 GiB' }\n  b: { kind: compute.instance, cpu: '3', memory: '>= 1 GiB' }\n";
    let application = crate::world::application(spec);
    let mut index = Index::of(&world.market, Geo::embedded());
    // Each move saves 14.40 over twelve months and costs a little more than 2; only both bring more than 20.
    let policy = Policy { margin: 20_000_000, margin_bp: 0, downtime: 1_000_000, horizon_months: 12 };
    let mut watch = Watch::new(policy);
    let mut said = BTreeMap::new();
    let running = runs(&world.market, &application, now()).unwrap();
    let order = OrderId::new();
    watch.put(order, running.clone());
    look(&mut watch, &index, now(), &mut said);
    assert_eq!(said[&order], None);
    for part in running.parts() {
        assert_eq!(said[&order], None);
        let number = world.number_of(&part.offer);
        let monthly = part.offer.price.estimate(&part.properties, 0).unwrap().monthly.micros();
        let change = world.reprice(number, monthly - 1_200_000, &mut index);
        watch.note(&index, change, now());
        look(&mut watch, &index, now(), &mut said);
    }
    let alternative = said[&order].as_ref().and_then(|advice| advice.alternative.as_ref()).unwrap();
    assert_eq!(alternative.moves.len(), 2);
}

#[test]
fn levels_that_end_and_levels_that_change_wake_what_runs_on_them() {
    let (mut world, _) = simple(4, 2, 0);
    let end = Timestamp::from_micros(now().micros() + 1_000_000);
    let sealed = |seal, valid_until| Assurance { seal: Some(seal), valid_until, ..Assurance::default() };
    world.market.offers.iter_mut().for_each(|offer| offer.assurance = Some(Box::new(sealed(3, None))));
    let spec = "requirements: { seal: { minimum: 2 } }\ncomponents:\n  a: { kind: compute.instance, cpu: '>= 1', memory: '>= 1 GiB' }\n";
    let mut index = Index::of(&world.market, Geo::embedded());
    let mut watch = Watch::new(Policy::default());
    let mut said = BTreeMap::new();
    let running = runs(&world.market, &crate::world::application(spec), now()).unwrap();
    let (order, offer) = (OrderId::new(), running.parts()[0].offer.id);
    watch.put(order, running);
    look(&mut watch, &index, now(), &mut said);
    assert_eq!(said[&order], None);
    // The levels get an end; until it comes nothing is to be said.
    index.set_assurance(&[offer], Some(&sealed(2, Some(end))));
    watch.note(&index, Change::Offer(offer), now());
    look(&mut watch, &index, now(), &mut said);
    assert_eq!(said[&order], None);
    look(&mut watch, &index, end, &mut said);
    let advice = said[&order].as_ref().unwrap();
    assert_eq!((advice.cause, advice.failures[0].requirement.as_str()), (Cause::MustMove, "seal"));
    assert_eq!(advice.failures[0].offered, format!("2, ended {end}"));
    assert!(advice.alternative.is_some());
    // With new evidence all is well again.
    index.set_assurance(&[offer], Some(&sealed(2, None)));
    watch.note(&index, Change::Offer(offer), end);
    look(&mut watch, &index, end, &mut said);
    assert_eq!(said[&order], None);
    // What stays the same wakes nobody.
    let before = watch.reviews();
    index.set_assurance(&[offer], Some(&sealed(2, None)));
    watch.note(&index, Change::Offer(offer), end);
    look(&mut watch, &index, end, &mut said);
    assert_eq!(watch.reviews(), before);
}
