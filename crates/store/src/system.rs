//! The database itself: what it is, how large it is, and copies of it.

use std::path::Path;

use sqlx::AssertSqlSafe;

use crate::args;
use crate::db::{Db, Tx};
use crate::error::{Result, StoreError};

/// What everything is kept in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// `SQLite` or `PostgreSQL`.
    pub engine: &'static str,
    /// Its version.
    pub version: String,
    /// How many bytes it takes.
    pub bytes: u64,
    /// The newest migration that was run.
    pub schema: u32,
}

/// What the database is.
///
/// # Errors
/// [`StoreError`].
pub async fn facts(tx: &mut Tx) -> Result<Facts> {
    let (engine, sql) = match tx {
        Tx::Lite(_) => (
            "SQLite",
            "select sqlite_version() as version, (select max(version) from schema_migration) as newest, \
             page_count * page_size as bytes from pragma_page_count(), pragma_page_size()",
        ),
        Tx::Pg(_) => (
            "PostgreSQL",
            "select current_setting('server_version') as version, (select max(version) from schema_migration) \
             as newest, pg_database_size(current_database()) as bytes",
        ),
    };
    let missing = || StoreError::Corrupt { column: "version".to_owned(), problem: "nothing was answered".to_owned() };
    let row = tx.first(sql, args![]).await?.ok_or_else(missing)?;
    Ok(Facts { engine, version: row.text("version")?, bytes: row.unsigned("bytes")?, schema: row.unsigned("newest")? })
}

/// Copies the whole database, as it is at one instant, into a new file beside those who go on working. `false` when
/// it is kept on a server, which has means of its own.
///
/// # Errors
/// [`StoreError`]: there is such a file, or the disk is full.
pub async fn copy(db: &Db, file: &Path) -> Result<bool> {
    let Db::Lite { readers, .. } = db else { return Ok(false) };
    let path = file.to_string_lossy().replace('\'', "''");
    sqlx::raw_sql(AssertSqlSafe(format!("vacuum into '{path}'"))).execute(readers).await?;
    Ok(true)
}
