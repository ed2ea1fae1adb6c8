//! Backups by plan.

use std::path::PathBuf;

use hansa_agent::driver::DriverError;
use hansa_model::id::ServiceId;

use super::{DatabaseDriver, Shared, unwritable};
use crate::dumps::Unfinished;
use crate::engine::Engine;
use crate::limits::BackupPlan;
use crate::name::Name;

impl<E: Engine> DatabaseDriver<E> {
    /// Makes every backup that is due and removes those that are too old; answers with the new files. A backup
    /// that fails is logged and tried again the next time.
    ///
    /// # Errors
    /// [`DriverError::Unavailable`] when the server does not say which databases there are.
    pub async fn make_due_backups(&self) -> Result<Vec<PathBuf>, DriverError> {
        self.shared.make_due_backups().await
    }
}

impl<E: Engine> Shared<E> {
    pub(super) async fn make_due_backups(&self) -> Result<Vec<PathBuf>, DriverError> {
        let mut made = Vec::new();
        for service in self.engine.list().await?.into_iter().filter_map(|held| held.service) {
            match self.backup_if_due(service).await {
                Ok(file) => made.extend(file),
                Err(error) => tracing::warn!(%service, %error, "the backup failed; it will be tried again"),
            }
        }
        Ok(made)
    }

    async fn backup_if_due(&self, service: ServiceId) -> Result<Option<PathBuf>, DriverError> {
        let Some((seen, record)) = self.complete(service).await? else { return Ok(None) };
        let Some(plan) = record.limits.backup else { return Ok(None) };
        let now = self.clock.now();
        // What is stopped does not change.
        if !seen.open || !self.backups.is_due(service, plan, now) {
            return Ok(None);
        }
        let file = self.backup(service, plan).await?;
        self.backups.prune(service, plan, now).map_err(unwritable)?;
        Ok(Some(file))
    }

    async fn backup(&self, service: ServiceId, plan: BackupPlan) -> Result<PathBuf, DriverError> {
        let file = self.backups.file(service, plan, self.clock.now())?;
        let dump = Unfinished::begin(file).map_err(unwritable)?;
        self.engine.dump(&Name::of(service), dump.path()).await?;
        dump.finish().map_err(unwritable)
    }
}
