//! Fetches what trust needs from elsewhere: DID documents, certificate chains and status lists.
//!
//! Whoever hands in a credential names the addresses that are asked, so a [`Resolver`] asks public addresses only,
//! over HTTPS, for a limited time and a limited size. It looks names up itself and connects to no other address than
//! those that it has checked. What it fetched it keeps for a while, and equal requests at the same time become one.

mod address;
mod cache;
mod guard;
mod options;
mod resolver;

pub use guard::Lookup;
pub use options::{CacheOptions, Options, SetupError};
pub use resolver::{Answer, Own, Resolver};
