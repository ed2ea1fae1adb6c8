//! The audit log: who did what.

use hansa_model::event::{AuditRow, AuditVerification};
use hansa_model::page::Page;
use hansa_store::Tx;
use hansa_store::audit::{self, AuditFilter};
use hansa_store::page::PageRequest;

use crate::Result;

/// One page of the log, the newest first.
///
/// # Errors
/// [`crate::Error::Invalid`] for a cursor of another list; [`crate::Error::Store`].
pub async fn list(tx: &mut Tx, wanted: &AuditFilter, page: &PageRequest) -> Result<Page<AuditRow>> {
    Ok(audit::page(tx, wanted, page).await?)
}

/// Checks every row of the log.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn verify(tx: &mut Tx) -> Result<AuditVerification> {
    Ok(audit::verify(tx).await?)
}
