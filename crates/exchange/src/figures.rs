//! Figures for monitoring.

use hansa_store::{Tx, figures};

pub use hansa_store::figures::Figures;

use crate::Result;

/// How much there is of what.
///
/// # Errors
/// [`crate::Error::Store`].
pub async fn read(tx: &mut Tx) -> Result<Figures> {
    Ok(figures::read(tx).await?)
}
