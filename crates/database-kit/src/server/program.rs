//! What differs between the programs of private servers.

use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use async_trait::async_trait;
use nix::sys::signal::Signal;

use super::ServerError;
use super::account::Account;
use super::home::Home;
use crate::secret::Secret;

/// What the server does with its data when the machine fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was confirmed is ever lost.
    Full,
    /// Everything may be lost when the machine fails, nothing when only the server does: for tests.
    Relaxed,
}

/// One server's place on the machine.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where its files are.
    pub home: Home,
    /// The account it runs as.
    pub account: Account,
    /// The address it listens at.
    pub listen: IpAddr,
    /// How safe its data are.
    pub durability: Durability,
    /// The administrator's password.
    pub password: Secret,
}

/// A server as it describes itself in a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// Its process.
    pub pid: i32,
    /// The port it listens at; the last known one when the file does not tell.
    pub port: Option<u16>,
}

/// The programs of one kind of database server, found on this machine.
#[async_trait]
pub trait Program: fmt::Debug + Send + Sync + Sized + 'static {
    /// The short name in paths: `postgres`.
    const NAME: &'static str;
    /// The scheme of URLs.
    const SCHEME: &'static str;
    /// The account it runs as when we are root.
    const ACCOUNT: &'static str;
    /// The database that administrators connect to.
    const HOME_DATABASE: &'static str;
    /// Ends it in order.
    const END: Signal;
    /// Ends it at once.
    const END_AT_ONCE: Signal;

    /// Finds the programs that fit the data in `home`, if there are any, otherwise the newest.
    ///
    /// # Errors
    /// [`ServerError::NoProgram`] when they are not installed.
    fn find(home: Option<&Home>) -> Result<Self, ServerError>;

    /// The server's program.
    fn executable(&self) -> PathBuf;

    /// Whether there are data in `home`.
    fn is_made(home: &Home) -> bool;

    /// Makes the data. A crash leaves either none or all of them.
    ///
    /// # Errors
    /// [`ServerError`] when that fails.
    async fn make(&self, site: &Site) -> Result<(), ServerError>;

    /// The arguments that the server is started with.
    fn arguments(&self, site: &Site, port: u16) -> Vec<OsString>;

    /// The server that runs on the data in `home`, by its own word.
    fn trace(home: &Home) -> Option<Trace>;

    /// Whether the server takes connections.
    async fn is_ready(home: &Home, pid: i32) -> bool;

    /// The URL of a database for the administrator.
    fn url(site: &Site, port: u16, database: &str) -> String;
}

impl Site {
    /// The directory of the data.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.home.join("data")
    }
}
