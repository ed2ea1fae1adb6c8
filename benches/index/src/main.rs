//! Measures how the catalogue index grows with the catalogue, and prints a table.
//!
//! ```text
//! cargo run --release -p hansa-bench-index -- [offers …] [document …] [--pictures DIRECTORY]
//! cargo run --release -p hansa-bench-index -- edge [nodes] [seconds]
//! cargo run --release -p hansa-bench-index -- known [offers]
//! ```
//!
//! Without a document's name it searches for all typical ones. With a directory it draws the growth there. The second
//! finds nodes near places, first in peace, then while a hundredth of them changes each second. The third changes what
//! is known of many offers at once.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod churn;
mod known;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hansa_bench_index::{Typical, market, now, typical};
use hansa_matching::{Geo, Index, Options, Snapshot, find_in};
use hansa_model::money::Money;
use hansa_model::package::ProofStatus;
use matching::chart::{Chart, Line};

/// How often each thing is measured.
const ROUNDS: usize = 2_000;
/// How long a search may take: as long as the exchange lets it, and as long as many buyers at once leave it.
const LIMITS: [Duration; 2] = [Duration::from_secs(2), Duration::from_millis(20)];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first().map(|(first, more)| (first.as_str(), more)) {
        Some(("edge", more)) => return churn::measure(more),
        Some(("known", more)) => return known::measure(more),
        _ => {}
    }
    let known = typical();
    let (mut sizes, mut documents) = (Vec::new(), Vec::new());
    let mut pictures = None;
    let mut arguments = arguments.into_iter();
    while let Some(text) = arguments.next() {
        if text == "--pictures" {
            pictures = Some(arguments.next().context("name the directory for pictures")?);
            continue;
        }
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
    let mut growth = Growth::default();
    for size in sizes {
        lines.extend(measure(size, &documents, &mut growth)?);
    }
    println!(
        "\n| offers | document | components | time limit | packages | proved | p50 | p99 |\n|---|---|---|---|---|---|---|---|"
    );
    lines.iter().for_each(|line| println!("{line}"));
    if let Some(directory) = pictures {
        growth.draw(directory.as_ref())?;
    }
    Ok(())
}

/// Times by the number of offers, in seconds, for pictures.
#[derive(Debug, Default)]
struct Growth {
    updates: BTreeMap<&'static str, Vec<(f64, f64)>>,
    searches: BTreeMap<&'static str, Vec<(f64, f64)>>,
}

impl Growth {
    fn draw(self, directory: &Path) -> anyhow::Result<()> {
        let charts = [
            ("index-updates.svg", "Changing one offer", self.updates),
            ("index-searches.svg", "Searching with explanation, median, at most 2 s", self.searches),
        ];
        for (file, title, lines) in charts {
            let lines = lines.into_iter().map(|(name, points)| Line { name: name.to_owned(), points }).collect();
            let chart = Chart { title: title.to_owned(), x: "offers".to_owned(), y: "time".to_owned(), lines };
            let path = directory.join(file);
            std::fs::write(&path, chart.svg()).with_context(|| format!("`{}` can't be written", path.display()))?;
        }
        Ok(())
    }
}

fn measure(size: usize, documents: &[Typical], growth: &mut Growth) -> anyhow::Result<Vec<String>> {
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
    for (name, percent) in [("p50", 50), ("p99", 99)] {
        growth.updates.entry(name).or_default().push((count(size), quantile(&updates, percent).as_secs_f64()));
    }
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
            let (line, median) = searched(size, &snapshot, document, limit);
            if limit == LIMITS[0] {
                growth.searches.entry(document.name).or_default().push((count(size), median.as_secs_f64()));
            }
            lines.push(line);
        }
    }
    Ok(lines)
}

#[expect(clippy::cast_precision_loss, reason = "for a picture")]
const fn count(size: usize) -> f64 {
    size as f64
}

/// One line on how long a document takes, and the median.
fn searched(size: usize, snapshot: &Snapshot<'_>, document: &Typical, limit: Duration) -> (String, Duration) {
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
    let line = format!(
        "| {size} | {} | {} | {} ms | {} | {proved} | {} | {} |",
        document.name,
        document.application.components.len(),
        limit.as_millis(),
        outcome.packages.len(),
        micros(quantile(&times, 50)),
        micros(quantile(&times, 99)),
    );
    (line, quantile(&times, 50))
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
