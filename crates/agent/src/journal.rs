//! What an agent must not forget. Written down before anything is done, read again when it starts.
//!
//! The journal is a list of [`Record`]s. Its [`State`] is what they add up to; nothing else changes the state.
//! Whoever asks for something to be written waits until it is on the disk; what is asked for meanwhile is
//! written together.

mod frame;
mod record;
mod state;
pub(crate) mod storage;

use std::io;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

pub(crate) use record::{Accepted, Gone, Outcome, Record};
pub(crate) use state::{Life, State, Untold};
use storage::Storage;

/// The journal is written anew when it is this long and most of it is outdated.
const COMPACT_FROM: u64 = 128 << 10;
const COMPACT_AT_MULTIPLE: u64 = 4;
/// Without a reserve it is written anew as soon as it has grown by so much, to make do with little room.
const COMPACT_IN_NEED_FROM: u64 = 16 << 10;

/// Why the journal can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The disk is full. What is running goes on; nothing new is begun until there is room.
    #[error("the agent's disk is full: make room, the agent goes on by itself")]
    Full,
    /// Another agent uses the same state directory.
    #[error("another agent uses this state directory: stop it, or give this one a directory of its own")]
    InUse,
    /// It can't be read or written.
    #[error("the agent's journal can't be used: check the state directory and its disk")]
    Io(#[source] io::Error),
    /// It is damaged before its end, which no crash does.
    #[error(
        "line {line} of the agent's journal is damaged although later lines are not: restore it from a backup, \
         or move it away; then services are adopted from the back ends, but unreported usage is lost"
    )]
    Damaged {
        /// The line, counted from 1.
        line: usize,
    },
    /// It is of another version.
    #[error("line {line} of the agent's journal is not understood: it was written by another version of the agent")]
    Foreign {
        /// The line, counted from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
}

/// Whether something may be left undone when the disk is nearly full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// The beginning of new work: refused while there is room only for what must be recorded.
    Beginning,
    /// What happened or must be told: also written into the room that is kept in reserve.
    Fact,
}

/// The journal, on a disk.
pub(crate) struct Journal {
    state: Mutex<State>,
    waiting: Mutex<Vec<Entry>>,
    disk: tokio::sync::Mutex<Disk>,
}

struct Entry {
    weight: Weight,
    record: Record,
    line: Vec<u8>,
    done: oneshot::Sender<Result<(), JournalError>>,
}

struct Disk {
    storage: Box<dyn Storage>,
    length: u64,
    compacted_length: u64,
    has_reserve: bool,
}

impl Journal {
    /// Reads the journal. A line that was cut by a crash is removed with a warning.
    pub(crate) async fn open(mut storage: Box<dyn Storage>) -> Result<Self, JournalError> {
        let bytes = storage.read().await.map_err(JournalError::Io)?;
        let frame::Content { records, length } = frame::read(&bytes)?;
        if length < bytes.len() {
            tracing::warn!(bytes = bytes.len() - length, "the end of the journal was cut by a crash; it is removed");
            storage.truncate(frame::to_u64(length)).await.map_err(JournalError::Io)?;
        }
        let mut state = State::default();
        for record in records {
            state.apply(record);
        }
        let has_reserve = storage.hold_reserve().await.is_ok();
        let disk = Disk { storage, length: frame::to_u64(length), compacted_length: 0, has_reserve };
        Ok(Self { state: Mutex::new(state), waiting: Mutex::default(), disk: tokio::sync::Mutex::new(disk) })
    }

    /// Looks at the state. It only ever shows what is on the disk.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Writes a record down and makes it part of the state.
    pub(crate) async fn write(&self, weight: Weight, record: Record) -> Result<(), JournalError> {
        let line = frame::line(&record)?;
        let (done, outcome) = oneshot::channel();
        self.waiting().push(Entry { weight, record, line, done });
        let mut disk = self.disk.lock().await;
        let batch = mem::take(&mut *self.waiting());
        if !batch.is_empty() {
            self.write_batch(&mut disk, batch).await;
        }
        drop(disk);
        outcome.await.unwrap_or_else(|_| Err(JournalError::Io(io::Error::other("the writer was dropped"))))
    }

