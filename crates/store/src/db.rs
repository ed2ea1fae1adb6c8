//! One way to run a statement on both engines: [`Db`] opens, [`Tx`] runs, [`Row`] reads.
//!
//! Statements use portable types only (text, bigint, boolean, double precision) and `$1` placeholders, so that one text
//! serves SQLite and PostgreSQL. Two places differ: how a database is opened, and how a job is claimed
//! (see [`Tx::skip_locked`]).

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, ColumnIndex, Database, Decode, Pool, Row as _, Transaction, Type};

use crate::error::{Result, StoreError};

/// An open database.
#[derive(Debug, Clone)]
pub enum Db {
    /// One file: a single writer beside several readers.
    Lite {
        /// The single connection that writes.
        writer: SqlitePool,
        /// The connections that read.
        readers: SqlitePool,
    },
    /// A PostgreSQL server, or what speaks its protocol.
    Pg(PgPool),
}

/// How many readers a file has.
const LITE_READERS: u32 = 4;
/// How many rows one statement carries at most: each number of rows is a statement of its own to prepare and keep.
pub const AT_ONCE: usize = 32;
/// How many prepared statements a connection keeps.
const STATEMENTS: usize = 500;
/// How many connections to a server are kept.
const PG_CONNECTIONS: u32 = 16;

impl Db {
    /// Opens a `postgres://` URL, or a SQLite file, which is made when absent.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it can't be reached, [`StoreError::Address`] when it is no address.
    pub async fn open(address: &str) -> Result<Self> {
        if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(address)
                .map_err(|_| StoreError::Address(redact(address)))?
                .statement_cache_capacity(STATEMENTS);
            let pool = PgPoolOptions::new()
                .max_connections(PG_CONNECTIONS)
                .acquire_timeout(Duration::from_secs(5))
                .connect_with(options)
                .await
                .map_err(StoreError::Unavailable)?;
            return Ok(Self::Pg(pool));
        }
        if address.contains("://") {
            return Err(StoreError::Address(redact(address)));
        }
        let options = SqliteConnectOptions::new()
            .filename(Path::new(address))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(STATEMENTS);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options.clone())
            .await
            .map_err(StoreError::Unavailable)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(LITE_READERS)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await
            .map_err(StoreError::Unavailable)?;
        Ok(Self::Lite { writer, readers })
    }

    /// A transaction that writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Lite { writer, .. } => Tx::Lite(begin(writer, "BEGIN IMMEDIATE").await?),
            Self::Pg(pool) => Tx::Pg(begin(pool, "BEGIN").await?),
        })
    }

    /// A transaction that only reads, from one snapshot.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Tx> {
        Ok(match self {
            Self::Lite { readers, .. } => Tx::Lite(begin(readers, "BEGIN").await?),
            Self::Pg(pool) => Tx::Pg(begin(pool, "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await?),
        })
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Lite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Pg(pool) => pool.close().await,
        }
    }

    /// `sqlite` or `postgresql`.
    #[must_use]
    pub const fn engine(&self) -> &'static str {
        match self {
            Self::Lite { .. } => "sqlite",
            Self::Pg(_) => "postgresql",
        }
    }
}

/// Begins a transaction to the end, also when the request that wants it is given up meanwhile. Otherwise the server
/// would begin one that nobody knows of, and the next user of the connection would work inside of it.
async fn begin<D: Database>(pool: &Pool<D>, statement: &'static str) -> Result<Transaction<'static, D>> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(statement).await });
    Ok(begun.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
}

/// An address without its password.
fn redact(address: &str) -> String {
    match (address.find("://"), address.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}://…{}", &address[..scheme], &address[at..]),
        _ => address.to_owned(),
    }
}

/// A transaction; dropping it undoes everything.
#[derive(Debug)]
pub enum Tx {
    /// On a file.
    Lite(sqlx::Transaction<'static, sqlx::Sqlite>),
    /// On a server.
    Pg(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// A value bound to a placeholder.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A text or nothing.
    Text(Option<String>),
    /// A number or nothing.
    Int(Option<i64>),
    /// Yes or no.
    Flag(bool),
    /// A measured value.
    Real(f64),
}

macro_rules! arg_from {
    ($($type:ty => |$value:ident| $arg:expr;)+) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                $arg
            }
        }
    )+};
}

