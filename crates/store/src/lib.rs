//! Every SQL statement of Hansa, for SQLite and PostgreSQL from one text.
//!
//! One file per resource with the same name as in every other layer. Functions take a [`db::Tx`], so that what
//! belongs together is committed together; none of them commits.

pub mod account;
pub mod agent;
pub mod attempt;
pub mod audit;
pub mod budget;
pub mod capacity;
pub mod catalogue;
pub mod changes;
pub mod cost;
pub mod db;
pub mod device;
pub mod error;
pub mod evaluation;
pub mod event;
pub mod evidence;
pub mod figures;
pub mod idempotency;
pub mod invitation;
pub mod issuing;
pub mod ledger;
pub mod maintenance;
pub mod member;
pub mod metric;
pub mod migrate;
pub mod offer;
pub mod onboarding;
pub mod order;
pub mod outbox;
pub mod page;
pub mod participant;
pub mod proposal;
pub mod quote;
pub mod report;
pub mod saga;
pub mod service;
pub mod session;
pub mod site;
pub mod system;
pub mod tenant;
pub mod token;
pub mod trusted_issuer;
pub mod usage;

pub use db::{Db, Tx};
pub use error::{Result, StoreError};
