//! Measures how the catalogue index grows with the catalogue, and prints a table.
//!
//! ```text
//! cargo run --release -p hansa-bench-index -- [offers …] [document …]
//! cargo run --release -p hansa-bench-index -- edge [nodes] [seconds]
//! ```
//!
//! Without a document's name it searches for all typical ones. The second finds nodes near places, first in peace, then
//! while a hundredth of them changes each second.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod churn;

use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_bench_index::{Typical, market, now, typical};
use hansa_matching::{Geo, Index, Options, Snapshot, find_in};
use hansa_model::money::Money;
use hansa_model::package::ProofStatus;

/// How often each thing is measured.
const ROUNDS: usize = 2_000;
/// How long a search may take: as long as the exchange lets it, and as long as many buyers at once leave it.
const LIMITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_millis(20)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some(("edge", more)) = arguments.split_first().map(|(first, more)| (first.as_str(), more)) {
        return churn::measure(more);
    }
    let known = typical();
    let (mut sizes, mut documents) = (Vec::new(), Vec::new());
    for text in arguments {
        match known.iter().find(|document| document.name == text) {
            Some(document) => documents.push(document.clone()),
            None => sizes.push(text.parse().with_context(|| format!("`{text}` is neither a number nor a document"))?),
        }
    }
    let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000, 1_000_000] } else { sizes };
    let documents = if documents.is_empty() { known } else { documents };
    println!("| offers | build | memory of the index | bitmaps | update p50 | update p99 |");
    println!("|---|---|---|---|---|---|");
    let mut lines = Vec::new();
    for size in sizes {
        lines.extend(measure(size, &documents)?);
    }
    println!(
        "\n| offers | document | components | time limit | packages | proved | p50 | p99 |\n|---|---|---|---|---|---|---|---|"
    );
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

fn measure(size: usize, documents: &[Typical]) -> anyhow::Result<Vec<String>> {
    let market = market(7, size);
    let before = resident()?;
    let start = Instant::now();
    let mut index = Index::of(&market, Geo::embedded());
    let build = start.elapsed();
    let bytes = resident()?.saturating_sub(before);
    let mut updates = Vec::new();
    for round in 0..ROUNDS {
        let mut offer = market.offers[round * 7_919 % market.offers.len()].clone();
        for part in &mut offer.price.components {
            if let hansa_model::price::Price::Fixed { amount, .. } = &mut part.price {
                *amount = Money::from_micros(amount.micros() + 10_000, amount.currency());
            }
        }
        // Somebody is reading, so the chunk has to be copied.
        let reader = index.snapshot();
        let start = Instant::now();
        index.put_offer(&offer)?;
        updates.push(start.elapsed());
        drop(reader);
    }
    updates.sort_unstable();
    let snapshot = index.snapshot();
    println!(
        "| {size} | {:.2} s | {} B/offer | {} B/offer | {} | {} |",
        build.as_secs_f64(),
        bytes / size,
        snapshot.bitmap_bytes() / size,
        micros(quantile(&updates, 50)),
        micros(quantile(&updates, 99)),
    );
    let mut lines = Vec::new();
    for document in documents {
        for limit in LIMITS {
            lines.push(searched(size, &snapshot, document, limit));
        }
    }
    Ok(lines)
}

/// One line on how long a document takes.
fn searched(size: usize, snapshot: &Snapshot<'_>, document: &Typical, limit: Duration) -> String {
    let options = Options { time_limit: limit, ..Options::at(now()) };
    // The first look at a place puts all sites into buckets of their round trips to it.
    let mut outcome = find_in(snapshot, &document.application, &options);
    let mut times = Vec::new();
    let begin = Instant::now();
    while times.len() < ROUNDS && (times.is_empty() || begin.elapsed() < Duration::from_secs(5)) {
        let start = Instant::now();
        outcome = find_in(snapshot, &document.application, &options);
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let proved = outcome.packages.iter().filter(|package| package.proof.status == ProofStatus::Optimal).count();
    format!(
        "| {size} | {} | {} | {} ms | {} | {proved} | {} | {} |",
        document.name,
        document.application.components.len(),
        limit.as_millis(),
        outcome.packages.len(),
        micros(quantile(&times, 50)),
        micros(quantile(&times, 99)),
    )
}

fn quantile(sorted: &[Duration], percent: usize) -> Duration {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn micros(duration: Duration) -> String {
    format!("{} µs", duration.as_micros())
}

/// The memory of this process in bytes.
fn resident() -> anyhow::Result<usize> {
    let status = std::fs::read_to_string("/proc/self/status").context("there is no /proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS in /proc/self/status")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<usize>()? * 1024)
}
