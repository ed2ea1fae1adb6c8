//! Databases for tests.

use std::sync::OnceLock;

use hansa_driver_postgres::server::Server;
use hansa_store::Db;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;

/// What a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// An empty database that belongs to one test.
#[derive(Debug)]
pub struct Database {
    /// How [`Db::open`] finds it.
    pub address: String,
    /// Keeps the file until the test is over.
    _directory: Option<TempDir>,
}

impl Database {
    /// An empty database.
    ///
    /// # Panics
    /// When there is no place for temporary files, or no PostgreSQL that can be started.
    pub async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let directory = tempfile::tempdir().expect("a directory for temporary files");
                let address = directory.path().join("hansa.db").to_string_lossy().into_owned();
                Self { address, _directory: Some(directory) }
            }
            Engine::Postgres => Self { address: postgres().await, _directory: None },
        }
    }

    /// The database, opened once more.
    ///
    /// # Panics
    /// When it can't be opened.
    pub async fn open(&self) -> Db {
        Db::open(&self.address).await.expect("the test's own database opens")
    }
}

/// The URL of an empty PostgreSQL database; a secret of this process.
///
/// # Panics
/// When PostgreSQL can't be started: install its server (`initdb` and `postgres`).
pub async fn postgres() -> String {
    let server = server();
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&server.url().await).await.expect("the private PostgreSQL takes connections");
    let sql = format!("create database {name}");
    admin.execute(AssertSqlSafe(sql)).await.expect("a database can be made");
    admin.close().await.expect("the connection closes");
    server.url_of(&name).await
}

/// The private server of this process. It is started outside of the runtime of the test that happens to come first,
/// which ends before others do.
fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let start = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(Server::start_temporary()).expect("PostgreSQL starts; are initdb and postgres installed?")
        };
        std::thread::spawn(start).join().expect("PostgreSQL starts")
    })
}
