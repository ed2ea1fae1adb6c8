//! Who keeps the catalogue of a process up to date: whoever asks for it when it may be out of date.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use hansa_matching::{Index, Snapshot};
use hansa_model::time::Timestamp;
use hansa_store::changes;
use tokio::sync::Mutex;

use super::kept::{Kept, News};
use crate::{Error, Exchange, Result};

/// For how long changes of other processes may go unseen. Those of this one are seen at once.
const MOST_AGE: Duration = Duration::from_millis(250);

/// Keeps a catalogue.
#[derive(Debug, Default)]
pub(crate) struct Keeper {
    /// How many changes this process has made.
    changes: AtomicU64,
    shown: RwLock<Option<Shown>>,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// What is shown to whoever searches.
#[derive(Debug, Clone)]
struct Shown {
    snapshot: Snapshot<'static>,
    /// How many changes of this process it knows for sure.
    changes: u64,
    /// When it was read.
    read: Instant,
    /// When it ceases to be true by itself.
    end: Option<Timestamp>,
}

impl Shown {
    fn is_current(&self, changes: u64, now: Timestamp) -> bool {
        self.changes >= changes && self.end.is_none_or(|end| now < end) && self.read.elapsed() < MOST_AGE
    }
}

impl Keeper {
    /// Notes that this process changed something.
    pub(crate) fn note_change(&self) {
        self.changes.fetch_add(1, Ordering::Release);
    }

    fn current(&self, changes: u64, now: Timestamp) -> Option<Snapshot<'static>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.as_ref().filter(|shown| shown.is_current(changes, now)).map(|shown| shown.snapshot.clone())
    }

    /// The catalogue with everything that this process has changed before, and what others changed until a moment
    /// ago.
    pub(crate) async fn snapshot(&self, exchange: &Exchange) -> Result<Snapshot<'static>> {
        let wanted = self.changes.load(Ordering::Acquire);
        if let Some(snapshot) = self.current(wanted, exchange.now()) {
            return Ok(snapshot);
        }
        let mut kept = self.kept.clone().lock_owned().await;
        // Somebody else may have looked while this waited.
        if let Some(snapshot) = self.current(wanted, exchange.now()) {
            return Ok(snapshot);
        }
        let (changes, read, now) = (self.changes.load(Ordering::Acquire), Instant::now(), exchange.now());
        let mut tx = exchange.read().await?;
        let mark = kept.as_ref().map(Kept::mark);
        let mut news = changes::since(&mut tx, mark).await?;
        if kept.as_ref().is_some_and(|kept| kept.is_outrun_by(&news)) {
            *kept = None;
            news = changes::since(&mut tx, None).await?;
        }
        drop(tx);
        // What breaks off on the way leaves nothing behind, and is begun anew.
        let shown = tokio::task::spawn_blocking(move || {
            let mut next = match kept.take() {
                None => Kept::new(news, now),
                Some(mut before) => {
                    before.take(news, now);
                    before
                }
            };
            next.tick(now);
            let shown = Shown { snapshot: next.snapshot(), changes, read, end: next.end() };
            *kept = Some(next);
            shown
        })
        .await
        .map_err(|error| Error::Internal(format!("the catalogue could not be taken in: {error}")))?;
        let snapshot = shown.snapshot.clone();
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        Ok(snapshot)
    }

    /// Tells the one who follows the catalogue what changed since it last asked, and gives it the catalogue with
    /// those changes.
    pub(crate) async fn follow<T: Send + 'static>(
        &self,
        exchange: &Exchange,
        hear: impl FnOnce(&Index<'static>, News) -> T + Send + 'static,
    ) -> Result<(T, Snapshot<'static>)> {
        self.snapshot(exchange).await?;
        let mut kept = self.kept.clone().lock_owned().await;
        let heard = tokio::task::spawn_blocking(move || {
            let kept = kept.as_mut()?;
            let (index, news) = kept.news();
            Some((hear(index, news), kept.snapshot()))
        });
        let heard = heard.await.map_err(|error| Error::Internal(format!("the news could not be told: {error}")))?;
        heard.ok_or_else(|| Error::Internal("the catalogue is gone while it is followed".to_owned()))
    }
}
