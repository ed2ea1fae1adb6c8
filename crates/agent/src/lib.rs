//! The provider's agent: it pulls the intents of its services, journals, makes them true through drivers, and
//! reports what it sees. Outbound connections only.
//!
//! [`Agent::open`] reads the journal and [`Agent::run`] runs until it is told to stop. It may be dropped or
//! killed at any point: resources carry tags by which the next agent adopts them.

mod census;
pub mod config;
pub mod conformance;
mod consoles;
mod core;
pub mod driver;
mod enrol;
mod error;
mod exchange_time;
mod handle;
mod journal;
mod link;
mod metering;
mod options;
mod plan;
mod private;
mod pull;
mod reconcile;
mod report;
mod resolve;
mod runtime;
mod station;
mod telemetry;
pub mod timer;
mod web;

pub use enrol::{EnrolError, enrol, key_file};
pub use error::Error;
pub use handle::{Handle, ServiceStatus, Status};
pub use journal::JournalError;
pub use journal::storage::{Directory, Storage, Volatile};
pub use link::{Http, Link, LinkError};
pub use options::Options;
pub use runtime::Agent;
pub use station::Placement;
