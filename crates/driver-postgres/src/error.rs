//! What the database server said, for the agent.

use hansa_agent::driver::DriverError;

/// A failure that may be gone the next time. Its text holds no statement, and thereby no secret.
pub(crate) fn unavailable(error: sqlx::Error) -> DriverError {
    DriverError::Unavailable(match error {
        sqlx::Error::Database(error) => format!("PostgreSQL refused: {error}"),
        sqlx::Error::PoolTimedOut => "PostgreSQL does not answer".to_owned(),
        error => format!("PostgreSQL can't be reached: {error}"),
    })
}
