//! The cases. Each takes a harness of its own and ends with the first thing that is wrong.

use std::time::Duration;

use hansa_model::agent::Action;
use hansa_model::price::Meter;

use super::bench::Bench;
use super::{Harness, Violation, ensure, story};
use crate::driver::{DriverError, Power, Readings};

/// It names itself, what it delivers and what there is of it.
///
/// # Errors
/// What is missing.
pub async fn describes_itself(harness: &impl Harness) -> Result<(), Violation> {
    let description = harness.driver().await.describe().await?;
    ensure!(!description.driver.is_empty(), "it has no name");
    ensure!(!description.capacity.is_empty(), "it says nothing of its capacity");
    ensure!(description.capacity.values().all(|amount| *amount >= 0), "its capacity is negative");
    ensure!(
        description.actions.contains(&Action::Stop) == description.actions.contains(&Action::Start),
        "who can stop must be able to start"
    );
    let digest = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    ensure!(description.images.values().all(digest), "an image's checksum is not a SHA-256 in hex");
    Ok(())
}

/// What was created runs, carries its tag, can be reached and is listed.
///
/// # Errors
/// What is wrong with it.
pub async fn what_was_created_is_found(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    bench.holds(0).await?;
    let made = bench.driver.create(&bench.small(1)).await?;
    ensure!(made.tag == bench.tag(1), "it carries {:?} instead of {:?}", made.tag, bench.tag(1));
    ensure!(made.power != Power::Stopped, "it was not started");
    let running = bench.running().await?;
    ensure!(running.tag == bench.tag(1), "it carries {:?} instead of {:?}", running.tag, bench.tag(1));
    ensure!(running.connection.is_some(), "it runs, but nobody knows how to reach it");
    bench.holds(1).await?;
    let listed = bench.driver.inventory().await?;
    let own = listed.iter().filter(|held| held.service == Some(bench.service)).count();
    ensure!(own == 1 && listed.len() == 1, "the inventory should list it once, but is {listed:?}");
    Ok(())
}

/// A second creation of the same finds the first.
///
/// # Errors
/// What is wrong.
pub async fn creating_twice_makes_one(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    let first = bench.created().await?;
    harness.write_mark(&first, "first").await;
    let again = bench.driver.create(&bench.small(1)).await?;
    ensure!(again.tag == bench.tag(1), "the second creation changed the tag to {:?}", again.tag);
    bench.holds(1).await?;
    let second = bench.running().await?;
    let mark = harness.read_mark(&second).await;
    ensure!(mark.as_deref() == Some("first"), "the second creation lost the data of the first: {mark:?}");
    ensure!(
        second.connection == first.connection,
        "the second creation changed the connection: {:?} became {:?}",
        first.connection,
        second.connection
    );
    Ok(())
}

/// A driver that never saw the resource finds it and can go on with it.
///
/// # Errors
/// What is wrong.
pub async fn a_fresh_driver_adopts(harness: &impl Harness) -> Result<(), Violation> {
    let mut bench = Bench::new(harness).await;
    let before = bench.created().await?;
    bench.restart().await;
    let after = bench.found().await?;
    ensure!(after == before, "a fresh driver sees {after:?} instead of {before:?}");
    bench.driver.create(&bench.small(1)).await?;
    bench.holds(1).await?;
    bench.restart().await;
    bench.driver.terminate(bench.service, false).await?;
    bench.holds(0).await
}

/// A resize raises the generation, keeps data and connection, and may be repeated.
///
/// # Errors
/// What is wrong.
pub async fn resizes(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    if !bench.can(Action::Resize).await? {
        return Ok(());
    }
    let before = bench.created().await?;
    harness.write_mark(&before, "kept").await;
    for repetition in ["first", "second"] {
        let resized = bench.driver.resize(&bench.large(2)).await?;
        ensure!(resized.tag == bench.tag(2), "the {repetition} resize left it at {:?}", resized.tag);
    }
    let after = bench.running().await?;
    ensure!(after.tag == bench.tag(2), "after the resize it carries {:?}", after.tag);
    ensure!(after.connection == before.connection, "the resize changed how it is reached");
    let mark = harness.read_mark(&after).await;
    ensure!(mark.as_deref() == Some("kept"), "the resize lost its data: {mark:?}");
    bench.holds(1).await
}

