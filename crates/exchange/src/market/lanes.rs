//! Two lanes to search in: every search begins in the quick one; what does not end there in time begins again in the
//! long one. So documents that take long, by their nature or by malice, wait for each other and for nobody else. No
//! search ends to the microsecond, so whoever had a long one just now does not get to the quick lane.

use std::collections::HashMap;
use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use hansa_matching::{Options, Snapshot, Viewer};
use hansa_model::application::Application;
use hansa_model::id::{ParticipantId, TenantId};
use hansa_model::package::{ConflictStatus, MatchOutcome, ProofStatus};
use hansa_model::time::Timestamp;

use super::turns::Turns;
use crate::{Error, Result};

/// How long a search may take in the quick lane.
const QUICK: Duration = Duration::from_millis(50);
/// How long a search may take in the long lane before it answers with what it has, and how far from the best that
/// may be.
const LONG: Duration = Duration::from_secs(2);
/// For how long whoever had a search that took longer begins in the long lane.
const WARINESS: Duration = Duration::from_secs(2);

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
    /// Who had a long search when.
    long_ago: Mutex<HashMap<ParticipantId, Instant>>,
}

impl Default for Lanes {
    /// As many quick searches at once as there are processors; long ones leave half of them alone.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            quick: Turns::new(processors),
            long: Turns::new((processors / 2).max(1)),
            processors,
            long_ago: Mutex::default(),
        }
    }
}

impl Lanes {
    fn was_long(&self, participant: ParticipantId) -> bool {
        let mut long_ago = self.long_ago.lock().unwrap_or_else(PoisonError::into_inner);
        long_ago.retain(|_, at| at.elapsed() < WARINESS);
        long_ago.contains_key(&participant)
    }

    fn note_long(&self, participant: ParticipantId) {
        self.long_ago.lock().unwrap_or_else(PoisonError::into_inner).insert(participant, Instant::now());
    }

    /// Searches when it is the participant's turn.
    pub(super) async fn serve(&self, search: Search) -> Result<MatchOutcome> {
        let mut search = search;
        if !self.was_long(search.participant) {
            let turn = self.quick.take(search.participant).await?;
            let outcome;
            // The search must not keep others from being served.
            (outcome, search) = apart(move || {
                let outcome = search.run(QUICK, 1);
                drop(turn);
                (outcome, search)
            })
            .await?;
            if is_whole(&outcome) {
                return Ok(outcome);
            }
            self.note_long(search.participant);
        }
        let turn = self.long.take(search.participant).await?;
        let workers = if self.quick.is_quiet() && self.long.is_quiet() { self.processors } else { 1 };
        let participant = search.participant;
        let (outcome, took) = apart(move || {
            let begin = Instant::now();
            let outcome = search.run(LONG, workers);
            drop(turn);
            (outcome, begin.elapsed())
        })
        .await?;
        if took > QUICK {
            self.note_long(participant);
        }
        Ok(outcome)
    }
}

/// Whether more time could not make an answer better.
fn is_whole(outcome: &MatchOutcome) -> bool {
    let proven = outcome.packages.iter().all(|package| package.proof.status == ProofStatus::Optimal);
    proven && !matches!(outcome.conflict_status, Some(ConflictStatus::Reducible | ConflictStatus::Uncertain))
}

/// Does something that takes time where it keeps no request from being served.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(format!("the search broke off: {error}")))
}
