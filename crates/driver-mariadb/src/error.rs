//! What the database server said, for the agent.

use hansa_agent::driver::DriverError;

/// A failure that may be gone the next time. Its text holds no secret: statements hold only hashes.
pub(crate) fn unavailable(error: sqlx::Error) -> DriverError {
    DriverError::Unavailable(match error {
        sqlx::Error::Database(error) => format!("MariaDB refused: {error}"),
        sqlx::Error::PoolTimedOut => "MariaDB does not answer".to_owned(),
        error => format!("MariaDB can't be reached: {error}"),
    })
}
