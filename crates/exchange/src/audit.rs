//! The audit log: who did what.

use hansa_model::event::{AuditRow, AuditVerification};
use hansa_model::page::Page;
use hansa_store::audit::{self, AuditFilter};
use hansa_store::page::PageRequest;
use hansa_store::{Tx, outbox};

use crate::{Exchange, Result};

/// How many rows the relay moves in one transaction.
const BATCH: u32 = 500;

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

/// Gives everything that waits in the outbox its place in the log and in the stream of events.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn relay(exchange: &Exchange) -> Result<usize> {
    let mut moved = 0;
    loop {
        let mut tx = exchange.db().write().await?;
        let batch = outbox::relay(&mut tx, BATCH).await?;
        tx.commit().await?;
        moved += batch;
        if batch == 0 {
            break;
        }
        exchange.hints().ring(crate::hints::Hint::Events);
    }
    Ok(moved)
}
