//! Solves one instance and prints the answer as JSON:
//! `cargo run --release -p matching --example solve -- INSTANCE.json [SECONDS]`.
#![expect(clippy::print_stdout, reason = "standard output is where an example answers")]

use std::time::Duration;

use anyhow::Context as _;
use matching::answer::report;
use matching::instance::Instance;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("give the path of an instance")?;
    let limit = arguments.next().map(|text| text.parse().context("SECONDS is a number")).transpose()?.unwrap_or(10.0);
    let limit = Duration::try_from_secs_f64(limit).context("SECONDS is not negative and not endless")?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} can't be read"))?;
    let instance = Instance::read(&text)?;
    println!("{}", serde_json::to_string(&report(&instance, limit))?);
    Ok(())
}
