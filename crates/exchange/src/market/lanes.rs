//! Two lanes to search in: every search begins in the quick one; what does not end there in time begins again in the
//! long one. So documents that take long, by their nature or by malice, wait for each other and for nobody else.

use std::num::NonZero;
use std::time::{Duration, Instant};

use hansa_matching::{Options, Snapshot, Viewer};
use hansa_model::application::Application;
use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::package::{MatchOutcome, ProofStatus};
use hansa_model::time::Timestamp;

use super::turns::Turns;
use crate::{Error, Result};

/// How long a search may take in the quick lane.
const QUICK: Duration = Duration::from_millis(50);
/// How long a search may take in the long lane before it answers with what it has, and how far from the best that
/// may be.
const LONG: Duration = Duration::from_secs(2);
/// After which share of its time a search may have left something out that it does not tell of.
const SURELY_WHOLE: u32 = 3;

/// What is sought, and by whom.
#[derive(Debug, Clone)]
pub(super) struct Search {
    pub(super) market: Snapshot<'static>,
    pub(super) application: Application,
    pub(super) orderable_only: bool,
    pub(super) now: Timestamp,
    pub(super) sees_all: bool,
    pub(super) participant: ParticipantId,
    pub(super) tenants: Vec<TenantId>,
}

impl Search {
    fn run(&self, time_limit: Duration, workers: usize) -> MatchOutcome {
        let viewer = match self.sees_all {
            true => Viewer::Everything,
            false => Viewer::Participant { id: self.participant, tenants: &self.tenants },
        };
        let options =
            Options { orderable_only: self.orderable_only, time_limit, workers, viewer, ..Options::at(self.now) };
        hansa_matching::find_in(&self.market, &self.application, &options)
    }
}

/// The lanes of one process.
#[derive(Debug)]
pub(crate) struct Lanes {
    quick: Turns,
    long: Turns,
    processors: usize,
}

impl Default for Lanes {
    /// As many quick searches at once as there are processors; long ones leave half of them alone.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self { quick: Turns::new(processors), long: Turns::new((processors / 2).max(1)), processors }
    }
}

impl Lanes {
    /// Searches when it is the participant's turn.
    pub(super) async fn serve(&self, search: Search) -> Result<MatchOutcome> {
        let turn = self.quick.take(search.participant).await?;
        // The search must not keep others from being served.
        let (outcome, search) = apart(move || {
            let begin = Instant::now();
            let outcome = search.run(QUICK, 1);
            drop(turn);
            let hurried = outcome.packages.iter().any(|package| package.proof.status == ProofStatus::Feasible)
                || (outcome.packages.is_empty() && begin.elapsed() * SURELY_WHOLE > QUICK);
            ((!hurried).then_some(outcome), search)
        })
        .await?;
        if let Some(outcome) = outcome {
            return Ok(outcome);
        }
        let turn = self.long.take(search.participant).await?;
        let workers = if self.quick.is_quiet() && self.long.is_quiet() { self.processors } else { 1 };
        apart(move || {
            let outcome = search.run(LONG, workers);
            drop(turn);
            outcome
        })
        .await
    }
}

/// Does something that takes time where it keeps no request from being served.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("the search broke off: {error}")))
}
