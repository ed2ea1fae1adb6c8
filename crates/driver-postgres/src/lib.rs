//! Makes services of the kind `database.postgresql` real: one role and one database each, on a PostgreSQL server
//! that is given or that the driver keeps itself.

pub mod server;
