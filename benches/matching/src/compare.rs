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

/// Solves an instance with everybody.
///
/// # Errors
/// When a solver fails, Hansa proves nothing, or two that are certain disagree by more than a tenth of a cent.
pub fn row(peers: &Peers, path: &Path) -> anyhow::Result<Row> {
    let instance = path.file_stem().context("an instance is a file")?.to_string_lossy().into_owned();
    let hansa = peers.median(Solver::Hansa, path, RUNS)?;
    ensure!(hansa.is_proven(), "{instance}: Hansa ends {} after {} s", hansa.status, hansa.seconds);
    let mut answers = Vec::new();
    for peer in PEERS {
        let answer = peers.solve(peer, path)?;
        if answer.is_proven() {
            let agree = match (hansa.objective, answer.objective) {
                (Some(own), Some(other)) => (own - other).abs() < 0.001_f64.max(own * 1e-7),
                (None, None) => true,
                _ => false,
            };
            ensure!(agree, "{instance}: Hansa says {:?}, {peer} says {:?}", hansa.objective, answer.objective);
        }
        if answer.status != "unsupported" {
            answers.push((peer, answer));
        }
    }
    Ok(Row { instance, hansa, peers: answers })
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
