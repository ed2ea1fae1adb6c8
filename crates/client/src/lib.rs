//! Typed client of the native HTTP API.
//!
//! [`Client`] knows how to speak: credentials, idempotency keys, retries, problems, pages and event streams.
//! What can be said is in one file per resource, as methods on it.

mod agent;
mod agent_key;
mod agents;
mod audit;
mod call;
mod catalogue;
mod client;
mod console;
mod credentials;
mod error;
mod events;
mod identity;
mod maintenance;
mod market;
mod money;
mod onboarding;
mod orders;
mod pages;
mod path;
mod proposals;
mod retry;
mod services;
mod sign_in;
mod system;
mod trust;

pub use agent_key::{AgentKey, AgentSecret, KeyFileError};
pub use audit::AuditFilter;
pub use call::Call;
pub use catalogue::{CatalogueFormat, ComparedOffer, ImportOptions, OfferFilter};
pub use client::{Client, Options};
pub use console::{Console, ConsoleEnd, ConsoleInput, ConsoleOutput};
pub use credentials::{Credentials, Secret};
pub use error::ClientError;
pub use identity::ParticipantFilter;
pub use maintenance::MaintenanceFilter;
pub use market::{SigningKey, SigningKeys};
pub use money::{StatementFilter, UsageFilter};
pub use onboarding::OnboardingFilter;
pub use orders::OrderFilter;
pub use proposals::ProposalFilter;
pub use services::ServiceFilter;
pub use sign_in::DeviceAnswer;
pub use trust::EvidenceFilter;
