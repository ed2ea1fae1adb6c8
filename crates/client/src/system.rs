//! The exchange as a running system.

use hansa_model::system::{Backup, System};

use crate::client::Client;
use crate::error::ClientError;

impl Client {
    /// How the exchange runs.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn system(&self) -> Result<System, ClientError> {
        self.get("/v1/system").await
    }

    /// Copies the whole database into the exchange's directory for backups.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn back_up(&self) -> Result<Backup, ClientError> {
        self.post("/v1/system/backups", &()).await
    }
}