    /// Whether there is only room left for what must be recorded.
    pub(crate) async fn is_full(&self) -> bool {
        !self.disk.lock().await.has_reserve
    }

    async fn write_batch(&self, disk: &mut Disk, batch: Vec<Entry>) {
        if disk.regain_reserve().await {
            let lines: Vec<u8> = batch.iter().flat_map(|entry| entry.line.iter().copied()).collect();
            if disk.append(lines).await.is_ok() {
                self.finish(batch);
                self.compact_if_long(disk).await;
                return;
            }
        }
        // Something is wrong; each gets what can still be done for it.
        for entry in batch {
            let outcome = self.write_in_need(disk, &entry).await;
            if outcome.is_ok() {
                self.finish(vec![entry]);
                if disk.length > disk.compacted_length.saturating_add(COMPACT_IN_NEED_FROM) {
                    self.compact(disk).await;
                }
            } else {
                let _ = entry.done.send(outcome);
            }
        }
    }

    async fn write_in_need(&self, disk: &mut Disk, entry: &Entry) -> Result<(), JournalError> {
        if entry.weight == Weight::Beginning && !disk.has_reserve {
            return Err(JournalError::Full);
        }
        match disk.append(entry.line.clone()).await {
            Err(error) if is_full(&error) && entry.weight == Weight::Fact => {
                disk.give_up_reserve().await.map_err(JournalError::Io)?;
                self.compact(disk).await;
                disk.append(entry.line.clone()).await.map_err(explain)
            }
            outcome => outcome.map_err(explain),
        }
    }

    fn finish(&self, batch: Vec<Entry>) {
        let mut state = self.state();
        for entry in batch {
            state.apply(entry.record);
            let _ = entry.done.send(Ok(()));
        }
    }

    async fn compact_if_long(&self, disk: &mut Disk) {
        if disk.length > COMPACT_FROM && disk.length > disk.compacted_length.saturating_mul(COMPACT_AT_MULTIPLE) {
            self.compact(disk).await;
        }
    }

    /// Writes the journal anew as one record. When that fails, the old one is still good.
    async fn compact(&self, disk: &mut Disk) {
        let snapshot = Record::Snapshot(Box::new(self.state().clone()));
        let Ok(line) = frame::line(&snapshot) else { return };
        let length = frame::to_u64(line.len());
        if length >= disk.length {
            return;
        }
        match disk.storage.replace(line).await {
            Ok(()) => (disk.length, disk.compacted_length) = (length, length),
            Err(error) => tracing::warn!(%error, "the journal can't be compacted"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Disk {
    /// Appends all of it or, when that fails, nothing.
    async fn append(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        let added = frame::to_u64(bytes.len());
        match self.storage.append(bytes).await {
            Ok(()) => {
                self.length += added;
                Ok(())
            }
            Err(error) => {
                self.storage.truncate(self.length).await?;
                Err(error)
            }
        }
    }

    async fn regain_reserve(&mut self) -> bool {
        if !self.has_reserve {
            self.has_reserve = self.storage.hold_reserve().await.is_ok();
            if self.has_reserve {
                tracing::info!("there is room on the disk again; new work is begun");
            }
        }
        self.has_reserve
    }

    async fn give_up_reserve(&mut self) -> io::Result<()> {
        if self.has_reserve {
            tracing::error!("the disk is full: make room; until then no new work is begun");
        }
        self.has_reserve = false;
        self.storage.release_reserve().await
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

fn explain(error: io::Error) -> JournalError {
    if is_full(&error) { JournalError::Full } else { JournalError::Io(error) }
}

#[cfg(test)]
mod tests;
