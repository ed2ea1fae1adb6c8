//! Many agents that are connected and report, each over sockets of its own.

use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use hansa_model::agent::Report;

use crate::process::{cpu, resident};
use crate::quantiles::Quantiles;
use crate::world::{World, capabilities, report};

const HEARTBEAT: Duration = Duration::from_secs(10);

pub(crate) async fn measure(engine: &str, count: usize, seconds: usize) -> anyhow::Result<()> {
    let world = World::start(engine).await?;
    let pid = std::process::id();
    let before = resident(pid)?;
    let begun = Instant::now();
    let agents: Vec<_> = stream::iter(0..count)
        .map(|number| {
            let world = &world;
            async move { world.enrol(&format!("agent-{number}")).await }
        })
        .buffer_unordered(16)
        .try_collect()
        .await?;
    let enrolled = begun.elapsed();
    let until = Instant::now() + Duration::from_secs(u64::try_from(seconds)?);
    let used = cpu(pid)?;
    let begun = Instant::now();
    let capabilities = capabilities()?;
    let tasks: Vec<_> = agents
        .into_iter()
        .enumerate()
        .map(|(index, agent)| {
            let first = Report { capabilities: Some(capabilities.clone()), ..report(1) };
            tokio::spawn(async move {
                // Heartbeats are spread over the interval, as those of real agents are.
                tokio::time::sleep(HEARTBEAT.mul_f64(f64::from(u32::try_from(index % 1000)?) / 1000.0)).await;
                let mut times = Vec::new();
                let mut told = first;
                while Instant::now() < until {
                    let at = Instant::now();
                    agent.report(&told).await?;
                    times.push(at.elapsed());
                    told = report(told.number + 1);
                    agent.assignments(0, HEARTBEAT).await?;
                }
                anyhow::Ok(times)
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await??);
    }
    let elapsed = begun.elapsed();
    let share = (cpu(pid)? - used).as_secs_f64() / elapsed.as_secs_f64() * 100.0;
    println!(
        "{engine}: {count} agents, a report each every {} s, exchange and agents in one process",
        HEARTBEAT.as_secs()
    );
    println!("  enrolled in       {:.1} s", enrolled.as_secs_f64());
    println!("  memory            {before:.0} MiB before, {:.0} MiB after (agents' side included)", resident(pid)?);
    println!("  processor         {share:.0} % of one core (agents' side included)");
    println!("  report            {} of {} reports", Quantiles::new(times.clone()), times.len());
    world.stop().await;
    Ok(())
}
