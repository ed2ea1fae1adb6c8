//! Where a journal is kept.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::JournalError;

/// How much room is kept in reserve for what must be recorded when the disk is full.
const RESERVE: usize = 1 << 20;
/// An agent that was just stopped may still be writing its last line.
const WAIT_FOR_PREDECESSOR: Duration = Duration::from_secs(2);
const LOOK_FOR_PREDECESSOR_EVERY: Duration = Duration::from_millis(50);

/// Where a journal is kept. All calls return only when the result would survive a power failure.
#[async_trait]
pub trait Storage: Send + 'static {
    /// All that was appended.
    async fn read(&mut self) -> io::Result<Vec<u8>>;

    /// Appends bytes. After an error some of them may be there.
    async fn append(&mut self, bytes: Vec<u8>) -> io::Result<()>;

    /// Cuts to a length.
    async fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Puts the bytes in place of all that was there; after an error the old ones are still there.
    async fn replace(&mut self, bytes: Vec<u8>) -> io::Result<()>;

    /// Takes hold of the reserve, if it is not held yet.
    async fn hold_reserve(&mut self) -> io::Result<()>;

    /// Gives the reserve up, so that its room can be written to.
    async fn release_reserve(&mut self) -> io::Result<()>;
}

/// A journal in memory that is lost with its process, for simulations.
#[derive(Debug, Default)]
pub struct Volatile {
    bytes: Vec<u8>,
}

#[async_trait]
impl Storage for Volatile {
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        Ok(self.bytes.clone())
    }

    async fn append(&mut self, mut bytes: Vec<u8>) -> io::Result<()> {
        self.bytes.append(&mut bytes);
        Ok(())
    }

    async fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }

    async fn replace(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.bytes = bytes;
        Ok(())
    }

    async fn hold_reserve(&mut self) -> io::Result<()> {
        Ok(())
    }

    async fn release_reserve(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A journal in a directory, readable by its owner alone, for one agent at a time.
#[derive(Debug)]
pub struct Directory {
    files: Arc<Files>,
}

#[derive(Debug)]
struct Files {
    directory: PathBuf,
    _lock: File,
}

impl Directory {
    /// Opens the directory, which is made if it is not there.
    ///
    /// # Errors
    /// [`JournalError::InUse`] and [`JournalError::Io`].
    pub async fn open(directory: &Path) -> Result<Self, JournalError> {
        let owned = directory.to_owned();
        let lock = blocking(move || {
            crate::private::make(&owned)?;
            private().create(true).truncate(false).open(owned.join("lock"))
        });
        let lock = lock.await.map_err(JournalError::Io)?;
        let mut waited = Duration::ZERO;
        while let Err(error) = lock.try_lock() {
            match error {
                TryLockError::Error(error) => return Err(JournalError::Io(error)),
                TryLockError::WouldBlock if waited >= WAIT_FOR_PREDECESSOR => return Err(JournalError::InUse),
                TryLockError::WouldBlock => tokio::time::sleep(LOOK_FOR_PREDECESSOR_EVERY).await,
            }
            waited += LOOK_FOR_PREDECESSOR_EVERY;
        }
        Ok(Self { files: Arc::new(Files { directory: directory.to_owned(), _lock: lock }) })
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let files = Arc::clone(&self.files);
        blocking(move || work(&files)).await
    }
}

#[async_trait]
impl Storage for Directory {
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        self.with(|files| {
            let mut bytes = Vec::new();
            files.journal()?.read_to_end(&mut bytes)?;
            Ok(bytes)
        })
        .await
    }

    async fn append(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.with(move |files| {
            let mut journal = files.journal()?;
            journal.seek(SeekFrom::End(0))?;
            journal.write_all(&bytes)?;
            journal.sync_data()
        })
        .await
    }

    async fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.with(move |files| {
            let journal = files.journal()?;
            journal.set_len(length)?;
            journal.sync_data()
        })
        .await
    }

    async fn replace(&mut self, bytes: Vec<u8>) -> io::Result<()> {
        self.with(move |files| {
            let draft = files.path("journal.new");
            let written = write_new(&draft, &bytes).and_then(|()| fs::rename(&draft, files.path("journal")));
            if written.is_err() {
                let _ = fs::remove_file(&draft);
            }
            written?;
            files.sync()
        })
        .await
    }

    async fn hold_reserve(&mut self) -> io::Result<()> {
        self.with(|files| {
            let path = files.path("reserve");
            if fs::metadata(&path).is_ok_and(|found| found.len() >= RESERVE as u64) {
                return Ok(());
            }
            // Real bytes, since a hole takes no room until it is written to.
            let held = write_new(&path, &vec![0; RESERVE]);
            if held.is_err() {
                let _ = fs::remove_file(&path);
            }
            held
        })
        .await
    }

    async fn release_reserve(&mut self) -> io::Result<()> {
        self.with(|files| match fs::remove_file(files.path("reserve")) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => files.sync(),
        })
        .await
    }
}

impl Files {
    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    fn journal(&self) -> io::Result<File> {
        let path = self.path("journal");
        if path.exists() {
            return private().open(path);
        }
        let journal = private().create(true).truncate(false).open(path)?;
        self.sync()?;
        Ok(journal)
    }

    /// Makes new and changed names in the directory durable.
    fn sync(&self) -> io::Result<()> {
        File::open(&self.directory)?.sync_all()
    }
}

/// For files that their owner alone may read and write.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private().create(true).truncate(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
