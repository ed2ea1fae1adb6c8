//! Speaking to a MariaDB server.

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
use hansa_database_kit::server::programs::find;
use hansa_database_kit::upstream::{LaunchError, Upstream};
use hansa_model::kind::KindId;
use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::{ConnectOptions, MySql, MySqlPool, Row};
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::error::unavailable;
use crate::server::{Programs, Server};
use crate::session::{MariaDbSession, look};

const POOL_SIZE: u32 = 8;
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Connections that the server and its administrator keep for themselves.
const KEPT_CONNECTIONS: u32 = 10;

/// What the server remembers. The table `run` is in memory only: it is empty after each start of the server.
const SCHEMA: &str = "\
    create database if not exists hansa character set utf8mb4 collate utf8mb4_bin; \
    create table if not exists hansa.databases (name varchar(64) primary key, record text not null) engine = innodb; \
    create table if not exists hansa.run (one tinyint primary key, id varchar(36) not null) engine = memory";

/// A MariaDB server, ours or given.
#[derive(Debug)]
pub struct MariaDb {
    upstream: Upstream<Programs>,
    pool: MySqlPool,
    prepared: OnceCell<()>,
}

impl MariaDb {
    /// The server that the driver keeps itself, if it does.
    #[must_use]
    pub fn server(&self) -> Option<&Server> {
        self.upstream.own()
    }

    async fn connection(&self) -> Result<PoolConnection<MySql>, DriverError> {
        self.upstream.keep_running().await?;
        let mut connection = self.pool.acquire().await.map_err(unavailable)?;
        let prepare = async { sqlx::raw_sql(SCHEMA).execute(&mut *connection).await.map(|_| ()) };
        self.prepared.get_or_try_init(|| prepare).await.map_err(unavailable)?;
        Ok(connection)
    }
}

#[async_trait]
impl Engine for MariaDb {
    const DRIVER: &'static str = "mariadb";
    const KIND: KindId = KindId::DatabaseMariadb;
    const SCHEME: &'static str = "mysql";
    const DUMP_SUFFIX: &'static str = "sql";
    type Session = MariaDbSession;

    async fn launch(options: &ServerOptions) -> Result<Self, LaunchError> {
        let upstream = Upstream::launch(options).await?;
        let url = upstream.url().await;
        let connect_options = MySqlConnectOptions::from_str(url.reveal()).map_err(|_| InvalidLogin(Self::SCHEME))?;
        let pool = MySqlPoolOptions::new()
            .max_connections(POOL_SIZE)
            .acquire_timeout(ANSWER_WITHIN)
            .connect_lazy_with(connect_options.disable_statement_logging());
        Ok(Self { upstream, pool, prepared: OnceCell::new() })
    }

    async fn address(&self) -> (String, u16) {
        match self.upstream.own() {
            Some(server) => server.address().await,
            None => {
                let options = self.pool.connect_options();
                (options.get_host().to_owned(), options.get_port())
            }
        }
    }

    async fn abilities(&self) -> Result<Abilities, DriverError> {
        let statement = "select version(), cast(@@max_connections as signed)";
        let row = sqlx::query(statement).fetch_one(&mut *self.connection().await?).await.map_err(unavailable)?;
        let connections: i64 = row.try_get(1).map_err(unavailable)?;
        Ok(Abilities {
            version: version_of(row.try_get(0).map_err(unavailable)?)?,
            release_parts: 2,
            connections: u32::try_from(connections).unwrap_or_default().saturating_sub(KEPT_CONNECTIONS),
        })
    }

    async fn look(&self, name: &Name) -> Result<Option<Seen>, DriverError> {
        look(&mut *self.connection().await?, name).await.map_err(unavailable)
    }

    async fn list(&self) -> Result<Vec<Held>, DriverError> {
        let statement = "\
            select n.name, d.record from ( \
                select convert(schema_name using utf8mb4) as name from information_schema.schemata \
                union select convert(user using utf8mb4) from mysql.global_priv \
                union select convert(name using utf8mb4) from hansa.databases \
            ) n left join hansa.databases d on d.name = n.name \
            where left(n.name, length(?)) = ? order by n.name";
        let rows = sqlx::query(statement)
            .bind(Name::PREFIX)
            .bind(Name::PREFIX)
            .fetch_all(&mut *self.connection().await?)
            .await
            .map_err(unavailable)?;
        rows.iter()
            .map(|row| {
                let name: String = row.try_get(0)?;
                let record: Option<String> = row.try_get(1)?;
                let record = record.and_then(|text| Record::from_text(&text));
                // What was never completed has no record yet, but its name tells as much.
                let service = record.map(|record| record.service).or_else(|| name.parse().ok());
                Ok(Held { name, service })
            })
            .collect::<Result<_, sqlx::Error>>()
            .map_err(unavailable)
    }

    async fn enter(&self, name: &Name) -> Result<MariaDbSession, DriverError> {
        MariaDbSession::enter(self.connection().await?, name).await
    }

    async fn dump(&self, name: &Name, file: &Path) -> Result<(), DriverError> {
        let login = self.upstream.login().await?;
        let missing = ServerError::NoProgram { program: "mariadb-dump", package: "mariadb-client" };
        let program = find("mariadb-dump", &[]).ok_or_else(|| DriverError::Unavailable(missing.to_string()))?;
        let mut dump = Command::new(program);
        dump.args(["--no-defaults", "--single-transaction", "--quick", "--routines", "--triggers", "--events"]).args([
            "--hex-blob",
            "--default-character-set=utf8mb4",
            "--user",
            &login.user,
        ]);
        match &login.socket {
            Some(socket) => dump.args(["--socket", socket]),
            None => dump.args(["--host", &login.host, "--port", &login.port.unwrap_or(3306).to_string()]),
        };
        dump.arg("--result-file").arg(file).arg(name.as_str()).env("MYSQL_PWD", login.password.reveal());
        run(name, &mut dump).await
    }
}
