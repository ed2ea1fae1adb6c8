//! What a database server must be able to do for the driver.

use std::path::Path;

use async_trait::async_trait;
use hansa_agent::driver::{DriverError, Held};
use hansa_model::kind::KindId;

use crate::limits::{Abilities, Limits, Record};
use crate::name::Name;
use crate::options::ServerOptions;
use crate::secret::Secret;
use crate::upstream::LaunchError;

/// What a server shows of one database.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What the server remembers of it; `None` when it was never completed.
    pub record: Option<Record>,
    /// Whether its user may connect.
    pub open: bool,
    /// Whether its user may write.
    pub writable: bool,
    /// The bytes that its data take.
    pub size: i64,
    /// Connections right now.
    pub connections: i64,
    /// Transactions since the server started, where it counts them.
    pub transactions: Option<i64>,
    /// Which run of the server this is.
    pub run: String,
}

/// One kind of database server. Every call may fail with [`DriverError::Unavailable`].
#[async_trait]
pub trait Engine: Send + Sync + Sized + 'static {
    /// The driver's name.
    const DRIVER: &'static str;
    /// What it delivers.
    const KIND: KindId;
    /// The scheme of connections.
    const SCHEME: &'static str;
    /// How the names of dumps end.
    const DUMP_SUFFIX: &'static str;
    /// The work on one database.
    type Session: Session;

    /// Starts the server where that is ours to do, and gets ready to speak to it.
    async fn launch(server: &ServerOptions) -> Result<Self, LaunchError>;

    /// The host and port that it is reached at from here.
    async fn address(&self) -> (String, u16);

    /// What the server can do.
    async fn abilities(&self) -> Result<Abilities, DriverError>;

    /// The database as the server has it.
    async fn look(&self, name: &Name) -> Result<Option<Seen>, DriverError>;

    /// Everything that looks like this driver's work.
    async fn list(&self) -> Result<Vec<Held>, DriverError>;

    /// Begins work on one database, as soon as nobody else is at it: not even an earlier call that was cut short
    /// here and still goes on in the server.
    async fn enter(&self, name: &Name) -> Result<Self::Session, DriverError>;

    /// Writes all that is in a database to a file.
    async fn dump(&self, name: &Name, file: &Path) -> Result<(), DriverError>;
}

/// Work on one database. Every call may be repeated.
#[async_trait]
pub trait Session: Send + Sized {
    /// The database as the server has it.
    async fn look(&mut self) -> Result<Option<Seen>, DriverError>;

    /// Makes the database and its user, with nobody let in yet. Goes on where an earlier try ended.
    async fn make(&mut self, password: &Secret) -> Result<(), DriverError>;

    /// Gives the user a password.
    async fn set_password(&mut self, password: &Secret) -> Result<(), DriverError>;

    /// Sets all limits that the server itself watches.
    async fn limit(&mut self, limits: &Limits) -> Result<(), DriverError>;

    /// Lets the user in.
    async fn open(&mut self) -> Result<(), DriverError>;

    /// Lets the user no longer in, and ends what is open.
    async fn close(&mut self) -> Result<(), DriverError>;

    /// Lets the user write, or only read and delete.
    async fn set_writable(&mut self, writable: bool) -> Result<(), DriverError>;

    /// Has the server remember the record, in one piece.
    async fn remember(&mut self, record: &Record) -> Result<(), DriverError>;

    /// Lets the dump program into a closed database.
    async fn admit_dump(&mut self) -> Result<(), DriverError>;

    /// Removes the database and its user, with whatever was made of them.
    async fn remove(&mut self) -> Result<(), DriverError>;

    /// Ends the work in order. A session that is dropped ends as well, when the server notices.
    async fn leave(self);
}
