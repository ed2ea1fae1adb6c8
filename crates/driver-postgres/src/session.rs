//! Work on one database, one caller at a time.

use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::DriverError;
use hansa_database_kit::engine::Session;
use hansa_database_kit::limits::{Limits, Record};
use hansa_database_kit::name::Name;
use hansa_database_kit::secret::Secret;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection};

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

/// A connection of the administrator that holds the lock of one database: when the connection ends, so does
/// the lock, but not before the server is done with what was asked on it.
#[derive(Debug)]
pub struct PgSession {
    name: Name,
    connection: PgConnection,
    options: PgConnectOptions,
}

impl PgSession {
    pub(crate) async fn enter(options: &PgConnectOptions, name: &Name) -> Result<Self, DriverError> {
        let enter = async {
            let mut connection = PgConnection::connect_with(options).await?;
            sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))")
                .bind(name.as_str())
                .execute(&mut connection)
                .await?;
            Ok(Self { name: name.clone(), connection, options: options.clone() })
        };
        let late = |_| DriverError::Unavailable(format!("an earlier change of {name} is still at work"));
        tokio::time::timeout(ENTER_WITHIN, enter).await.map_err(late)?.map_err(unavailable)
    }

    /// Runs statements in which `%1$I` is the database and its role.
    async fn run(&mut self, template: &'static str, more: &[&str]) -> Result<(), DriverError> {
        let parts = [&[self.name.as_str()], more].concat();
        run(&mut self.connection, template, &parts).await.map_err(unavailable)
    }

    async fn make_role(&mut self, password: &Secret) -> Result<(), DriverError> {
        let there: bool = sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)")
            .bind(self.name.as_str())
            .fetch_one(&mut self.connection)
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
            .fetch_optional(&mut self.connection)
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
            .execute(&mut self.connection)
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

    async fn leave(self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!(%error, "a connection to PostgreSQL did not end in order");
        }
    }
}