arg_from! {
    &str => |value| Self::Text(Some(value.to_owned()));
    String => |value| Self::Text(Some(value));
    &String => |value| Self::Text(Some(value.clone()));
    Option<String> => |value| Self::Text(value);
    i64 => |value| Self::Int(Some(value));
    Option<i64> => |value| Self::Int(value);
    u32 => |value| Self::Int(Some(i64::from(value)));
    u64 => |value| Self::Int(Some(i64::try_from(value).unwrap_or(i64::MAX)));
    bool => |value| Self::Flag(value);
    f64 => |value| Self::Real(value);
    hansa_model::time::Timestamp => |value| Self::Int(Some(value.micros()));
    Option<hansa_model::time::Timestamp> => |value| Self::Int(value.map(hansa_model::time::Timestamp::micros));
    hansa_model::evidence::Subject => |value| Self::Text(Some(value.to_string()));
    &hansa_model::name::Name => |value| Self::Text(Some(value.to_string()));
}

macro_rules! id_args {
    ($($name:ident)+) => {$(
        impl From<hansa_model::id::$name> for Arg {
            fn from(id: hansa_model::id::$name) -> Self {
                Self::Text(Some(id.to_string()))
            }
        }

        impl From<Option<hansa_model::id::$name>> for Arg {
            fn from(id: Option<hansa_model::id::$name>) -> Self {
                Self::Text(id.map(|id| id.to_string()))
            }
        }
    )+};
}

id_args! {
    ParticipantId TenantId ProjectId MemberId TokenId SiteId AgentId OfferId QuoteId HoldId OrderId ServiceId SagaId
    UsageId ChargeId EntryId EventId ProposalId EvidenceId AccountId SessionId PasskeyId IdentityId MaintenanceId
}

/// A value kept as JSON text.
///
/// # Panics
/// Never: the model's types serialise.
pub fn json<T: Serialize>(value: &T) -> Arg {
    Arg::Text(serde_json::to_string(value).ok())
}

/// The word of a unit variant on the wire, for columns that hold states and kinds.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}

/// `args![a, b]` is the values of `$1`, `$2`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Arg::from($value)),*] };
}

macro_rules! bind {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Text(value) => query.bind(value),
                Arg::Int(value) => query.bind(value),
                Arg::Flag(value) => query.bind(value),
                Arg::Real(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Tx {
    /// Runs a statement; answers how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn execute(&mut self, sql: &str, args: Vec<Arg>) -> Result<u64> {
        Ok(match self {
            Self::Lite(tx) => bind!(sqlx::query(AssertSqlSafe(sql)), args).execute(&mut **tx).await?.rows_affected(),
            Self::Pg(tx) => bind!(sqlx::query(AssertSqlSafe(sql)), args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// Inserts rows into `table (columns)`, many at once; each has a value for every column.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert(&mut self, into: &str, rows: Vec<Vec<Arg>>) -> Result<()> {
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            let some: Vec<_> = rows.by_ref().take(AT_ONCE).collect();
            let mut next = 1;
            let values = some.iter().map(|row| {
                let first = next;
                next += row.len();
                format!("({})", placeholders(first, row.len()))
            });
            let sql = format!("insert into {into} values {}", values.collect::<Vec<_>>().join(", "));
            self.execute(&sql, some.into_iter().flatten().collect()).await?;
        }
        Ok(())
    }

    /// Every row of a statement.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Row>> {
        Ok(match self {
            Self::Lite(tx) => {
                let rows = bind!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Lite).collect()
            }
            Self::Pg(tx) => {
                let rows = bind!(sqlx::query(AssertSqlSafe(sql)), args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Pg).collect()
            }
        })
    }

    /// The first row of a statement, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn first(&mut self, sql: &str, args: Vec<Arg>) -> Result<Option<Row>> {
        Ok(match self {
            Self::Lite(tx) => {
                bind!(sqlx::query(AssertSqlSafe(sql)), args).fetch_optional(&mut **tx).await?.map(Row::Lite)
            }
            Self::Pg(tx) => bind!(sqlx::query(AssertSqlSafe(sql)), args).fetch_optional(&mut **tx).await?.map(Row::Pg),
        })
    }

    /// Runs a script of several statements without arguments.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn script(&mut self, sql: &str) -> Result<()> {
        match self {
            Self::Lite(tx) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.map(|_| ())?,
            Self::Pg(tx) => sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.map(|_| ())?,
        }
        Ok(())
    }

    /// Makes everything last.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing lasts.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Lite(tx) => tx.commit().await?,
            Self::Pg(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// What to append to the `select` that claims jobs, so that two claimers never wait for each other.
    #[must_use]
    pub const fn skip_locked(&self) -> &'static str {
        match self {
            Self::Lite(_) => "",
            Self::Pg(_) => "for update skip locked",
        }
    }
}

