//! Single stories of services.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_model::agent::Action;
use hansa_model::price::Meter;
use hansa_model::service::{Connection, Desired, Observed};

use crate::exchange::machine;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);

#[test]
fn a_whole_life_is_made_true_told_and_metered_to_the_second() {
    let world = World::new(1);
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.pass(Duration::from_secs(600)).await;
        assert_eq!(world.state(service), Some(Observed::Running));
        world.exchange.change(service, |intent| intent.properties = machine(2));
        world.pass(Duration::from_secs(301)).await;
        world.exchange.wish(service, Desired::Stopped);
        world.pass(Duration::from_secs(600)).await;
        assert_eq!(world.state(service), Some(Observed::Stopped));
        world.exchange.wish(service, Desired::Running);
        world.pass(Duration::from_secs(77)).await;
        world.exchange.wish(service, Desired::Terminated);
        world.pass(MINUTE).await;
        assert_eq!(world.state(service), Some(Observed::Absent));
        assert!(world.backend.objects().is_empty());
        world.account(service, |account| {
            let life = &account.lives[0];
            let lived = i64::try_from(life.end.unwrap().since(life.begin).as_secs()).unwrap();
            assert_eq!(account.total(Meter::TimeAllocated), lived);
            // Ten minutes stopped; each change takes some seconds in which it does not run for sure.
            let stopped = lived - account.total(Meter::TimeRunning);
            assert!((600..610).contains(&stopped), "{stopped}");
            assert!(account.total(Meter::CpuTime) > 0 && account.total(Meter::StorageUsed) > 0);
            let generations: Vec<_> = account.observations.iter().map(|seen| (seen.generation, seen.state)).collect();
            use Observed::{Absent, Pending, Running, Stopped};
            let told = [
                (1, Pending),
                (1, Running),
                (2, Pending),
                (2, Running),
                (3, Pending),
                (3, Stopped),
                (4, Pending),
                (4, Running),
                (5, Pending),
                (5, Absent),
            ];
            let mut distinct = generations.clone();
            distinct.dedup();
            assert_eq!(distinct, told);
        });
        let inventory = world.exchange.books(|books| books.inventory.clone());
        assert_eq!(inventory, Some(Vec::new()), "the inventory after the termination proves that nothing is left");
        assert!(world.exchange.books(|books| books.samples) > 0);
    }));
    assert_eq!(world.calls("resize"), 1, "only a change of properties is a resize");
    world.assert_no_offence();
}

#[test]
fn what_is_killed_or_vanishes_comes_back_and_is_counted() {
    let world = World::new(2);
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.pass(MINUTE).await;
        assert!(world.backend.kill(service));
        world.pass(MINUTE).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            assert_eq!((last.state, last.restarts), (Observed::Running, 1));
            let failure = account.observations.iter().find(|seen| seen.state == Observed::Failed).unwrap();
            assert_eq!(failure.message.as_deref(), Some("it had stopped by itself and is started again"));
            assert!(!failure.refused);
        });
        assert!(world.backend.wipe(service));
        world.log.lock().unwrap().offences.clear();
        world.pass(MINUTE).await;
        let restarts = world.account(service, |account| account.last().unwrap().restarts);
        assert_eq!((world.state(service), restarts), (Some(Observed::Running), 2));
    }));
}

#[test]
fn a_back_end_that_is_away_kills_nothing() {
    for minutes in [10, 180] {
        let world = World::new(3);
        world.run(world.with_agent(async {
            let service = world.exchange.order();
            world.pass(MINUTE).await;
            let runs = world.backend.runs();
            world.backend.set_down(true);
            world.pass(MINUTE * minutes).await;
            assert_eq!(world.state(service), Some(Observed::Failed));
            assert_eq!(world.backend.objects().len(), 1);
            world.backend.set_down(false);
            world.pass(MINUTE).await;
            assert_eq!(world.state(service), Some(Observed::Running));
            assert_eq!(world.backend.runs(), runs, "it was never touched");
            world.pass(MINUTE * 5).await;
            world.account(service, |account| {
                assert_eq!(account.last().unwrap().restarts, 0);
                assert!(account.lives[0].metered_until().plus(MINUTE * 5) > world.now());
            });
        }));
        world.assert_no_offence();
    }
}

