//! Makes services of the kind `database.postgresql` real: one role and one database each, on a PostgreSQL server
//! that is given or that the driver keeps itself.
//!
//! The database belongs to the administrator, so that its user can neither drop it nor touch its tag; the user
//! owns the schema `public` and may make others. Above its storage quota a database is read-only by default.
//! A session can still choose to write, which is how one makes room again.
//!
//! A given server needs a superuser for the driver. Keep users out of its databases `postgres` and `template1`, by
//! `sameuser` in `pg_hba.conf` or by `REVOKE CONNECT … FROM PUBLIC`; a server of its own the driver sets up so.

mod engine;
mod error;
mod scram;
pub mod server;
mod session;
mod sql;

use hansa_database_kit::driver::DatabaseDriver;

pub use engine::Postgres;
pub use hansa_database_kit::options::{Options, ServerOptions};

/// The driver of databases on a PostgreSQL server. Start it with [`DatabaseDriver::start`].
pub type PostgresDriver = DatabaseDriver<Postgres>;
