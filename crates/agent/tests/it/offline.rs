//! Long silence between agent and exchange: nothing is touched, nothing is lost.

use std::time::Duration;

use hansa_model::price::Meter;
use hansa_model::service::{Desired, Observed};
use hansa_model::time::{Clock, Timestamp};

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

/// This machine's own clock is wrong, and the agent is started again while the exchange is away.
fn with_a_clock_that_is_wrong_by(seconds: i64) {
    let mut world = World::new(22);
    let clock = Clock::manual(Timestamp::from_micros(world.now().micros() + seconds * 1_000_000));
    world.options.clock = clock.clone();
    let service = world.exchange.order();
    world.run(async {
        for is_cut in [false, true, true, false] {
            world.link.set_cut(is_cut);
            world
                .with_agent(async {
                    for _ in 0..60 {
                        world.pass(MINUTE).await;
                        clock.advance(MINUTE);
                    }
                })
                .await;
        }
    });
    world.account(service, |account| {
        let life = &account.lives[0];
        let until = life.metered_until();
        assert_eq!(account.total(Meter::TimeAllocated), i64::try_from(until.since(life.begin).as_secs()).unwrap());
        assert!(until <= world.now(), "metered ahead of time");
        assert!(world.now().since(until) < MINUTE * 10, "{:?} were not metered", world.now().since(until));
        assert_eq!(account.lives.len(), 1);
    });
    world.assert_no_offence();
}

#[test]
fn an_agent_whose_clock_is_ahead_goes_by_the_exchange() {
    with_a_clock_that_is_wrong_by(600);
}

#[test]
fn an_agent_whose_clock_is_behind_goes_by_the_exchange() {
    with_a_clock_that_is_wrong_by(-600);
}
