//! The native HTTP API v1. Handlers translate between the wire and [`hansa_exchange`]; they hold no SQL and decide
//! nothing. What every request goes through stands in files of its own: [`gate`] (who asks, may they), [`problem`]
//! (errors), [`idempotency`], [`metrics`], [`server`] (connections).

mod account;
mod agent_protocol;
mod agents;
mod audit;
mod body;
mod consoles;
mod cookies;
mod devices;
mod document;
mod etag;
mod events;
mod evidence;
mod gate;
mod gxdch;
mod idempotency;
mod imports;
mod kinds;
mod limits;
mod maintenance;
mod market;
mod members;
mod metrics;
mod money;
mod observe;
mod offers;
mod onboarding;
mod options;
mod orders;
mod participants;
mod problem;
mod projects;
mod proofs;
mod proposals;
mod query;
mod relay;
mod router;
mod same_site;
mod server;
mod services;
mod sessions;
mod sign_in;
mod sites;
mod state;
mod system;
mod table;
mod tokens;
mod trust;

pub use document::document;
pub use options::{ApiOptions, Rate};
pub use router::router;
pub use server::serve;
