//! All solvers on the same instances: equal results asserted, times side by side.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde::Serialize;

use crate::peers::{Answer, Peers, Solver};

/// How often each instance is solved by Hansa; the median counts. A peer runs once: it takes that long.
const RUNS: usize = 5;

/// The peers, in the order of columns.
pub const PEERS: [Solver; 3] = [Solver::CpSat, Solver::Highs, Solver::Sky];

/// What all solvers made of an instance.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// The instance's name.
    pub instance: String,
    /// Hansa's answer.
    pub hansa: Answer,
    /// The peers' answers, those that could be asked.
    pub peers: Vec<(Solver, Answer)>,
}

impl Row {
    /// How many times as long a peer takes; at least that when it did not end in time.
    #[must_use]
    pub fn ratio(&self, peer: Solver) -> Option<f64> {
        let (_, answer) = self.peers.iter().find(|(solver, _)| *solver == peer)?;
        Some(answer.seconds / self.hansa.seconds.max(1e-9))
    }
}

/// Solves an instance with everybody named.
///
/// # Errors
/// When a solver fails, two that are certain disagree by more than a tenth of a cent, or somebody finds something
/// cheaper than what is certain.
pub fn row(peers: &Peers, path: &Path, named: &[Solver]) -> anyhow::Result<Row> {
    let instance = path.file_stem().context("an instance is a file")?.to_string_lossy().into_owned();
    let hansa = peers.median(Solver::Hansa, path, RUNS)?;
    let mut answers = Vec::new();
    for peer in named.iter().copied() {
        let answer = peers.solve(peer, path)?;
        ensure!(
            agree(&hansa, &answer),
            "{instance}: Hansa says {} {:?}, {peer} says {} {:?}",
            hansa.status,
            hansa.objective,
            answer.status,
            answer.objective
        );
        if answer.status != "unsupported" {
            answers.push((peer, answer));
        }
    }
    Ok(Row { instance, hansa, peers: answers })
}

/// Whether two answers can both be true.
fn agree(one: &Answer, other: &Answer) -> bool {
    // What is certain is a bound on whatever else was found; without an objective nothing fits.
    let undercuts = |proven: &Answer, found: &Answer| match (proven.objective, found.objective) {
        (Some(least), Some(cost)) => cost < least - 0.001_f64.max(least * 1e-7),
        (None, Some(_)) => true,
        (_, None) => proven.objective.is_some() && found.is_proven(),
    };
    !(one.is_proven() && undercuts(one, other) || other.is_proven() && undercuts(other, one))
}

/// The instances in a folder, by name.
///
/// # Errors
/// When the folder can't be read.
pub fn instances(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    Ok(paths)
}

/// The median, least and greatest ratio of a peer.
#[must_use]
pub fn ratios(rows: &[Row], peer: Solver) -> Option<[f64; 3]> {
    let mut ratios: Vec<f64> = rows.iter().filter_map(|row| row.ratio(peer)).collect();
    ratios.sort_by(f64::total_cmp);
    Some([*ratios.get(ratios.len() / 2)?, *ratios.first()?, *ratios.last()?])
}
