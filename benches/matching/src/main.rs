//! Composition instances on the command line; `run` beside this package puts it all together:
//!
//! ```text
//! matching solve    INSTANCE.json [SECONDS]
//! matching generate core|ext COMPONENTS CANDIDATES SEED
//! matching compare  PYTHON FOLDER OUT.json [SECONDS]
//! matching growth   PYTHON FOLDER OUT.json [SECONDS]
//! matching draw     GROWTH.json
//! ```

#![expect(clippy::print_stdout, reason = "the figures are the output")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use matching::chart::{Chart, Line};
use matching::compare::{self, Row};
use matching::generate::{Shape, generate};
use matching::instance::Instance;
use matching::peers::{Answer, Peers, Solver};
use matching::{answer, report};
use serde::{Deserialize, Serialize};

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["solve", path] => solve(path, "10"),
        ["solve", path, seconds] => solve(path, seconds),
        ["generate", kind, components, candidates, seed] => {
            let document = generate(&shape(kind, components.parse()?, candidates.parse()?)?, seed.parse()?);
            println!("{}", serde_json::to_string(&document)?);
            Ok(())
        }
        ["compare", python, folder, out] => compare(&peers(python, "30")?, Path::new(folder), Path::new(out)),
        ["compare", python, folder, out, seconds] => {
            compare(&peers(python, seconds)?, Path::new(folder), Path::new(out))
        }
        ["growth", python, folder, out] => growth(&peers(python, "20")?, Path::new(folder), Path::new(out)),
        ["growth", python, folder, out, seconds] => growth(&peers(python, seconds)?, Path::new(folder), Path::new(out)),
        ["draw", measured] => draw(Path::new(measured)),
        _ => bail!("name a command and its arguments: solve, generate, compare, growth or draw"),
    }
}

fn seconds(text: &str) -> anyhow::Result<Duration> {
    let number: f64 = text.parse().with_context(|| format!("`{text}` is no number of seconds"))?;
    Duration::try_from_secs_f64(number).with_context(|| format!("`{text}` is no time to wait"))
}

fn peers(python: &str, limit: &str) -> anyhow::Result<Peers> {
    Ok(Peers { python: PathBuf::from(python), limit: seconds(limit)? })
}

fn shape(kind: &str, components: usize, candidates: usize) -> anyhow::Result<Shape> {
    match kind {
        "core" => Ok(Shape::core(components, candidates)),
        "ext" => Ok(Shape::extended(components, candidates)),
        _ => bail!("`{kind}` is no kind of instance: core or ext"),
    }
}

fn solve(path: &str, limit: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{path} can't be read"))?;
    let report = answer::report(&Instance::read(&text)?, seconds(limit)?);
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// Makes an instance into a folder.
fn write_instance(folder: &Path, name: &str, shape: &Shape, seed: u64) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let path = folder.join(format!("{name}.json"));
    std::fs::write(&path, serde_json::to_string(&generate(shape, seed))?)?;
    Ok(path)
}

#[derive(Serialize)]
struct Comparison {
    proven: Vec<Row>,
    random: Vec<Row>,
}

/// Everybody on the instances with proven optima, then on random ones.
fn compare(peers: &Peers, folder: &Path, out: &Path) -> anyhow::Result<()> {
    let known = compare::instances(&Path::new(env!("CARGO_MANIFEST_DIR")).join("instances"))?;
    let proven =
        known.iter().map(|path| compare::row(peers, path, &compare::PEERS)).collect::<anyhow::Result<Vec<_>>>()?;
    println!("{}\n{}", report::table(&proven), report::summary(&proven));
    let mut random = Vec::new();
    for (number, components) in [3, 5, 8, 12, 16, 20, 25, 30, 35, 40].into_iter().enumerate() {
        let seed = number as u64;
        let candidates = 10 + 5 * number;
        let dense = Shape { surplus: 150, ..Shape::core(components, candidates) };
        let extended = Shape::extended(components, candidates);
        let everything = Shape { capacity: true, together: 2, max_providers: Some(4), ..extended };
        for (kind, shape) in
            [("core", Shape::core(components, candidates)), ("ext", extended), ("dense", dense), ("all", everything)]
        {
            let path = write_instance(folder, &format!("{kind}_r{components:02}"), &shape, seed)?;
            // SkyPilot's program takes minutes from a dozen components on.
            let named = if components > 8 { &compare::PEERS[..2] } else { &compare::PEERS };
            random.push(compare::row(peers, &path, named)?);
        }
    }
    println!("{}\n{}", report::table(&random), report::summary(&random));
    std::fs::write(out, serde_json::to_string_pretty(&Comparison { proven, random })?)?;
    Ok(())
}

