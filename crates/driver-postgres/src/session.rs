//! Work on one database, one caller at a time.

use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::DriverError;
use hansa_database_kit::engine::{Seen, Session};
use hansa_database_kit::limits::{Limits, Record};
use hansa_database_kit::name::Name;
use hansa_database_kit::secret::Secret;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Connection, PgConnection, Postgres, Row};

use crate::error::unavailable;
use crate::scram;
use crate::sql::run;

/// A statement that was cut short here may still be at work in the server; it is waited for so long.
const ENTER_WITHIN: Duration = Duration::from_secs(30);
/// How long the connections of a user may take to end, in milliseconds.
const END_WITHIN: i64 = 5000;
/// The largest value of settings in kilobytes.
const MOST_KILOBYTES: i64 = 2_147_483_647;

const ROLE: &str = "\
    alter role %1$I login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password %2$L; \
    alter role %1$I set idle_in_transaction_session_timeout = '10min'; \
    alter role %1$I set statement_timeout = '1h'";

const LOOK: &str = "\
    select shobj_description(d.oid, 'pg_database'), \
        d.datallowconn and d.datconnlimit <> 0, \
        not exists (select from pg_db_role_setting s where s.setdatabase = d.oid and s.setrole = 0 \
            and 'default_transaction_read_only=on' = any (s.setconfig)), \
        pg_database_size(d.oid), \
        (select count(*) from pg_stat_activity a where a.datid = d.oid and a.usename = d.datname), \
        coalesce((select xact_commit + xact_rollback from pg_stat_database t where t.datid = d.oid), 0), \
        pg_postmaster_start_time()::text \
    from pg_database d where d.datname = $1 and d.datconnlimit <> -2";

/// The database as the server has it. One whose removal was cut short, which has the limit -2, is as good as gone.
pub(crate) async fn look(connection: &mut PgConnection, name: &Name) -> Result<Option<Seen>, sqlx::Error> {
    let row = sqlx::query(LOOK).bind(name.as_str()).fetch_optional(connection).await?;
    let read = |row: PgRow| {
        let comment: Option<String> = row.try_get(0)?;
        Ok(Seen {
            record: comment.and_then(|text| Record::from_text(&text)),
            open: row.try_get(1)?,
            writable: row.try_get(2)?,
            size: row.try_get(3)?,
            connections: row.try_get(4)?,
            transactions: Some(row.try_get(5)?),
            run: row.try_get(6)?,
        })
    };
    row.map(read).transpose()
}

/// A connection of the administrator that holds the lock of one database. Unless it is left in order, the
/// connection is closed; the server lets go of the lock when it is done with what was asked last.
#[derive(Debug)]
pub struct PgSession {
    name: Name,
    connection: PoolConnection<Postgres>,
    options: PgConnectOptions,
    left: bool,
}

impl Drop for PgSession {
    fn drop(&mut self) {
        if !self.left {
            self.connection.close_on_drop();
        }
    }
}