/// Stop and start set the generation they are given, keep the data and may be repeated.
///
/// # Errors
/// What is wrong.
pub async fn stop_and_start_keep_data_and_generation(harness: &impl Harness) -> Result<(), Violation> {
    let mut bench = Bench::new(harness).await;
    if !bench.can(Action::Stop).await? {
        return Ok(());
    }
    let before = bench.created().await?;
    harness.write_mark(&before, "kept").await;
    for repetition in ["first", "second"] {
        let stopped = bench.driver.stop(bench.tag(2)).await?;
        ensure!(stopped.power == Power::Stopped, "after the {repetition} stop it is {:?}", stopped.power);
        ensure!(stopped.tag == bench.tag(2), "the {repetition} stop left it at {:?}", stopped.tag);
    }
    bench.restart().await;
    let stopped = bench.found().await?;
    ensure!(stopped.power == Power::Stopped, "a fresh driver sees what was stopped as {:?}", stopped.power);
    ensure!(stopped.tag == bench.tag(2), "a fresh driver sees what was stopped at {:?}", stopped.tag);
    bench.holds(1).await?;
    for repetition in ["first", "second"] {
        let started = bench.driver.start(bench.tag(3)).await?;
        ensure!(started.power != Power::Stopped, "the {repetition} start did not start it");
        ensure!(started.tag == bench.tag(3), "the {repetition} start left it at {:?}", started.tag);
    }
    let after = bench.running().await?;
    ensure!(after.connection == before.connection, "it is reached in another way after it was stopped");
    let mark = harness.read_mark(&after).await;
    ensure!(mark.as_deref() == Some("kept"), "stopping lost its data: {mark:?}");
    bench.holds(1).await
}

/// What was killed behind the driver's back is seen as stopped and can be started at the same generation.
///
/// # Errors
/// What is wrong.
pub async fn what_was_killed_can_be_started_again(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    let before = bench.created().await?;
    if !harness.kill(bench.service).await {
        return Ok(());
    }
    let killed = bench.found().await?;
    ensure!(killed.power == Power::Stopped, "it was killed, but the driver sees it {:?}", killed.power);
    ensure!(killed.tag == bench.tag(1), "being killed changed its tag to {:?}", killed.tag);
    bench.driver.start(bench.tag(1)).await?;
    let after = bench.running().await?;
    ensure!(after == before, "after the restart it is {after:?} instead of {before:?}");
    bench.holds(1).await
}

/// Terminating what is gone succeeds.
///
/// # Errors
/// What is wrong.
pub async fn terminating_twice_succeeds(harness: &impl Harness) -> Result<(), Violation> {
    let mut bench = Bench::new(harness).await;
    bench.created().await?;
    bench.driver.terminate(bench.service, false).await?;
    bench.driver.terminate(bench.service, false).await?;
    bench.restart().await;
    bench.driver.terminate(bench.service, false).await?;
    bench.holds(0).await
}

/// After termination nothing is left of it, and nothing of its neighbour is missing.
///
/// # Errors
/// What is left.
pub async fn terminating_leaves_nothing(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    let neighbour = Bench::new(harness).await;
    let before = neighbour.created().await?;
    bench.created().await?;
    bench.holds(2).await?;
    bench.driver.terminate(bench.service, false).await?;
    ensure!(bench.find().await?.is_none(), "it is still found after its termination");
    ensure!(bench.driver.meter(bench.service).await?.is_none(), "it still has meters after its termination");
    let after = neighbour.found().await?;
    ensure!(after == before, "the termination changed its neighbour: {before:?} became {after:?}");
    bench.holds(1).await?;
    neighbour.driver.terminate(neighbour.service, false).await?;
    bench.holds(0).await?;
    let listed = bench.driver.inventory().await?;
    ensure!(listed.is_empty(), "the inventory still lists {listed:?}");
    Ok(())
}

/// A dump is kept on termination when it is asked for and the driver declares that it can.
///
/// # Errors
/// What is wrong.
pub async fn dumps_when_terminated(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    if !bench.can(Action::Dump).await? {
        return Ok(());
    }
    bench.created().await?;
    let place = bench.driver.terminate(bench.service, true).await?;
    ensure!(place.is_some_and(|place| !place.is_empty()), "nobody knows where the dump is");
    bench.holds(0).await
}

