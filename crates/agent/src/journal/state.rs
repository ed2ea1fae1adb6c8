//! What the records add up to.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use hansa_model::agent::Report;
use hansa_model::id::ServiceId;
use hansa_model::service::{Assignment, Desired, Observation};
use serde::{Deserialize, Serialize};

use super::record::{Accepted, Gone, Outcome, Record};
use crate::metering::{Interval, OpenInterval};
use crate::plan::Applied;

/// For how long an agent remembers what is gone, so that an old intent can't bring it back.
const REMEMBER_GONE: Duration = Duration::from_hours(90 * 24);

/// Everything that an agent knows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    /// Where to go on in the exchange's list of intents.
    pub(crate) cursor: u64,
    pub(crate) services: BTreeMap<ServiceId, Life>,
    gone: BTreeMap<ServiceId, Gone>,
    /// What is in no report yet, in the order in which it happened.
    pub(crate) untold: VecDeque<Untold>,
    /// The report that is not acknowledged yet.
    pub(crate) report: Option<Report>,
    /// The number of the last report that was acknowledged.
    pub(crate) acknowledged: u64,
    /// By how many microseconds this machine's clock is ahead of the exchange's, as far as is known.
    #[serde(default)]
    pub(crate) clock_ahead: i64,
}

/// Something that is to be told to the exchange. Usage stays between the observation that it begins with and the
/// one that it ends with.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Untold {
    Seen(Observation),
    Used(Interval),
}

/// One service from its first intent until it is gone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Life {
    pub(crate) assignment: Assignment,
    pub(crate) applied: Option<Applied>,
    pub(crate) open: Option<OpenInterval>,
    pub(crate) observed: Option<Observation>,
    /// How often it had to be made to run again.
    pub(crate) restarts: u32,
    /// Whether it is being made to run again.
    pub(crate) restarting: bool,
}

impl State {
    /// Whether an intent is news. Older ones are ignored, and what is gone comes back only by a newer intent;
    /// but its absence is proven again when somebody still wants it gone.
    pub(crate) fn is_news(&self, assignment: &Assignment) -> bool {
        let known = self.services.get(&assignment.service).map(|life| life.assignment.generation);
        let gone = self.gone.get(&assignment.service).map(|gone| gone.generation);
        match (known, gone) {
            (Some(known), _) => assignment.generation > known,
            (None, Some(gone)) if assignment.desired == Desired::Terminated => assignment.generation >= gone,
            (None, Some(gone)) => assignment.generation > gone,
            (None, None) => true,
        }
    }

    pub(crate) fn apply(&mut self, record: Record) {
        match record {
            Record::Snapshot(state) => *self = *state,
            Record::Accepted(accepted) => self.accept(accepted),
            Record::Began { service, restart, observation } => {
                self.begin(service, restart, observation.map(|observation| *observation));
            }
            Record::Ended(outcome) => self.end(*outcome),
            Record::Reporting { report, told } => {
                self.untold.drain(..told.min(self.untold.len()));
                self.report = Some(*report);
            }
            Record::Renumbered { number } => {
                if let Some(report) = &mut self.report {
                    report.number = number;
                }
            }
            Record::Acknowledged { number } => {
                self.report = None;
                self.acknowledged = number;
            }
            Record::ClockAhead { micros } => self.clock_ahead = micros,
            Record::AskAgain => self.cursor = 0,
        }
    }

    fn accept(&mut self, accepted: Accepted) {
        self.cursor = accepted.cursor;
        for assignment in accepted.assignments {
            if !self.is_news(&assignment) {
                continue;
            }
            match self.services.get_mut(&assignment.service) {
                Some(life) => life.assignment = assignment,
                None => {
                    self.services.insert(assignment.service, Life::new(assignment));
                }
            }
        }
    }

    fn begin(&mut self, service: ServiceId, restart: bool, observation: Option<Observation>) {
        let Some(life) = self.services.get_mut(&service) else { return };
        if restart && !life.restarting {
            life.restarting = true;
            life.restarts += 1;
        }
        if let Some(observation) = observation {
            life.observed = Some(observation.clone());
            self.untold.push_back(Untold::Seen(observation));
        }
    }

    fn end(&mut self, outcome: Outcome) {
        let Some(life) = self.services.get_mut(&outcome.service) else { return };
        if outcome.applied.is_some() {
            life.applied = outcome.applied;
            life.restarting = false;
        }
        life.open = outcome.open;
        self.untold.extend(outcome.closed.into_iter().map(Untold::Used));
        if let Some(observation) = outcome.observation {
            life.observed = Some(observation.clone());
            self.untold.push_back(Untold::Seen(observation));
        }
        let Some(end) = outcome.gone else { return };
        if life.assignment.generation > end.generation {
            // It is wanted again since: it begins anew.
            life.applied = None;
            return;
        }
        self.services.remove(&outcome.service);
        self.gone.retain(|_, gone| end.at.since(gone.at) < REMEMBER_GONE);
        self.gone.insert(outcome.service, end);
    }
}

impl Life {
    fn new(assignment: Assignment) -> Self {
        Self { assignment, applied: None, open: None, observed: None, restarts: 0, restarting: false }
    }
}
