//! Many open consoles: each holds a stream of events and reads a list again when an event concerns it, as the web
//! console does. Everybody looks as the same provider, so each event concerns all of them.

use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::StreamExt as _;
use hansa_model::page::Page;
use hansa_model::site::{NewSite, Site};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::process::{cpu, resident};
use crate::quantiles::Quantiles;
use crate::world::World;

/// How long one event has, from its making to the last screen.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing happens, for what open consoles cost by themselves.
const REST: Duration = Duration::from_secs(10);
/// The pause between two events.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) async fn measure(engine: &str, count: usize, turns: usize) -> anyhow::Result<()> {
    let world = World::start(engine).await?;
    let pid = std::process::id();
    let before = resident(pid)?;
    let stop = CancellationToken::new();
    let (tell, mut told) = mpsc::unbounded_channel();
    let begun = Instant::now();
    let newest = world.provider.past_events(&[("kind", "site.")]).await?.last().map(|event| event.sequence);
    for _ in 0..count {
        let (client, tell, stop) = (world.provider.clone(), tell.clone(), stop.clone());
        tokio::spawn(async move {
            let mut events = pin!(client.events(newest, [("kind", "site.")]));
            while let Some(Ok(_)) = tokio::select! { event = events.next() => event, () = stop.cancelled() => None } {
                let heard = Instant::now();
                let listed: Result<Page<Site>, _> = client.get_by("/v1/sites", &[("limit", "10")]).await;
                _ = tell.send(listed.map(|_| (heard, Instant::now())));
            }
        });
    }
    // The first event finds everybody who listens, and is not measured.
    turn(&world, "warm-0", count, &mut told).await?;
    let opened = begun.elapsed();
    let memory = resident(pid)?;
    let used = cpu(pid)?;
    tokio::time::sleep(REST).await;
    let idle = (cpu(pid)? - used).as_secs_f64() / REST.as_secs_f64() * 100.0;
    let (mut heard, mut shown) = (Vec::new(), Vec::new());
    for number in 0..turns {
        for (at_stream, on_screen) in turn(&world, &format!("made-{number}"), count, &mut told).await? {
            heard.push(at_stream);
            shown.push(on_screen);
        }
        tokio::time::sleep(PAUSE).await;
    }
    println!("{engine}: {count} open consoles that all see each event; exchange and consoles in one process");
    println!("  opened in         {:.1} s", opened.as_secs_f64());
    println!("  memory            {before:.0} MiB before, {memory:.0} MiB after (consoles' side included)");
    println!("  processor at rest {idle:.0} % of one core (consoles' side included)");
    println!("  event heard       {} of {} events", Quantiles::new(heard.clone()), heard.len());
    println!("  list read again   {} of {} events", Quantiles::new(shown.clone()), shown.len());
    stop.cancel();
    world.stop().await;
    Ok(())
}

type Told = mpsc::UnboundedReceiver<Result<(Instant, Instant), hansa_client::ClientError>>;

/// Makes something, and waits until every console has shown it: how long each took to hear of it and to show it.
async fn turn(world: &World, name: &str, count: usize, told: &mut Told) -> anyhow::Result<Vec<(Duration, Duration)>> {
    let site: NewSite = serde_json::from_value(json!({
        "name": name, "country": "NL", "city": "Utrecht", "coordinates": {"latitude": 52.09, "longitude": 5.12},
    }))?;
    let made = Instant::now();
    let _: Site = world.provider.post("/v1/sites", &site).await?;
    let mut times = Vec::with_capacity(count);
    while times.len() < count {
        let next = tokio::time::timeout(PATIENCE, told.recv()).await;
        let next = next.with_context(|| format!("{} of {count} consoles showed it in time", times.len()))?;
        let (heard, shown) = next.context("the consoles are gone")??;
        times.push((heard - made, shown - made));
    }
    Ok(times)
}
