//! Work on one database, one caller at a time.

use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::DriverError;
use hansa_database_kit::engine::{Seen, Session};
use hansa_database_kit::limits::{Limits, Record};
use hansa_database_kit::name::Name;
use hansa_database_kit::secret::Secret;
use sqlx::mysql::MySqlRow;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, MySql, MySqlConnection, Row};

use crate::error::unavailable;
use crate::native_password;

/// A statement that was cut short here may still be at work in the server; it is waited for so long.
const ENTER_WITHIN_SECONDS: u32 = 30;
/// How long the connections of a user may take to end.
const END_WITHIN: Duration = Duration::from_secs(5);
const END_POLL: Duration = Duration::from_millis(20);
/// A statement of a user may take an hour.
const STATEMENT_SECONDS: u32 = 3600;

/// The size is that of the files, without what is free in them: it falls when rows are deleted, and is never stale
/// as the statistics are.
const LOOK: &str = "\
    select d.record, \
        cast(exists (select 1 from mysql.global_priv u where u.user = s.schema_name \
            and coalesce(json_value(u.priv, '$.account_locked'), '0') <> '1') as signed), \
        cast(exists (select 1 from mysql.db p where p.user = s.schema_name and p.insert_priv = 'Y') as signed), \
        cast(coalesce((select sum(f.file_size) from information_schema.innodb_sys_tablespaces f \
            where left(f.name, length(s.schema_name) + 1) = concat(s.schema_name, '/')), 0) as signed), \
        cast(coalesce((select sum(t.data_free) from information_schema.tables t \
            where t.table_schema = s.schema_name and t.engine = 'InnoDB'), 0) as signed), \
        cast(coalesce((select sum(t.data_length + t.index_length) from information_schema.tables t \
            where t.table_schema = s.schema_name and t.engine <> 'InnoDB'), 0) as signed), \
        cast((select count(*) from information_schema.processlist c where c.user = s.schema_name) as signed), \
        cast((select sum(commit_transactions + rollback_transactions) from information_schema.user_statistics x \
            where x.user = s.schema_name) as signed), \
        (select id from hansa.run where one = 1) \
    from information_schema.schemata s left join hansa.databases d on d.name = s.schema_name \
    where s.schema_name = ?";

/// The database as the server has it.
pub(crate) async fn look(connection: &mut MySqlConnection, name: &Name) -> Result<Option<Seen>, sqlx::Error> {
    sqlx::query("insert ignore into hansa.run values (1, uuid())").execute(&mut *connection).await?;
    let row = sqlx::query(LOOK).bind(name.as_str()).fetch_optional(connection).await?;
    let read = |row: MySqlRow| {
        let record: Option<String> = row.try_get(0)?;
        let (files, free, others): (i64, i64, i64) = (row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
        Ok(Seen {
            record: record.and_then(|text| Record::from_text(&text)),
            open: row.try_get::<i64, _>(1)? != 0,
            writable: row.try_get::<i64, _>(2)? != 0,
            size: (files - free).max(0) + others,
            connections: row.try_get(6)?,
            transactions: row.try_get(7)?,
            run: row.try_get(8)?,
        })
    };
    row.map(read).transpose()
}

/// A connection of the administrator that holds the lock of one database. Unless it is left in order, the
/// connection is closed; the server lets go of the lock when it is done with what was asked last.
#[derive(Debug)]
pub struct MariaDbSession {
    name: Name,
    connection: PoolConnection<MySql>,
    left: bool,
}

impl Drop for MariaDbSession {
    fn drop(&mut self) {
        if !self.left {
            self.connection.close_on_drop();
        }
    }
}

impl MariaDbSession {
    pub(crate) async fn enter(connection: PoolConnection<MySql>, name: &Name) -> Result<Self, DriverError> {
        let mut session = Self { name: name.clone(), connection, left: false };
        let locked: Option<i64> = sqlx::query_scalar("select cast(get_lock(concat('hansa.', ?), ?) as signed)")
            .bind(name.as_str())
            .bind(ENTER_WITHIN_SECONDS)
            .fetch_one(&mut *session.connection)
            .await
            .map_err(unavailable)?;
        if locked != Some(1) {
            return Err(DriverError::Unavailable(format!("an earlier change of {name} is still at work")));
        }
        session.run(format!("set session lock_wait_timeout = {ENTER_WITHIN_SECONDS}")).await?;
        Ok(session)
    }

    /// Runs a statement that has no place for parameters. What goes in must need no quoting: names of services,
    /// hashes, numbers.
    async fn run(&mut self, statement: String) -> Result<(), DriverError> {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *self.connection).await.map_err(unavailable)?;
        Ok(())
    }

    /// The user, quoted.
    fn user(&self) -> String {
        format!("'{}'@'%'", self.name)
    }

    /// All in the database, quoted for privileges, where `_` would stand for any character.
    fn objects(&self) -> String {
        format!("`{}`.*", self.name.as_str().replace('_', "\\_"))
    }

    /// Ends the connections of the user, and of a dump that is under way.
    async fn end_connections(&mut self) -> Result<(), DriverError> {
        let ended = async {
            loop {
                let open = "select cast(id as signed) from information_schema.processlist \
                            where (user = ? or db = ?) and id <> connection_id()";
                let open: Vec<i64> = sqlx::query_scalar(open)
                    .bind(self.name.as_str())
                    .bind(self.name.as_str())
                    .fetch_all(&mut *self.connection)
                    .await
                    .map_err(unavailable)?;
                if open.is_empty() {
                    return Ok(());
                }
                for id in open {
                    if let Err(error) = self.run(format!("kill connection {id}")).await {
                        tracing::debug!(id, %error, "the connection ended by itself");
                    }
                }
                tokio::time::sleep(END_POLL).await;
            }
        };
        let late = |_| DriverError::Unavailable("connections of the database do not end".to_owned());
        tokio::time::timeout(END_WITHIN, ended).await.map_err(late)?
    }
}

