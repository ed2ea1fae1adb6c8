//! Measures what `docs/performance.md` reports. Each measure is a command:
//!
//! ```text
//! cargo run --release -p hansa-benches -- orders    [sqlite|postgresql] [orders] [concurrency]
//! cargo run --release -p hansa-benches -- agents    [sqlite|postgresql] [agents] [seconds]
//! cargo run --release -p hansa-benches -- consoles  [sqlite|postgresql] [consoles] [events]
//! cargo run --release -p hansa-benches -- match     [sqlite|postgresql] [offers] [concurrency] [seconds]
//! cargo run --release -p hansa-benches -- lists     [sqlite|postgresql] [services]
//! cargo run --release -p hansa-benches -- footprint PATH_OF_HANSA
//! ```
//!
//! Load and exchange share one machine; the figures say so. Every answer is checked: a measure of failures is none.

#![expect(clippy::print_stdout, reason = "the figures are the output")]

mod agents;
mod consoles;
mod footprint;
mod lists;
mod matches;
mod orders;
mod process;
mod quantiles;
mod world;

use anyhow::{Context as _, bail};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let text = |index: usize, usual: &str| args.get(index).cloned().unwrap_or_else(|| usual.to_owned());
    let number = |index: usize, usual: usize| -> anyhow::Result<usize> {
        args.get(index).map_or(Ok(usual), |text| text.parse().with_context(|| format!("`{text}` is not a number")))
    };
    match args.first().map(String::as_str) {
        Some("orders") => orders::measure(&text(1, "sqlite"), number(2, 1_000)?, number(3, 32)?).await,
        Some("agents") => agents::measure(&text(1, "sqlite"), number(2, 1_000)?, number(3, 30)?).await,
        Some("consoles") => consoles::measure(&text(1, "sqlite"), number(2, 1_000)?, number(3, 10)?).await,
        Some("match") => {
            let seconds = u64::try_from(number(4, 10)?)?;
            matches::measure(&text(1, "sqlite"), number(2, 100_000)?, number(3, 16)?, seconds).await
        }
        Some("lists") => lists::measure(&text(1, "sqlite"), number(2, 100_000)?).await,
        Some("footprint") => footprint::measure(&text(1, "target/release/hansa")).await,
        _ => bail!("name a measure: orders, agents, consoles, match, lists or footprint"),
    }
}
