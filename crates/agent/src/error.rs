//! Why an agent ends.

use crate::journal::JournalError;

/// Why an agent ends. Nothing that an exchange or a back end does is among it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Its journal can't be used, so it must not do anything.
    #[error(transparent)]
    Journal(#[from] JournalError),
}
