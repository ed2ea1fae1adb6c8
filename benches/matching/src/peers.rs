//! Running solvers, each in a process of its own with a wall limit.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

/// How much longer than its own limit a process may run, for starting and reading.
const GRACE: Duration = Duration::from_secs(20);

/// Somebody who solves instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Solver {
    /// The search of this repository.
    Hansa,
    /// OR-tools CP-SAT.
    CpSat,
    /// HiGHS.
    Highs,
    /// The integer program of SkyPilot's optimizer.
    Sky,
}

impl Solver {
    /// The name of its script.
    const fn script(self) -> Option<&'static str> {
        match self {
            Self::Hansa => None,
            Self::CpSat => Some("cpsat.py"),
            Self::Highs => Some("highs.py"),
            Self::Sky => Some("sky.py"),
        }
    }
}

impl fmt::Display for Solver {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Hansa => "Hansa",
            Self::CpSat => "CP-SAT",
            Self::Highs => "HiGHS",
            Self::Sky => "SkyPilot",
        })
    }
}

/// What a solver answered.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
pub struct Answer {
    /// `optimal`, `feasible`, `infeasible`, `unknown`, `unsupported`, or `stopped` when the wall limit ended it.
    pub status: String,
    /// What the choice costs a month.
    pub objective: Option<f64>,
    /// The wall time of solving, without reading the instance and building the model.
    pub seconds: f64,
    /// How many partial choices were looked at, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<u64>,
}

impl Answer {
    /// Whether it is certain.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        ["optimal", "infeasible"].contains(&self.status.as_str())
    }
}

/// Where solvers are found.
#[derive(Debug, Clone)]
pub struct Peers {
    /// A Python that has the peers' packages.
    pub python: PathBuf,
    /// The limit of each run.
    pub limit: Duration,
}

impl Peers {
    /// Lets a solver solve the instance in a file.
    ///
    /// # Errors
    /// When its process can't be started, fails, or answers with something else.
    pub fn solve(&self, solver: Solver, instance: &Path) -> anyhow::Result<Answer> {
        let mut command = match solver.script() {
            Some(script) => {
                let mut command = Command::new(&self.python);
                command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(script));
                command
            }
            None => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("solve");
                command
            }
        };
        command.arg(instance).arg(self.limit.as_secs_f64().to_string());
        let text = run(command, self.limit + GRACE).with_context(|| format!("{solver} on {}", instance.display()))?;
        match text {
            Some(text) => {
                let line = text.lines().last().unwrap_or_default();
                serde_json::from_str(line).with_context(|| format!("{solver} answered {line:?}"))
            }
            None => {
                let seconds = self.limit.as_secs_f64();
                Ok(Answer { status: "stopped".to_owned(), objective: None, seconds, nodes: None })
            }
        }
    }

    /// The run of median time out of several.
    ///
    /// # Errors
    /// Those of [`Self::solve`].
    pub fn median(&self, solver: Solver, instance: &Path, runs: usize) -> anyhow::Result<Answer> {
        let mut answers = (0..runs.max(1)).map(|_| self.solve(solver, instance)).collect::<anyhow::Result<Vec<_>>>()?;
        answers.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        Ok(answers.swap_remove(answers.len() / 2))
    }
}

/// What a process writes to its standard output; `None` when it had to be ended.
fn run(mut command: Command, limit: Duration) -> anyhow::Result<Option<String>> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let start = Instant::now();
    let output = child.stdout.take().context("the process has an output")?;
    let reader = std::thread::spawn(move || std::io::read_to_string(output));
    while !reader.is_finished() {
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("it ended with {status}");
    }
    let text = reader.join().map_err(|_| anyhow::anyhow!("its output could not be read"))??;
    Ok(Some(text))
}
