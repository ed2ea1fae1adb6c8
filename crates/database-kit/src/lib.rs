//! What the drivers of database servers share: private servers, passwords, quotas, dumps and backups.

pub mod files;
pub mod secret;
pub mod server;
