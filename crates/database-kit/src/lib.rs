//! What the drivers of database servers share. Each brings an [`engine::Engine`], which speaks to its server;
//! everything that is the same for all is here: the driver itself, passwords, quotas, dumps, backups, and
//! private servers.

pub mod backups;
pub mod driver;
pub mod dumps;
pub mod engine;
pub mod files;
pub mod limits;
pub mod login;
pub mod name;
pub mod options;
pub mod passwords;
pub mod secret;
pub mod server;
pub mod upstream;
