//! Every SQL statement of Hansa, for SQLite and PostgreSQL from one text.
//!
//! One file per resource with the same name as in every other layer. Functions take a [`db::Tx`], so that what
//! belongs together is committed together; none of them commits.

pub mod agent;
pub mod audit;
pub mod catalogue;
pub mod db;
pub mod error;
pub mod event;
pub mod figures;
pub mod idempotency;
pub mod invitation;
pub mod member;
pub mod migrate;
pub mod offer;
pub mod outbox;
pub mod page;
pub mod participant;
pub mod site;
pub mod tenant;
pub mod token;

pub use db::{Db, Tx};
pub use error::{Result, StoreError};
