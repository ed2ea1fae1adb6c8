//! Starting the driver.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hansa_model::time::Clock;

use super::{DatabaseDriver, Shared};
use crate::backups::Backups;
use crate::dumps::LastDumps;
use crate::engine::Engine;
use crate::options::Options;
use crate::passwords::Passwords;
use crate::upstream::LaunchError;

/// How often the driver looks whether a backup is due.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Why a driver did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The server can't be used.
    #[error(transparent)]
    Launch(#[from] LaunchError),
    /// The directory for passwords can't be used.
    #[error("the directory for passwords, {path}, can't be used: {source}")]
    State {
        /// Which.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl<E: Engine> DatabaseDriver<E> {
    /// Starts the driver, and the server where that is ours to keep. A server that is given by its URL need not
    /// answer yet.
    ///
    /// # Errors
    /// [`StartError`]; each says what to do.
    pub async fn start(options: Options, clock: Clock) -> Result<Self, StartError> {
        let path = options.state.join("passwords");
        let passwords = Passwords::open(&path).map_err(|source| StartError::State { path, source })?;
        let engine = E::launch(&options.server).await?;
        let directory = options.dumps.unwrap_or_else(|| options.state.join("dumps"));
        let here = options.backups.here.unwrap_or_else(|| options.state.join("backups"));
        let shared = Arc::new(Shared {
            engine,
            passwords,
            last_dumps: LastDumps { directory, suffix: E::DUMP_SUFFIX },
            backups: Backups { here, elsewhere: options.backups.elsewhere, suffix: E::DUMP_SUFFIX },
            published: options.publish,
            capacity: options.capacity,
            clock,
        });
        let worker = Arc::clone(&shared);
        let backups = tokio::spawn(async move {
            loop {
                tokio::time::sleep(LOOK_EVERY).await;
                if let Err(error) = worker.make_due_backups().await {
                    tracing::warn!(%error, "backups could not be looked at");
                }
            }
        });
        Ok(Self { shared, backups })
    }
}
