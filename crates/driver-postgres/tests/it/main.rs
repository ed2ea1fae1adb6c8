//! The driver on real servers.

mod server;