#[test]
fn what_is_refused_is_told_once_and_never_tried_again() {
    let world = World::new(4);
    world.driver.lock().unwrap().refusal_rate = 1.0;
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.pass(MINUTE * 30).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            assert_eq!((last.state, last.refused), (Observed::Failed, true));
            assert_eq!(last.message.as_deref(), Some("the simulated back end never makes this one"));
        });
        assert_eq!(world.calls("create"), 1);
        world.exchange.wish(service, Desired::Terminated);
        world.pass(MINUTE).await;
        assert_eq!(world.state(service), Some(Observed::Absent));
    }));
    world.assert_no_offence();
}

#[test]
fn a_refused_resize_leaves_the_service_as_it_was() {
    let world = World::new(5);
    world.driver.lock().unwrap().capacity.insert(hansa_model::kind::Resource::Cpu, 4_000);
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.pass(MINUTE).await;
        world.exchange.change(service, |intent| intent.properties = machine(64));
        world.pass(MINUTE).await;
        let refused = world.account(service, |account| account.last().unwrap().refused);
        assert!(refused);
        world.backend.kill(service);
        world.pass(MINUTE).await;
        assert_eq!(world.calls("start"), 1, "the old one is kept running");
        world.exchange.change(service, |intent| intent.properties = machine(1));
        world.pass(MINUTE * 6).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            assert_eq!((last.state, last.generation, last.refused), (Observed::Running, 3, false));
            assert!(account.intervals > 0);
        });
    }));
    world.assert_no_offence();
}

#[test]
fn a_component_is_given_what_it_is_linked_to() {
    let world = World::new(6);
    let connection = Connection {
        scheme: "postgres".to_owned(),
        host: "127.0.0.1".to_owned(),
        port: 5432,
        user: None,
        password: None,
        database: None,
        ports: BTreeMap::new(),
    };
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.exchange.change(service, |intent| {
            intent.config.run = Some("psql ${archive.url} ${archive.nonsense}".to_owned());
            intent.connections.insert("archive".to_owned(), connection);
        });
        world.pass(MINUTE).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            assert!(last.refused && last.message.as_ref().unwrap().contains("has no `nonsense`"), "{last:?}");
        });
        world.exchange.change(service, |intent| intent.config.run = Some("psql ${archive.url}".to_owned()));
        world.pass(MINUTE).await;
        assert_eq!(world.state(service), Some(Observed::Running));
    }));
    world.assert_no_offence();
}

#[test]
fn services_without_a_driver_are_refused_with_a_reason() {
    let world = World::new(7);
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.exchange.change(service, |intent| intent.site = "grenoble".parse().unwrap());
        world.pass(MINUTE).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            let reason = "this agent has no driver for compute.instance at grenoble";
            assert_eq!((last.refused, last.message.as_deref()), (true, Some(reason)));
        });
    }));
}

#[test]
fn a_driver_that_hangs_is_given_up_and_asked_again() {
    let world = World::new(8);
    world.driver.lock().unwrap().hang_rate = 0.3;
    world.run(world.with_agent(async {
        let services: Vec<_> = (0..4).map(|_| world.exchange.order()).collect();
        world.pass(MINUTE * 60).await;
        for service in services {
            let ran = world.account(service, |account| !account.lives.is_empty());
            assert!(ran, "{service} never ran");
        }
    }));
    world.assert_no_offence();
}

#[test]
fn capabilities_say_what_the_drivers_can_do() {
    let world = World::new(9);
    world.driver.lock().unwrap().actions = vec![Action::Stop, Action::Start];
    world.run(world.with_agent(async {
        world.pass(MINUTE).await;
        let capabilities = world.exchange.books(|books| books.capabilities.clone());
        assert_eq!(capabilities.len(), 1);
        assert_eq!(capabilities[0].actions, [Action::Stop, Action::Start]);
        assert!(capabilities[0].simulated);
        world.backend.set_down(true);
        world.pass(MINUTE).await;
        assert!(world.exchange.books(|books| books.capabilities.is_empty()), "who does not answer can't deliver");
    }));
}

