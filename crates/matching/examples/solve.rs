//! Solves one composition instance (see `tests/data/SOURCE.md` for the format) and prints the answer as JSON:
//! `cargo run --release --example solve -- INSTANCE.json [SECONDS]`.
#![allow(clippy::print_stdout, reason = "standard output is where an example answers")]

use std::time::{Duration, Instant};

#[path = "../tests/it/instance.rs"]
mod instance;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give the path of an instance")?;
    let limit: f64 = arguments.next().map(|text| text.parse()).transpose()?.unwrap_or(10.0);
    let problem = instance::read(&std::fs::read_to_string(path)?)?;
    let start = Instant::now();
    let answer = problem.solve(start + Duration::from_secs_f64(limit));
    let seconds = start.elapsed().as_secs_f64();
    let status = match (&answer.best, answer.complete) {
        (Some(_), true) => "optimal",
        (Some(_), false) => "feasible",
        (None, true) => "infeasible",
        (None, false) => "unknown",
    };
    println!(
        "{}",
        serde_json::json!({
            "status": status,
            "objective": answer.best.as_ref().map(|(cost, _)| instance::euros(*cost)),
            "bound": answer.best.as_ref().map(|_| instance::euros(answer.lower)),
            "seconds": seconds,
            "nodes": answer.nodes,
            "choice": answer.best.map(|(_, choice)| choice),
        })
    );
    Ok(())
}
