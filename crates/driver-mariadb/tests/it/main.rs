//! The driver on real servers.

mod backups;
mod conformance;
mod outages;
mod server;
mod tenancy;
mod world;
