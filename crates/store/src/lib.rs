//! Every SQL statement of Hansa, for SQLite and PostgreSQL from one text.
//!
//! One file per resource with the same name as in every other layer. Functions take a [`db::Tx`], so that what
//! belongs together is committed together; none of them commits.

pub mod budget;
pub mod capacity;
pub mod db;
pub mod error;
pub mod ledger;
pub mod metric;
pub mod migrate;
pub mod order;
pub mod outbox;
pub mod quote;
pub mod report;
pub mod saga;
pub mod service;
pub mod usage;

pub use db::{Db, Tx};
pub use error::{Result, StoreError};
