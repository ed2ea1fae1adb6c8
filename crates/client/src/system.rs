//! The exchange as a running system.

use hansa_model::system::{AtWork, Backup, System};

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

    /// What the exchange is working on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn work(&self) -> Result<AtWork, ClientError> {
        self.get("/v1/system/work").await
    }

    /// Copies the whole database into the exchange's directory for backups.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn back_up(&self) -> Result<Backup, ClientError> {
        self.post("/v1/system/backups", &()).await
    }
}