/// What a solver took at one size.
#[derive(Debug, Deserialize, Serialize)]
struct Point {
    kind: String,
    axis: String,
    size: usize,
    solver: Solver,
    answer: Answer,
}

/// Along what instances grow, and how large they are.
const AXES: [(&str, &[usize]); 2] =
    [("components", &[3, 5, 10, 20, 30, 50, 75, 100]), ("candidates", &[10, 20, 50, 100, 200, 500, 1_000])];
const KINDS: [&str; 2] = ["core", "ext"];
const SOLVERS: [Solver; 4] = [Solver::Hansa, Solver::CpSat, Solver::Highs, Solver::Sky];

/// How solving grows with components and with candidates, as pictures.
fn growth(peers: &Peers, folder: &Path, out: &Path) -> anyhow::Result<()> {
    let mut points = Vec::new();
    for kind in KINDS {
        for (axis, sizes) in AXES {
            for solver in SOLVERS {
                for size in sizes.iter().copied() {
                    let shape = if axis == "components" { shape(kind, size, 40)? } else { shape(kind, 10, size)? };
                    let path = write_instance(folder, &format!("growth_{kind}_{axis}_{size}"), &shape, 1)?;
                    let runs = if solver == Solver::Hansa { 5 } else { 1 };
                    let answer = peers.median(solver, &path, runs)?;
                    println!("{kind} {size} {axis} {solver}: {} after {:.6} s", answer.status, answer.seconds);
                    let proven = answer.is_proven();
                    points.push(Point { kind: kind.to_owned(), axis: axis.to_owned(), size, solver, answer });
                    if !proven {
                        // What is larger would only take longer.
                        break;
                    }
                }
            }
        }
    }
    std::fs::write(out, serde_json::to_string_pretty(&points)?)?;
    draw(out)
}

/// The pictures of what was measured before.
#[expect(clippy::cast_precision_loss, reason = "sizes are small")]
fn draw(measured: &Path) -> anyhow::Result<()> {
    let points: Vec<Point> = serde_json::from_str(&std::fs::read_to_string(measured)?)?;
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/img");
    for kind in KINDS {
        for (axis, _) in AXES {
            let line = |solver: Solver| {
                let own = points.iter().filter(|point| point.kind == kind && point.axis == axis);
                let proven = own.filter(|point| point.solver == solver && point.answer.is_proven());
                let points = proven.map(|point| (point.size as f64, point.answer.seconds)).collect();
                Line { name: solver.to_string(), points }
            };
            let lines = SOLVERS.into_iter().map(line).filter(|line| !line.points.is_empty()).collect();
            let fixed = if axis == "components" { "40 candidates each" } else { "10 components" };
            let conditions = if kind == "core" { "price and traffic" } else { "with latency, budget, providers" };
            let chart = Chart {
                title: format!("Proof of the optimum, {fixed}, {conditions}"),
                x: axis.to_owned(),
                y: "time to the proof".to_owned(),
                lines,
            };
            std::fs::write(pictures.join(format!("matching-{kind}-{axis}.svg")), chart.svg())?;
        }
    }
    Ok(())
}
