//! Speaking to a PostgreSQL server.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::{DriverError, Held};
use hansa_database_kit::dumps::run;
use hansa_database_kit::engine::{Engine, Seen};
use hansa_database_kit::limits::{Abilities, Record, version_of};
use hansa_database_kit::login::InvalidLogin;
use hansa_database_kit::name::Name;
use hansa_database_kit::options::ServerOptions;
use hansa_database_kit::server::ServerError;
use hansa_database_kit::server::program::Program;
use hansa_database_kit::upstream::{LaunchError, Upstream};
use hansa_model::kind::KindId;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool, Row};
use tokio::process::Command;

use crate::error::unavailable;
use crate::server::{Programs, Server};
use crate::session::{PgSession, look};

const POOL_SIZE: u32 = 8;
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Connections that the server and its administrator keep for themselves.
const KEPT_CONNECTIONS: u32 = 10;

/// A PostgreSQL server, ours or given.
#[derive(Debug)]
pub struct Postgres {
    upstream: Upstream<Programs>,
    pool: PgPool,
}

impl Postgres {
    /// The server that the driver keeps itself, if it does.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        self.upstream.own()
    }

    async fn connection(&self) -> Result<PoolConnection<sqlx::Postgres>, DriverError> {
        if self.upstream.keep_running().await? {
            // It may have had to take another port.
            let url = self.upstream.url().await;
            self.pool.set_connect_options(connect_options(url.reveal()).map_err(unavailable)?);
        }
        self.pool.acquire().await.map_err(unavailable)
    }
}

/// With the search path closed, a database can't slip its own functions and operators into our statements.
fn connect_options(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    let options = PgConnectOptions::from_str(url)?;
    Ok(options.application_name("hansa").options([("search_path", "pg_catalog")]).disable_statement_logging())
}

#[async_trait]
impl Engine for Postgres {
    const DRIVER: &'static str = "postgres";
    const KIND: KindId = KindId::DatabasePostgresql;
    const SCHEME: &'static str = "postgres";
    const DUMP_SUFFIX: &'static str = "dump";
    type Session = PgSession;

    async fn launch(options: &ServerOptions) -> Result<Self, LaunchError> {
        let upstream = Upstream::launch(options).await?;
        let url = upstream.url().await;
        let connect_options = connect_options(url.reveal()).map_err(|_| InvalidLogin(Self::SCHEME))?;
        let pool = PgPoolOptions::new()
            .max_connections(POOL_SIZE)
            .acquire_timeout(ANSWER_WITHIN)
            .connect_lazy_with(connect_options);
        Ok(Self { upstream, pool })
    }

    async fn address(&self) -> (String, u16) {
        let options = self.pool.connect_options();
        (options.get_host().to_owned(), options.get_port())
    }

    async fn abilities(&self) -> Result<Abilities, DriverError> {
        let statement = "select current_setting('server_version'), current_setting('max_connections')::bigint, \
                         current_setting('is_superuser') = 'on'";
        let row = sqlx::query(statement).fetch_one(&mut *self.connection().await?).await.map_err(unavailable)?;
        if !row.try_get::<bool, _>(2).map_err(unavailable)? {
            let advice = "the administrator of the PostgreSQL server must be a superuser: ALTER ROLE … SUPERUSER";
            return Err(DriverError::Unavailable(advice.to_owned()));
        }
        let connections: i64 = row.try_get(1).map_err(unavailable)?;
        Ok(Abilities {
            version: version_of(row.try_get(0).map_err(unavailable)?)?,
            release_parts: 1,
            connections: u32::try_from(connections).unwrap_or_default().saturating_sub(KEPT_CONNECTIONS),
        })
    }

    async fn look(&self, name: &Name) -> Result<Option<Seen>, DriverError> {
        look(&mut *self.connection().await?, name).await.map_err(unavailable)
    }

    async fn list(&self) -> Result<Vec<Held>, DriverError> {
        let statement = "\
            select datname::text, shobj_description(oid, 'pg_database') from pg_database where datname like $1 \
            union all \
            select rolname::text, null from pg_roles where rolname like $1 \
                and not exists (select from pg_database where datname = rolname) \
            order by 1";
        let pattern = format!("{}%", Name::PREFIX.replace('_', "\\_"));
        let rows = sqlx::query(statement)
            .bind(pattern)
            .fetch_all(&mut *self.connection().await?)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| {
                let name: String = row.try_get(0)?;
                let comment: Option<String> = row.try_get(1)?;
                let record = comment.and_then(|text| Record::from_text(&text));
                // What was never completed has no record yet, but its name tells as much.
                let service = record.map(|record| record.service).or_else(|| name.parse().ok());
                Ok(Held { name, service })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(unavailable)
    }

    async fn enter(&self, name: &Name) -> Result<PgSession, DriverError> {
        PgSession::enter(self.connection().await?, &self.pool.connect_options(), name).await
    }

    async fn dump(&self, name: &Name, file: &Path) -> Result<(), DriverError> {
        let login = self.upstream.login().await?;
        let unavailable = |error: ServerError| DriverError::Unavailable(error.to_string());
        let programs = match self.upstream.own() {
            Some(server) => server.program().clone(),
            None => Programs::find(None).map_err(unavailable)?,
        };
        let mut dump = Command::new(programs.path("pg_dump"));
        dump.args(["--format=custom", "--no-password", "--no-owner", "--no-privileges"])
            .args(["--host", &login.host, "--port", &login.port.unwrap_or(5432).to_string()])
            .args(["--username", &login.user, "--dbname", name.as_str()])
            .arg("--file")
            .arg(file)
            .env("PGPASSWORD", login.password.reveal())
            .env("PGAPPNAME", "hansa-dump");
        run(name, &mut dump).await
    }
}