#[test]
fn a_full_disk_stops_new_work_and_nothing_else() {
    let world = World::new(10);
    world.run(world.with_agent(async {
        let before = world.exchange.order();
        world.pass(MINUTE * 6).await;
        world.disk.set_room(Some(0));
        world.exchange.wish(before, Desired::Stopped);
        let after = world.exchange.order();
        world.pass(MINUTE * 30).await;
        assert_eq!(world.backend.objects().len(), 1, "nothing new was made");
        assert_eq!((world.state(after), world.state(before)), (None, Some(Observed::Running)));
        world.account(before, |account| {
            assert!(account.lives[0].metered_until().plus(MINUTE * 6) > world.now(), "it is metered all the same");
        });
        world.disk.set_room(None);
        world.pass(MINUTE * 2).await;
        assert_eq!((world.state(after), world.state(before)), (Some(Observed::Running), Some(Observed::Stopped)));
    }));
    world.assert_no_offence();
}

#[test]
fn an_agent_that_lost_its_journal_adopts_what_is_there() {
    let mut world = World::new(11);
    let service = world.exchange.order();
    world.run(world.run_agent(MINUTE * 7));
    let (runs, reports) = (world.backend.runs(), world.exchange.books(|books| books.reports));
    world.disk = crate::disk::Disk::new(world.timer.clone());
    world.run(world.run_agent(MINUTE));
    assert_eq!((world.backend.objects().len(), world.backend.runs()), (1, runs));
    assert_eq!(world.state(service), Some(Observed::Running));
    assert!(world.exchange.books(|books| books.reports) > reports, "its reports are taken again");
}

#[test]
fn a_stale_termination_is_not_carried_out() {
    let mut world = World::new(12);
    let service = world.exchange.order();
    world.exchange.change(service, |intent| intent.properties = machine(2));
    world.run(world.run_agent(MINUTE));
    assert_eq!(world.state(service), Some(Observed::Running));
    // The journal is lost, and the first that the next agent hears is an intent of long ago.
    world.disk = crate::disk::Disk::new(world.timer.clone());
    let newest = world.exchange.intent(service);
    let mut stale = newest.clone();
    (stale.generation, stale.desired) = (1, Desired::Terminated);
    world.exchange.intend(stale);
    world.run(world.run_agent(MINUTE));
    assert_eq!(world.backend.objects().len(), 1, "it is still there");
    assert_eq!(world.calls("terminate"), 0);
    world.exchange.intend(newest);
    world.run(world.run_agent(MINUTE));
    assert_eq!(world.backend.objects().len(), 1);
}

#[test]
fn a_restart_of_the_agent_is_no_news() {
    let world = World::new(13);
    let service = world.exchange.order();
    world.run(async {
        world.run_agent(MINUTE).await;
        let told = world.account(service, |account| account.observations.len());
        for _ in 0..5 {
            world.run_agent(MINUTE).await;
        }
        assert_eq!(world.account(service, |account| account.observations.len()), told);
        assert_eq!(world.backend.runs(), 1);
    });
    world.assert_no_offence();
}

#[test]
fn a_driver_that_comes_up_late_is_waited_for() {
    let world = World::new(14);
    world.backend.set_down(true);
    world.run(world.with_agent(async {
        let service = world.exchange.order();
        world.pass(MINUTE * 10).await;
        world.account(service, |account| {
            let last = account.last().unwrap();
            assert_eq!((last.refused, last.message.as_deref()), (false, Some("its driver has not come up yet")));
        });
        world.backend.set_down(false);
        world.pass(MINUTE).await;
        assert_eq!(world.state(service), Some(Observed::Running));
    }));
    world.assert_no_offence();
}
