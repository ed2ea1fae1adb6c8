//! What can go wrong in the store.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached or is too busy; trying again may help.
    #[error("the database can't be reached")]
    Unavailable(#[source] sqlx::Error),
    /// A uniqueness or check constraint refused the statement.
    #[error("a constraint of the database refused the change")]
    Constraint(#[source] sqlx::Error),
    /// A statement failed for another reason.
    #[error("a statement failed")]
    Statement(#[source] sqlx::Error),
    /// A row holds something that can't be read.
    #[error("column `{column}` can't be read: {problem}")]
    Corrupt {
        /// The column.
        column: String,
        /// What is wrong.
        problem: String,
    },
    /// The database was made by something else, or by a newer version of Hansa.
    #[error("migration {version} is not the one this version of Hansa knows")]
    ForeignMigration {
        /// The migration's number.
        version: i64,
    },
    /// The cursor is damaged, or of another list or order.
    #[error("the cursor is not one of this list: begin again without it")]
    Cursor,
    /// The address of the database is neither a file nor a `postgres://` URL.
    #[error("`{0}` is not a database: use a file path or a postgres:// URL")]
    Address(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = matches!(
            error,
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_)
        );
        if unavailable {
            return Self::Unavailable(error);
        }
        match error.as_database_error() {
            Some(cause)
                if cause.is_unique_violation() || cause.is_check_violation() || cause.is_foreign_key_violation() =>
            {
                Self::Constraint(error)
            }
            Some(cause) if is_outage(cause) => Self::Unavailable(error),
            _ => Self::Statement(error),
        }
    }
}

/// PostgreSQL's classes 08 (connection), 53 (resources), 57 (shutdown) and 40 (serialisation), SQLite's busy.
fn is_outage(cause: &dyn sqlx::error::DatabaseError) -> bool {
    cause.code().is_some_and(|code| {
        ["08", "53", "57", "40"].iter().any(|class| code.len() == 5 && code.starts_with(class)) || code == "5"
    })
}

/// The result of the store's functions.
pub type Result<T> = std::result::Result<T, StoreError>;
