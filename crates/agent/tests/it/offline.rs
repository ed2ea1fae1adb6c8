//! Long silence between agent and exchange: nothing is touched, nothing is lost.

use std::time::Duration;

use hansa_model::price::Meter;
use hansa_model::service::{Desired, Observed};

use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// Cuts the link for so long; what happened meanwhile arrives afterwards, in order and complete.
fn offline_for(silence: Duration) {
    let mut world = World::new(20);
    world.options.check_every = MINUTE * 5;
    world.options.heartbeat = MINUTE * 5;
    world.options.longest_pause = MINUTE;
    let services: Vec<_> = (0..3).map(|_| world.exchange.order()).collect();
    world.run(async {
        world.run_agent(MINUTE * 7).await;
        let runs = world.backend.runs();
        let known = world.exchange.books(|books| books.reports);
        world.link.set_cut(true);
        // What is wished meanwhile reaches the agent only when the silence is over.
        world.exchange.wish(services[0], Desired::Terminated);
        world.run_agent(silence / 2).await;
        world.backend.kill(services[1]);
        world.run_agent(silence / 2).await;
        assert_eq!(world.exchange.books(|books| books.reports), known);
        assert_eq!(world.backend.objects().len(), 3, "nothing was taken down");
        assert_eq!(world.backend.runs(), runs + 1, "only what was killed was started");

        world.link.set_cut(false);
        world.run_agent(MINUTE * 7).await;
        assert_eq!(world.state(services[0]), Some(Observed::Absent));
        assert_eq!(world.backend.objects().len(), 2);
        let ticks = usize::try_from(silence.as_secs() / 300).unwrap();
        for service in &services {
            world.account(*service, |account| {
                let life = &account.lives[0];
                let until = life.end.unwrap_or_else(|| life.metered_until());
                let lived = i64::try_from(until.since(life.begin).as_secs()).unwrap();
                assert_eq!(account.total(Meter::TimeAllocated), lived);
                assert!(account.intervals > ticks, "{} intervals of {ticks}", account.intervals);
                assert!(until.plus(MINUTE * 10) > world.now());
                assert_eq!(account.lives.len(), 1);
            });
        }
    });
    world.assert_no_offence();
}

#[test]
fn an_hour() {
    offline_for(HOUR);
}

#[test]
fn a_day() {
    offline_for(HOUR * 24);
}

#[test]
fn a_week() {
    offline_for(HOUR * 24 * 7);
}

#[test]
fn the_exchange_is_heard_again_within_a_minute() {
    let world = World::new(21);
    world.run(world.with_agent(async {
        world.pass(MINUTE).await;
        world.link.set_cut(true);
        world.pass(HOUR).await;
        world.link.set_cut(false);
        let service = world.exchange.order();
        world.pass(MINUTE).await;
        assert_eq!(world.state(service), Some(Observed::Running));
    }));
    world.assert_no_offence();
}
