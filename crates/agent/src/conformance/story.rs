//! The life of a resource, cut short at each call and completed as an agent does it.

use hansa_model::agent::Action;

use super::bench::Bench;
use super::{Cut, Harness, Violation, cut, ensure};
use crate::driver::{DriverError, Instance, Power};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    Create,
    Resize,
    Stop,
    Start,
    Terminate,
}

/// The calls of the story that the driver can do; each is one generation.
async fn story_of(bench: &Bench<'_, impl Harness>) -> Result<Vec<Call>, Violation> {
    let mut story = vec![Call::Create];
    for (action, call) in [(Action::Resize, Call::Resize), (Action::Stop, Call::Stop), (Action::Start, Call::Start)] {
        if bench.can(action).await? {
            story.push(call);
        }
    }
    story.push(Call::Terminate);
    Ok(story)
}

pub(super) async fn crash_at_each_call(harness: &impl Harness) -> Result<(), Violation> {
    let story = story_of(&Bench::new(harness).await).await?;
    for place in 0..story.len() {
        for (number, polls) in harness.cuts().into_iter().enumerate() {
            let cut = Cut { polls, answered: number % 2 == 1 };
            let explain = |violation: Violation| {
                Violation(format!("{:?} was cut short ({cut:?}), and then {violation}", story[place]))
            };
            if !tell(harness, &story, place, cut).await.map_err(explain)? {
                break;
            }
        }
    }
    Ok(())
}

/// Tells the story with the call at `place` cut short. Whether the call was really cut.
async fn tell(harness: &impl Harness, story: &[Call], place: usize, at: Cut) -> Result<bool, Violation> {
    let mut bench = Bench::new(harness).await;
    let mut was_cut = false;
    let mut generation = 0;
    for (index, call) in story.iter().enumerate() {
        generation += 1;
        if index == place {
            was_cut = cut(at, make(&bench, *call, generation)).await.is_none();
            bench.restart().await;
            complete(&bench, *call, generation).await?;
        } else {
            make(&bench, *call, generation).await?;
        }
        let expected = usize::from(*call != Call::Terminate);
        bench.holds(expected).await?;
        let found = bench.find().await?;
        ensure!(found.is_some() == (expected == 1), "after {call:?} the driver finds {found:?}");
        if let Some(found) = found {
            ensure!(found.tag == bench.tag(generation), "after {call:?} it carries {:?}", found.tag);
            let stopped = found.power == Power::Stopped;
            ensure!(stopped == (*call == Call::Stop), "after {call:?} it is {:?}", found.power);
        }
    }
    let listed = bench.driver.inventory().await?;
    ensure!(listed.is_empty(), "at the end the inventory still lists {listed:?}");
    Ok(was_cut)
}

async fn make(bench: &Bench<'_, impl Harness>, call: Call, generation: u64) -> Result<Option<Instance>, DriverError> {
    let tag = bench.tag(generation);
    match call {
        Call::Create => bench.driver.create(&bench.small(generation)).await.map(Some),
        Call::Resize => bench.driver.resize(&bench.large(generation)).await.map(Some),
        Call::Stop => bench.driver.stop(tag).await.map(Some),
        Call::Start => bench.driver.start(tag).await.map(Some),
        Call::Terminate => bench.driver.terminate(bench.service, false).await.map(|_| None),
    }
}

/// What an agent does after a restart: it looks by tag, and calls again unless all of the intent is applied.
async fn complete(bench: &Bench<'_, impl Harness>, call: Call, generation: u64) -> Result<(), Violation> {
    let found = bench.find().await?;
    let applied = found.as_ref().map_or(0, |instance| instance.tag.generation);
    ensure!(applied <= generation, "it carries generation {applied}, which nobody asked for");
    ensure!(call == Call::Create || call == Call::Terminate || applied > 0, "the resource is lost");
    if applied == generation {
        let stopped = found.is_some_and(|instance| instance.power == Power::Stopped);
        ensure!(stopped == (call == Call::Stop), "its tag was raised before all was done");
    } else {
        make(bench, call, generation).await?;
    }
    Ok(())
}
