//! A cheap handle on a running agent.

use std::sync::{Arc, Weak};

use hansa_model::id::ServiceId;
use hansa_model::service::{Desired, Observed};
use hansa_model::time::Timestamp;
use serde::Serialize;

use crate::core::Core;
use crate::driver::DriverError;
use crate::journal::Untold;

/// A cheap handle on a running agent. It does not keep the agent alive; when that has ended, calls do nothing.
#[derive(Clone)]
pub struct Handle {
    core: Weak<Core>,
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Handle").field("running", &(self.core.strong_count() > 0)).finish()
    }
}

/// How an agent is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Whether the exchange answered last time.
    pub connected: bool,
    /// When it last answered.
    pub last_contact: Option<Timestamp>,
    /// Why it did not answer.
    pub contact_error: Option<String>,
    /// Whether the disk is too full to begin new work.
    pub journal_full: bool,
    /// The number of the last report that was acknowledged.
    pub acknowledged: u64,
    /// Observations that are in no report yet.
    pub waiting_observations: usize,
    /// Closed intervals of usage that are in no report yet.
    pub waiting_intervals: usize,
    /// Its services.
    pub services: Vec<ServiceStatus>,
}

/// How one service is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceStatus {
    /// The service.
    pub service: ServiceId,
    /// The component's name.
    pub component: String,
    /// The state that it should have.
    pub desired: Desired,
    /// The number of the intent.
    pub generation: u64,
    /// The intent that was last applied in full.
    pub applied: Option<u64>,
    /// What was last seen of it.
    pub state: Option<Observed>,
    /// What is going on or wrong.
    pub message: Option<String>,
    /// How often it had to be started again.
    pub restarts: u32,
}

impl Handle {
    pub(crate) fn new(core: &Arc<Core>) -> Self {
        Self { core: Arc::downgrade(core) }
    }

    /// Lets the agent end: calls to drivers may finish, a last report is tried. Services go on running.
    pub fn shutdown(&self) {
        if let Some(core) = self.core.upgrade() {
            core.signals.closing.cancel();
        }
    }

    /// Has it look now: for new intents, after every service, whether the exchange is back.
    pub fn poke(&self) {
        if let Some(core) = self.core.upgrade() {
            core.signals.pull.notify_one();
            core.signals.retry.notify_waiters();
            core.signals.report.notify_one();
            core.want_inventory();
            core.wake_all();
        }
    }

    /// The last lines that a service wrote to its console; `None` when it has none or is not this agent's.
    ///
    /// # Errors
    /// [`DriverError`] when the back end does not say.
    pub async fn log(&self, service: ServiceId, lines: usize) -> Result<Option<String>, DriverError> {
        let Some(core) = self.core.upgrade() else { return Ok(None) };
        let Some(station) = core.station_of(service) else { return Ok(None) };
        station.log(service, lines).await
    }

    /// How it is doing.
    pub async fn status(&self) -> Status {
        match self.core.upgrade() {
            Some(core) => status(&core).await,
            None => Status::default(),
        }
    }

    /// What it counts, in the text format of Prometheus.
    pub async fn metrics(&self) -> String {
        match self.core.upgrade() {
            Some(core) => core.telemetry.render(&status(&core).await),
            None => String::new(),
        }
    }
}

async fn status(core: &Core) -> Status {
    let journal_full = core.journal.is_full().await;
    let contact = core.contact();
    core.journal.look(|state| Status {
        connected: contact.connected,
        last_contact: contact.last,
        contact_error: contact.error,
        journal_full,
        acknowledged: state.acknowledged,
        waiting_observations: state.untold.iter().filter(|untold| matches!(untold, Untold::Seen(_))).count(),
        waiting_intervals: state.untold.iter().filter(|untold| matches!(untold, Untold::Used(_))).count(),
        services: state
            .services
            .iter()
            .map(|(service, life)| ServiceStatus {
                service: *service,
                component: life.assignment.component.to_string(),
                desired: life.assignment.desired,
                generation: life.assignment.generation,
                applied: life.applied.as_ref().map(|applied| applied.generation),
                state: life.observed.as_ref().map(|observed| observed.state),
                message: life.observed.as_ref().and_then(|observed| observed.message.clone()),
                restarts: life.restarts,
            })
            .collect(),
    })
}
