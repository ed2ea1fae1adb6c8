//! The driver over any database server.

mod backups;
mod calls;
mod start;

use std::sync::Arc;

use hansa_agent::driver::{DriverError, Instance, Power};
use hansa_model::id::ServiceId;
use hansa_model::service::Connection;
use hansa_model::time::Clock;
use tokio::task::JoinHandle;

use crate::backups::Backups;
use crate::dumps::LastDumps;
use crate::engine::{Engine, Seen, Session};
use crate::limits::Record;
use crate::name::Name;
use crate::options::{Capacity, Published};
use crate::passwords::Passwords;

pub use start::StartError;

/// A driver of databases on one server.
///
/// While it lives, it makes the backups that are due; [`DatabaseDriver::make_due_backups`] does the same at once.
#[derive(Debug)]
pub struct DatabaseDriver<E> {
    shared: Arc<Shared<E>>,
    backups: JoinHandle<()>,
}

impl<E> Drop for DatabaseDriver<E> {
    fn drop(&mut self) {
        self.backups.abort();
    }
}

#[derive(Debug)]
struct Shared<E> {
    engine: E,
    passwords: Passwords,
    last_dumps: LastDumps,
    backups: Backups,
    published: Option<Published>,
    capacity: Capacity,
    clock: Clock,
}

impl<E> DatabaseDriver<E> {
    /// The server that it speaks to.
    #[must_use]
    pub fn engine(&self) -> &E {
        &self.shared.engine
    }
}

/// What is seen of a database with its record, when it was completed.
fn completed(seen: Seen) -> Option<(Seen, Record)> {
    let record = seen.record.clone()?;
    Some((seen, record))
}

/// What went wrong with our own files; the disk may be full.
fn unwritable(error: impl std::fmt::Display) -> DriverError {
    DriverError::Unavailable(format!("the driver's own files can't be used: {error}"))
}

impl<E: Engine> Shared<E> {
    /// The database of a service as others see it.
    async fn show(&self, record: &Record, open: bool) -> Result<Instance, DriverError> {
        let service = record.service;
        let password = match self.passwords.confirmed(service).map_err(unwritable)? {
            Some(password) => password,
            None => {
                tracing::warn!(%service, "the password was lost; the database gets a new one");
                let password = self.passwords.draft(service).map_err(unwritable)?;
                let mut session = self.engine.enter(&Name::of(service)).await?;
                session.set_password(&password).await?;
                session.leave().await;
                self.passwords.confirm(service).map_err(unwritable)?;
                password
            }
        };
        let name = Name::of(service).to_string();
        let (host, port) = self.address().await;
        let connection = Connection {
            scheme: E::SCHEME.to_owned(),
            host,
            port,
            user: Some(name.clone()),
            password: Some(password.reveal().to_owned()),
            database: Some(name),
            ports: std::collections::BTreeMap::new(),
        };
        let power = if open { Power::Running } else { Power::Stopped };
        Ok(Instance { tag: record.tag(), power, connection: Some(connection) })
    }

    async fn address(&self) -> (String, u16) {
        let (host, port) = self.engine.address().await;
        match &self.published {
            Some(published) => (published.host.clone(), published.port.unwrap_or(port)),
            None => (host, port),
        }
    }

    /// A database that was completed, with its record.
    async fn complete(&self, service: ServiceId) -> Result<Option<(Seen, Record)>, DriverError> {
        Ok(self.engine.look(&Name::of(service)).await?.and_then(completed))
    }

    /// Stops writing above the quota and allows it again below.
    async fn keep_quota(&self, seen: &Seen, record: &Record) -> Result<(), DriverError> {
        let within = seen.size <= record.limits.storage.base();
        if within == seen.writable {
            return Ok(());
        }
        let mut session = self.engine.enter(&Name::of(record.service)).await?;
        session.set_writable(within).await?;
        session.leave().await;
        let (service, quota, size) = (record.service, record.limits.storage, seen.size);
        if within {
            tracing::info!(%service, %quota, size, "the database is within its quota again and may be written");
        } else {
            tracing::warn!(%service, %quota, size, "the database is above its quota and may only be read");
        }
        Ok(())
    }
}
