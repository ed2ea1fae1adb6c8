//! The edge under way: nodes come, go and fill up at a steady pace while others are found.

use std::sync::RwLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_bench_index::{Edge, near_places, now};
use hansa_matching::{Geo, Index, Options, Snapshot, find_in};

use crate::{micros, quantile};

const NODES: usize = 50_000;
const SECONDS: u64 = 10;
/// How many search at the same time.
const READERS: usize = 2;
/// The share of nodes that changes each second.
const CHURN: usize = 100;
/// How often what changed is published.
const PUBLISHED: Duration = Duration::from_millis(20);
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// What came of searching for a while.
#[derive(Default)]
struct Searched {
    times: Vec<Duration>,
    found: usize,
}

/// What came of changing nodes for a while.
#[derive(Default)]
struct Churned {
    times: Vec<Duration>,
}

/// Prints a table: how long documents take in peace, and while nodes change.
pub(crate) fn measure(arguments: &[String]) -> anyhow::Result<()> {
    let number = |at: usize, default: u64| match arguments.get(at) {
        Some(text) => text.parse::<u64>().with_context(|| format!("`{text}` is no number")),
        None => Ok(default),
    };
    let nodes = usize::try_from(number(0, NODES as u64)?)?;
    let time = Duration::from_secs(number(1, SECONDS)?);
    let mut edge = Edge::new(11, nodes);
    let start = Instant::now();
    let mut index = Index::of(&edge.catalogue, Geo::embedded());
    println!("{nodes} nodes, indexed in {:.2} s\n", start.elapsed().as_secs_f64());
    println!("| | document | searches/s | found | p50 | p99 |\n|---|---|---|---|---|---|");
    for churns in [false, true] {
        for document in near_places() {
            let shown = RwLock::new(index.snapshot());
            let done = AtomicBool::new(false);
            let (searched, churned) = std::thread::scope(|scope| {
                let search = || {
                    let mut searched = Searched::default();
                    while !done.load(Ordering::Relaxed) {
                        let market =
                            shown.read().map(|shown| shown.clone()).unwrap_or_else(|shown| shown.into_inner().clone());
                        let start = Instant::now();
                        let options = Options { time_limit: TIME_LIMIT, orderable_only: true, ..Options::at(now()) };
                        let outcome = find_in(&market, &document.application, &options);
                        searched.times.push(start.elapsed());
                        searched.found += usize::from(!outcome.packages.is_empty());
                    }
                    searched
                };
                let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(search)).collect();
                let churned =
                    keep_changing(&mut edge, &mut index, if churns { nodes / CHURN } else { 0 }, time, &shown);
                done.store(true, Ordering::Relaxed);
                let mut all = Searched::default();
                for searched in readers.into_iter().flat_map(std::thread::ScopedJoinHandle::join) {
                    all.times.extend(searched.times);
                    all.found += searched.found;
                }
                (all, churned)
            });
            line(document.name, churns, searched, &churned, time);
        }
    }
    Ok(())
}

/// Changes so many nodes a second, and publishes what became of them, until the time is over.
fn keep_changing(
    edge: &mut Edge,
    index: &mut Index<'static>,
    rate: usize,
    time: Duration,
    shown: &RwLock<Snapshot<'static>>,
) -> Churned {
    let begin = Instant::now();
    let (mut churned, mut changed) = (Churned::default(), 0);
    while begin.elapsed() < time {
        let due = usize::try_from(begin.elapsed().as_millis()).unwrap_or_default() * rate / 1_000;
        while changed < due {
            let start = Instant::now();
            // The index is that of this catalogue, so nothing is missing in it.
            if edge.churn(index).is_ok() {
                churned.times.push(start.elapsed());
            }
            changed += 1;
        }
        let next = index.snapshot();
        if let Ok(mut shown) = shown.write() {
            *shown = next;
        }
        std::thread::park_timeout(PUBLISHED);
    }
    churned
}

fn line(name: &str, churns: bool, mut searched: Searched, churned: &Churned, time: Duration) {
    searched.times.sort_unstable();
    let (count, found) = (searched.times.len(), searched.found * 100 / searched.times.len().max(1));
    println!(
        "| {} | {name} | {:.0} | {found} % | {} | {} |",
        if churns { "1 %/s change" } else { "in peace" },
        count as f64 / time.as_secs_f64(),
        micros(quantile(&searched.times, 50)),
        micros(quantile(&searched.times, 99)),
    );
    if !churned.times.is_empty() {
        let mut times = churned.times.clone();
        times.sort_unstable();
        println!(
            "| | {} changes | {:.0}/s | | {} | {} |",
            times.len(),
            times.len() as f64 / time.as_secs_f64(),
            micros(quantile(&times, 50)),
            micros(quantile(&times, 99)),
        );
    }
}