/// Counters never fall within a run.
///
/// # Errors
/// Which one fell.
pub async fn meters_only_rise_within_a_run(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    bench.created().await?;
    let mut earlier: Option<Readings> = None;
    for _ in 0..5 {
        let readings = bench.driver.meter(bench.service).await?;
        let Some(readings) = readings else {
            return Err(Violation("it runs, but has no meters".to_owned()));
        };
        ensure!(readings.gauges.values().all(|value| value.is_finite()), "a gauge is no number: {readings:?}");
        for (meter, total) in &readings.totals {
            ensure!(*total >= 0, "{meter} is {total}");
            let time = matches!(meter, Meter::TimeAllocated | Meter::TimeRunning);
            ensure!(!time, "{meter} is kept by the agent, not by drivers");
        }
        if let Some(earlier) = &earlier {
            ensure!(readings.run == earlier.run, "a new run began by itself");
            for (meter, total) in earlier.totals.iter().filter(|(meter, _)| **meter != Meter::StorageUsed) {
                let now = readings.totals.get(meter);
                ensure!(now.is_some_and(|now| now >= total), "{meter} fell from {total} to {now:?}");
            }
        }
        earlier = Some(readings);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Looking at, metering and terminating what never was succeeds and finds nothing.
///
/// # Errors
/// What is wrong.
pub async fn an_unknown_service_is_no_error(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    ensure!(bench.find().await?.is_none(), "it finds what never was");
    ensure!(bench.driver.meter(bench.service).await?.is_none(), "it meters what never was");
    ensure!(bench.driver.log(bench.service, 10).await?.is_none(), "it reads the log of what never was");
    ensure!(bench.driver.console(bench.service).await.is_err(), "it sits down at the console of what never was");
    ensure!(bench.driver.terminate(bench.service, false).await?.is_none(), "it dumped what never was");
    ensure!(bench.driver.start(bench.tag(1)).await.is_err(), "it started what never was");
    ensure!(bench.driver.stop(bench.tag(1)).await.is_err(), "it stopped what never was");
    ensure!(bench.driver.resize(&bench.small(1)).await.is_err(), "it resized what never was");
    bench.holds(0).await
}

/// What can never be done is refused at once and leaves nothing behind.
///
/// # Errors
/// What is wrong.
pub async fn the_impossible_is_refused(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    let spec = bench.spec(harness.samples().impossible, 1);
    match bench.driver.create(&spec).await {
        Err(DriverError::Refused(reason)) => ensure!(!reason.is_empty(), "it was refused without a reason"),
        other => return Err(Violation(format!("the impossible was not refused, the answer was {other:?}"))),
    }
    bench.driver.terminate(bench.service, false).await?;
    bench.holds(0).await
}

/// What carries no tag is shown to people and never touched.
///
/// # Errors
/// What is wrong.
pub async fn leftovers_are_listed_and_left_alone(harness: &impl Harness) -> Result<(), Violation> {
    let bench = Bench::new(harness).await;
    let leftover = harness.leave_behind().await;
    let before = harness.objects().await;
    ensure!(before.len() == 1, "the harness should have left one object, but there are {before:?}");
    bench.created().await?;
    let listed = bench.driver.inventory().await?;
    let seen = listed.iter().find(|held| held.name == leftover);
    ensure!(seen.is_some_and(|held| held.service.is_none()), "`{leftover}` is missing in {listed:?}");
    ensure!(listed.len() == 2, "the inventory should list two things, but is {listed:?}");
    bench.driver.terminate(bench.service, false).await?;
    let after = harness.objects().await;
    ensure!(after == before, "the leftover was touched: {before:?} became {after:?}");
    Ok(())
}

/// Whichever call is cut short wherever: a fresh driver completes the story with one object, and none at the end.
///
/// # Errors
/// Which call, where it was cut, and what came of it.
pub async fn a_crash_at_each_call_is_made_good(harness: &impl Harness) -> Result<(), Violation> {
    story::crash_at_each_call(harness).await
}