/// A row of an answer; columns are read by name.
#[derive(Debug)]
pub enum Row {
    /// Of a file.
    Lite(SqliteRow),
    /// Of a server.
    Pg(PgRow),
}

impl Row {
    fn get<T>(&self, column: &str) -> Result<T>
    where
        T: for<'r> Decode<'r, sqlx::Sqlite>
            + Type<sqlx::Sqlite>
            + for<'r> Decode<'r, sqlx::Postgres>
            + Type<sqlx::Postgres>,
        for<'c> &'c str: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        let value = match self {
            Self::Lite(row) => row.try_get::<T, _>(column),
            Self::Pg(row) => row.try_get::<T, _>(column),
        };
        value.map_err(|error| StoreError::Corrupt { column: column.to_owned(), problem: error.to_string() })
    }

    /// A text.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn text(&self, column: &str) -> Result<String> {
        self.get(column)
    }

    /// A text or nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn opt_text(&self, column: &str) -> Result<Option<String>> {
        self.get(column)
    }

    /// A number.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn int(&self, column: &str) -> Result<i64> {
        self.get(column)
    }

    /// A number or nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>> {
        self.get(column)
    }

    /// A number that is not negative.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn unsigned<T: TryFrom<i64>>(&self, column: &str) -> Result<T> {
        let number = self.int(column)?;
        T::try_from(number).map_err(|_| StoreError::Corrupt {
            column: column.to_owned(),
            problem: format!("{number} is out of range"),
        })
    }

    /// Yes or no.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn flag(&self, column: &str) -> Result<bool> {
        self.get(column)
    }

    /// A measured value.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn real(&self, column: &str) -> Result<f64> {
        self.get(column)
    }

    /// An instant.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn time(&self, column: &str) -> Result<hansa_model::time::Timestamp> {
        self.int(column).map(hansa_model::time::Timestamp::from_micros)
    }

    /// An instant or nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn opt_time(&self, column: &str) -> Result<Option<hansa_model::time::Timestamp>> {
        Ok(self.opt_int(column)?.map(hansa_model::time::Timestamp::from_micros))
    }

    /// A text read as an identifier, a name or whatever else has a written form.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn parse<T: FromStr>(&self, column: &str) -> Result<T>
    where
        T::Err: std::fmt::Display,
    {
        let text = self.text(column)?;
        text.parse()
            .map_err(|error: T::Err| StoreError::Corrupt { column: column.to_owned(), problem: error.to_string() })
    }

    /// A text read as an identifier or nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn opt_parse<T: FromStr>(&self, column: &str) -> Result<Option<T>>
    where
        T::Err: std::fmt::Display,
    {
        if self.opt_text(column)?.is_none() { Ok(None) } else { self.parse(column).map(Some) }
    }

    /// A value kept as JSON text.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text = self.text(column)?;
        serde_json::from_str(&text)
            .map_err(|error| StoreError::Corrupt { column: column.to_owned(), problem: error.to_string() })
    }

    /// A value kept as JSON text, or nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn opt_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>> {
        if self.opt_text(column)?.is_none() { Ok(None) } else { self.json(column).map(Some) }
    }

    /// A state or kind kept as its word (see [`word`]).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        let word = self.text(column)?;
        serde_json::from_value(serde_json::Value::String(word))
            .map_err(|error| StoreError::Corrupt { column: column.to_owned(), problem: error.to_string() })
    }

    /// An amount of money from its columns of micro units and currency.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn money(&self, micros: &str, currency: &str) -> Result<hansa_model::money::Money> {
        Ok(hansa_model::money::Money::from_micros(self.int(micros)?, self.parse(currency)?))
    }
}

/// `$first, $first+1, …` for so many values.
#[must_use]
pub fn placeholders(first: usize, count: usize) -> String {
    (first..first + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
}
