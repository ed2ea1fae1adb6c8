//! An answer as it is printed.

use std::time::{Duration, Instant};

use hansa_matching::search::Cost;
use serde::Serialize;

use crate::instance::{Instance, units};

/// How sure an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing is cheaper.
    Optimal,
    /// The time ran out; `bound` says how much cheaper it could be at most.
    Feasible,
    /// It is certain that nothing fits.
    Infeasible,
    /// The time ran out before anything was found.
    Unknown,
}

/// What came of solving an instance.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How sure it is.
    pub status: Status,
    /// What the choice costs a month.
    pub objective: Option<f64>,
    /// What no choice goes below; absent when nothing fits.
    pub bound: Option<f64>,
    /// The wall time of the search, without reading.
    pub seconds: f64,
    /// How many partial choices were looked at.
    pub nodes: u64,
    /// The candidate's number for each component.
    pub choice: Option<Vec<usize>>,
}

/// Solves an instance within a time limit.
#[must_use]
pub fn report(instance: &Instance, limit: Duration) -> Report {
    let start = Instant::now();
    let answer = instance.solve(start + limit, 2);
    let seconds = start.elapsed().as_secs_f64();
    let status = match (&answer.best, answer.complete) {
        (Some(_), true) => Status::Optimal,
        (Some(_), false) => Status::Feasible,
        (None, true) => Status::Infeasible,
        (None, false) => Status::Unknown,
    };
    Report {
        status,
        objective: answer.best.as_ref().map(|(cost, _)| units(*cost)),
        bound: (answer.lower < Cost::MAX).then(|| units(answer.lower)),
        seconds,
        nodes: answer.nodes,
        choice: answer.best.map(|(_, choice)| choice),
    }
}
