//! A server, and a driver on it, for one test.

use std::path::Path;

use hansa_agent::driver::{Driver, Instance, Spec, Tag};
use hansa_driver_mariadb::server::Server;
use hansa_driver_mariadb::{MariaDbDriver, Options};
use hansa_model::application::Config;
use hansa_model::id::ServiceId;
use hansa_model::time::Clock;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;

pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) directory: TempDir,
    counter: Mutex<Option<MySqlConnection>>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = Server::start_temporary().await.unwrap();
        Self { server, directory: TempDir::new().unwrap(), counter: Mutex::default() }
    }

    pub(crate) async fn options(&self) -> Value {
        let mut options = options(json!({"url": self.server.url().await}), self.directory.path());
        // Its URL leads through the socket, which is for administrators only.
        let (host, port) = self.server.address().await;
        options["publish"] = json!({"host": host, "port": port});
        options
    }

    pub(crate) async fn driver(&self) -> MariaDbDriver {
        driver(self.options().await, Clock::System).await
    }

    pub(crate) async fn admin(&self) -> MySqlConnection {
        connect(&self.server.url().await).await
    }

    /// The databases and users that look like the driver's work.
    pub(crate) async fn objects(&self) -> Vec<String> {
        let statement = "\
            select convert(name using utf8mb4) from ( \
                select schema_name as name from information_schema.schemata \
                union select user from mysql.global_priv union select name from hansa.databases) n \
            where left(name, 4) = 'srv_'";
        let mut counter = self.counter.lock().await;
        if counter.is_none() {
            let tables = "create database if not exists hansa; \
                          create table if not exists hansa.databases (name varchar(64) primary key, record text not null)";
            run(counter.insert(self.admin().await), tables).await.unwrap();
        }
        sqlx::query_scalar(statement).fetch_all(counter.as_mut().unwrap()).await.unwrap()
    }
}

pub(crate) fn options(server: Value, directory: &Path) -> Value {
    json!({
        "server": server,
        "state": directory.join("state"),
        "dumps": directory.join("dumps"),
        "backups": {"here": directory.join("here"), "elsewhere": directory.join("elsewhere")},
        "capacity": {"storage": "100 GiB", "instances": 100},
    })
}

pub(crate) async fn driver(options: Value, clock: Clock) -> MariaDbDriver {
    let options: Options = serde_json::from_value(options).unwrap();
    MariaDbDriver::start(options, clock).await.unwrap()
}

pub(crate) fn spec(service: ServiceId, generation: u64, properties: Value) -> Spec {
    Spec {
        tag: Tag { service, generation },
        label: "archive".to_owned(),
        properties: serde_json::from_value(properties).unwrap(),
        config: Config::default(),
    }
}

pub(crate) async fn create(driver: &impl Driver, properties: Value) -> Instance {
    driver.create(&spec(ServiceId::new(), 1, properties)).await.unwrap()
}

pub(crate) fn plain() -> Value {
    json!({"version": "10.11", "storage": "1 GiB"})
}

pub(crate) fn url(instance: &Instance) -> String {
    instance.connection.as_ref().unwrap().url()
}

pub(crate) async fn connect(url: &str) -> MySqlConnection {
    MySqlConnection::connect(url).await.unwrap()
}

/// Runs fixed statements of a test.
pub(crate) async fn run(connection: &mut MySqlConnection, statements: impl Into<String>) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(statements.into())).execute(connection).await.map(|_| ())
}