impl PgSession {
    pub(crate) async fn enter(
        connection: PoolConnection<Postgres>,
        options: &PgConnectOptions,
        name: &Name,
    ) -> Result<Self, DriverError> {
        let mut session = Self { name: name.clone(), connection, options: options.clone(), left: false };
        let lock = sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))")
            .bind(name.as_str())
            .execute(&mut *session.connection);
        let late = |_| DriverError::Unavailable(format!("an earlier change of {name} is still at work"));
        tokio::time::timeout(ENTER_WITHIN, lock).await.map_err(late)?.map_err(unavailable)?;
        Ok(session)
    }

    /// Runs statements in which `%1$I` is the database and its role.
    async fn run(&mut self, template: &'static str, more: &[&str]) -> Result<(), DriverError> {
        let parts = [&[self.name.as_str()], more].concat();
        run(&mut self.connection, template, &parts).await.map_err(unavailable)
    }

    async fn make_role(&mut self, password: &Secret) -> Result<(), DriverError> {
        let there: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(self.name.as_str())
            .fetch_one(&mut *self.connection)
            .await
            .map_err(unavailable)?;
        if !there {
            self.run("create role %1$I nologin", &[]).await?;
        }
        self.set_password(password).await
    }

    async fn make_database(&mut self) -> Result<(), DriverError> {
        let limit: Option<i32> = sqlx::query_scalar("select datconnlimit from pg_database where datname = $1")
            .bind(self.name.as_str())
            .fetch_optional(&mut *self.connection)
            .await
            .map_err(unavailable)?;
        if limit == Some(-2) {
            self.drop_database().await?;
        }
        if limit.is_none_or(|limit| limit == -2) {
            // Nobody but administrators gets in until all is as it must be.
            let create = "create database %1$I template template0 encoding 'UTF8' connection limit 0";
            self.run(create, &[]).await?;
        }
        self.run(
            "revoke all on database %1$I from public; grant connect, temporary, create on database %1$I to %1$I",
            &[],
        )
        .await
    }

    /// Gives the schema `public` to the user, so that it is used as in a database of one's own.
    async fn hand_over_schema(&mut self) -> Result<(), DriverError> {
        let options = self.options.clone().database(self.name.as_str());
        let mut inside = PgConnection::connect_with(&options).await.map_err(unavailable)?;
        run(&mut inside, "alter schema public owner to %1$I", &[self.name.as_str()]).await.map_err(unavailable)?;
        inside.close().await.map_err(unavailable)
    }

    /// Ends the connections of the user.
    async fn end_connections(&mut self) -> Result<(), DriverError> {
        sqlx::query("select pg_terminate_backend(pid, $2) from pg_stat_activity where datname = $1 and usename = $1")
            .bind(self.name.as_str())
            .bind(END_WITHIN)
            .execute(&mut *self.connection)
            .await
            .map(|_| ())
            .map_err(unavailable)
    }

    /// Can't be one of several statements, which the server would take for a transaction.
    async fn drop_database(&mut self) -> Result<(), DriverError> {
        self.run("drop database if exists %1$I with (force)", &[]).await
    }
}

#[async_trait]
impl Session for PgSession {
    async fn look(&mut self) -> Result<Option<Seen>, DriverError> {
        look(&mut self.connection, &self.name).await.map_err(unavailable)
    }

    async fn make(&mut self, password: &Secret) -> Result<(), DriverError> {
        self.make_role(password).await?;
        self.make_database().await?;
        self.hand_over_schema().await
    }

    async fn set_password(&mut self, password: &Secret) -> Result<(), DriverError> {
        self.run(ROLE, &[&scram::verifier(password)]).await
    }

    async fn limit(&mut self, limits: &Limits) -> Result<(), DriverError> {
        let kilobytes = (limits.storage.base() / 1024).clamp(1, MOST_KILOBYTES);
        self.run(
            "alter role %1$I connection limit %2$s; alter role %1$I set temp_file_limit = %3$L",
            &[&limits.connections.to_string(), &kilobytes.to_string()],
        )
        .await
    }

    async fn open(&mut self) -> Result<(), DriverError> {
        self.run("alter database %1$I allow_connections true connection limit -1", &[]).await
    }

    async fn close(&mut self) -> Result<(), DriverError> {
        self.run("alter database %1$I allow_connections false connection limit 0", &[]).await?;
        self.end_connections().await
    }

    async fn set_writable(&mut self, writable: bool) -> Result<(), DriverError> {
        let setting = if writable {
            "alter database %1$I reset default_transaction_read_only"
        } else {
            "alter database %1$I set default_transaction_read_only = on"
        };
        self.run(setting, &[]).await?;
        // The setting holds for new connections only.
        self.end_connections().await
    }

    async fn remember(&mut self, record: &Record) -> Result<(), DriverError> {
        self.run("comment on database %1$I is %2$L", &[&record.to_text()]).await
    }

    async fn admit_dump(&mut self) -> Result<(), DriverError> {
        self.run("alter database %1$I allow_connections true", &[]).await
    }

    async fn remove(&mut self) -> Result<(), DriverError> {
        self.drop_database().await?;
        self.run("drop role if exists %1$I", &[]).await
    }

    async fn leave(mut self) {
        let unlock = sqlx::query("select pg_advisory_unlock_all()").execute(&mut *self.connection).await;
        self.left = unlock.is_ok();
    }
}
