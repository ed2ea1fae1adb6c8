//! Typed client of the native HTTP API.
//!
//! [`Client`] knows how to speak: credentials, idempotency keys, retries, problems, pages and event streams.
//! What can be said is in one file per resource, as methods on it.

mod agent;
mod agent_key;
mod call;
mod client;
mod credentials;
mod error;
mod events;
mod pages;
mod retry;

pub use agent_key::{AgentKey, AgentSecret, KeyFileError};
pub use call::Call;
pub use client::{Client, Options};
pub use credentials::{Credentials, Secret};
pub use error::ClientError;
