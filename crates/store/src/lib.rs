//! Every SQL statement of Hansa, for SQLite and PostgreSQL from one text.
//!
//! One file per resource with the same name as in every other layer. Functions take a [`db::Tx`], so that what
//! belongs together is committed together; none of them commits.

pub mod db;
pub mod error;
pub mod migrate;
pub mod outbox;

pub use db::{Db, Tx};
pub use error::{Result, StoreError};