#[async_trait]
impl Session for MariaDbSession {
    async fn look(&mut self) -> Result<Option<Seen>, DriverError> {
        look(&mut self.connection, &self.name).await.map_err(unavailable)
    }

    async fn make(&mut self, password: &Secret) -> Result<(), DriverError> {
        let (user, objects, name) = (self.user(), self.objects(), self.name.to_string());
        self.run(format!("create user if not exists {user} account lock")).await?;
        self.set_password(password).await?;
        self.run(format!("create database if not exists `{name}` character set utf8mb4")).await?;
        self.run(format!("grant all privileges on {objects} to {user}")).await
    }

    async fn set_password(&mut self, password: &Secret) -> Result<(), DriverError> {
        let (user, hash) = (self.user(), native_password::hash(password));
        self.run(format!("alter user {user} identified via mysql_native_password using '{hash}'")).await
    }

    async fn limit(&mut self, limits: &Limits) -> Result<(), DriverError> {
        let (user, connections) = (self.user(), limits.connections);
        let limits = format!("max_user_connections {connections} max_statement_time {STATEMENT_SECONDS}");
        self.run(format!("alter user {user} with {limits}")).await
    }

    async fn open(&mut self) -> Result<(), DriverError> {
        self.run(format!("alter user {} account unlock", self.user())).await
    }

    async fn close(&mut self) -> Result<(), DriverError> {
        self.run(format!("alter user if exists {} account lock", self.user())).await?;
        self.end_connections().await
    }

    async fn set_writable(&mut self, writable: bool) -> Result<(), DriverError> {
        let (user, objects) = (self.user(), self.objects());
        self.run(if writable {
            format!("grant all privileges on {objects} to {user}")
        } else {
            // What is left is what one needs to make room.
            format!(
                "revoke insert, update, create, alter, index, references, create temporary tables, create view, \
                 create routine, alter routine, event, trigger on {objects} from {user}"
            )
        })
        .await?;
        // A connection keeps the rights that it had when it chose its database.
        self.end_connections().await
    }

    async fn remember(&mut self, record: &Record) -> Result<(), DriverError> {
        sqlx::query("insert into hansa.databases values (?, ?) on duplicate key update record = values(record)")
            .bind(self.name.as_str())
            .bind(record.to_text())
            .execute(&mut *self.connection)
            .await
            .map(|_| ())
            .map_err(unavailable)
    }

    async fn admit_dump(&mut self) -> Result<(), DriverError> {
        // The administrator is never shut out.
        Ok(())
    }

    async fn remove(&mut self) -> Result<(), DriverError> {
        let (user, name) = (self.user(), self.name.to_string());
        self.close().await?;
        self.run(format!("drop database if exists `{name}`")).await?;
        self.run(format!("drop user if exists {user}")).await?;
        sqlx::query("delete from hansa.databases where name = ?")
            .bind(&name)
            .execute(&mut *self.connection)
            .await
            .map(|_| ())
            .map_err(unavailable)
    }

    async fn leave(mut self) {
        let unlock = sqlx::query("do release_all_locks()").execute(&mut *self.connection).await;
        self.left = unlock.is_ok();
    }
}
