//! Makes services of the kind `database.mariadb` real: one user and one database each, on a MariaDB server that is
//! given or that the driver keeps itself.
//!
//! What the server remembers of each database is in the schema `hansa`, which users can't see. Above its storage
//! quota, the user of a database may read, delete, truncate and drop, but not insert or create.

mod engine;
mod error;
mod native_password;
pub mod server;
mod session;

use hansa_database_kit::driver::DatabaseDriver;

pub use engine::MariaDb;
pub use hansa_database_kit::options::{Options, ServerOptions};

/// The driver of databases on a MariaDB server. Start it with [`DatabaseDriver::start`].
pub type MariaDbDriver = DatabaseDriver<MariaDb>;
