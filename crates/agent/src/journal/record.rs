//! What is written into the journal.

use hansa_model::agent::Report;
use hansa_model::id::ServiceId;
use hansa_model::service::{Assignment, Observation};
use hansa_model::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::metering::{Interval, OpenInterval};
use crate::plan::Applied;

/// One thing that happened.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", content = "value", rename_all = "camelCase")]
pub(crate) enum Record {
    /// Everything before it adds up to this.
    Snapshot(Box<State>),
    /// Intents were taken over from the exchange.
    Accepted(Accepted),
    /// The back end is about to be called for a service.
    Began {
        service: ServiceId,
        /// Whether it has to be made to run again without having been asked to.
        restart: bool,
        observation: Option<Box<Observation>>,
    },
    /// A look at a service, or work on it, came to an end.
    Ended(Box<Outcome>),
    /// A report was made of what waited longest. It is sent as it is until it is acknowledged.
    Reporting { report: Box<Report>, told: usize },
    /// The exchange has seen reports of higher numbers from this agent: the journal was lost once.
    Renumbered { number: u64 },
    /// The exchange has taken the report.
    Acknowledged { number: u64 },
    /// This machine's clock is ahead of the exchange's by so much, or behind when negative.
    ClockAhead { micros: i64 },
    /// Everything is to be asked for again.
    AskAgain,
}

/// Intents that were taken over.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Accepted {
    pub(crate) cursor: u64,
    pub(crate) assignments: Vec<Assignment>,
}

/// What came of a look at a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    pub(crate) service: ServiceId,
    /// The intent that became true; absent when none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) applied: Option<Applied>,
    /// What it uses from now on; absent when it is not metered yet, or not any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) open: Option<OpenInterval>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) closed: Vec<Interval>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) observation: Option<Observation>,
    /// The back end proved to hold nothing of it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gone: Option<Gone>,
}

/// The end of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Gone {
    /// The generation of the intent that ended it.
    pub(crate) generation: u64,
    /// When its absence was seen.
    pub(crate) at: Timestamp,
}
