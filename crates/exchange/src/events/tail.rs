//! The newest events, read once for everybody in this process who waits for them.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use hansa_model::event::Event;
use hansa_store::event::{self, Told};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::error;

use super::EventFilter;
use crate::hints::Hint;
use crate::offers::viewer;
use crate::principal::Principal;
use crate::{Exchange, Result};

/// How many events are kept for those who wait. Whoever lags further behind reads the store.
const KEPT: usize = 1000;
/// How many events are read at once.
const BATCH: u32 = 500;
/// How often to look without being told: other processes can't ring our bells.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The end of the stream of events, as far as this process has read it.
#[derive(Debug, Default)]
pub struct Tail {
    kept: RwLock<Option<Kept>>,
    newest: watch::Sender<u64>,
}

/// Every event after the place `start`.
#[derive(Debug)]
struct Kept {
    start: u64,
    told: VecDeque<Arc<Told>>,
}

impl Kept {
    fn newest(&self) -> u64 {
        self.told.back().map_or(self.start, |told| told.event.sequence)
    }

    fn push(&mut self, told: Told) {
        if self.told.len() == KEPT
            && let Some(oldest) = self.told.pop_front()
        {
            self.start = oldest.event.sequence;
        }
        self.told.push_back(Arc::new(told));
    }
}

impl Tail {
    /// Tells the place of the newest event whenever it moves on.
    #[must_use]
    pub fn newest(&self) -> watch::Receiver<u64> {
        self.newest.subscribe()
    }

    /// What a caller may see and wants of the events after `place`; `None` when not all of them are kept.
    #[must_use]
    pub fn after(&self, place: u64, caller: &Principal, wanted: &EventFilter) -> Option<Vec<Event>> {
        let viewer = viewer(Some(caller));
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| kept.start <= place)?;
        let begin = kept.told.partition_point(|told| told.event.sequence <= place);
        let seen = kept.told.range(begin..).filter(|told| told.is_for(viewer) && wanted.takes(&told.event));
        Some(seen.map(|told| told.event.clone()).collect())
    }

    /// Keeps the tail up to date until the token is cancelled.
    pub async fn follow(exchange: &Exchange, stop: &CancellationToken) {
        let bell = exchange.hints().bell(Hint::Events);
        loop {
            let ring = bell.notified();
            tokio::pin!(ring);
            ring.as_mut().enable();
            if let Err(error) = exchange.tail().read_on(exchange).await {
                error!(%error, "the newest events could not be read; those who wait for them hear later");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = ring => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    async fn read_on(&self, exchange: &Exchange) -> Result<()> {
        loop {
            let place = self.kept.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(Kept::newest);
            let mut tx = exchange.read().await?;
            let (start, read) = match place {
                Some(place) => (place, event::told_after(&mut tx, place, BATCH).await?),
                None => (event::newest(&mut tx).await?, Vec::new()),
            };
            drop(tx);
            let is_all = read.len() < BATCH as usize;
            let newest = {
                let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
                let kept = kept.get_or_insert_with(|| Kept { start, told: VecDeque::new() });
                read.into_iter().for_each(|told| kept.push(told));
                kept.newest()
            };
            self.newest.send_if_modified(|known| std::mem::replace(known, newest) != newest);
            if is_all {
                return Ok(());
            }
        }
    }
}
