//! The calls of the agent.

use std::collections::BTreeMap;

use async_trait::async_trait;
use hansa_agent::driver::{Description, Driver, DriverError, Held, Instance, Readings, Spec, Tag};
use hansa_model::agent::Action;
use hansa_model::console::ConsoleAccess;
use hansa_model::id::ServiceId;
use hansa_model::kind::Resource;
use hansa_model::price::Meter;
use hansa_model::quantity::{Bytes, Quantity};

use super::{DatabaseDriver, Shared, completed, unwritable};
use crate::dumps::Unfinished;
use crate::engine::{Engine, Seen, Session};
use crate::limits::{Limits, Record};
use crate::name::Name;

#[async_trait]
impl<E: Engine> Driver for DatabaseDriver<E> {
    async fn describe(&self) -> Result<Description, DriverError> {
        let shared = &self.shared;
        shared.engine.abilities().await?;
        Ok(Description {
            driver: E::DRIVER,
            kind: E::KIND,
            actions: vec![Action::Resize, Action::Stop, Action::Start, Action::Dump],
            images: BTreeMap::new(),
            capacity: BTreeMap::from([
                (Resource::Storage, shared.capacity.storage.base()),
                (Resource::Instances, i64::from(shared.capacity.instances)),
            ]),
            simulated: false,
            console: ConsoleAccess::None,
        })
    }

    async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError> {
        let Some((seen, record)) = self.shared.complete(service).await? else { return Ok(None) };
        self.shared.keep_quota(&seen, &record).await?;
        self.shared.show(&record, seen.open).await.map(Some)
    }

    async fn create(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let shared = &self.shared;
        let service = spec.tag.service;
        let limits = shared.limits(spec).await?;
        let mut session = shared.engine.enter(&Name::of(service)).await?;
        if session.look().await?.and_then(completed).is_none() {
            let password = shared.passwords.draft(service).map_err(unwritable)?;
            session.make(&password).await?;
            shared.passwords.confirm(service).map_err(unwritable)?;
        }
        session.limit(&limits).await?;
        session.open().await?;
        let record = Record::new(spec, limits);
        session.remember(&record).await?;
        session.leave().await;
        shared.show(&record, true).await
    }

    async fn resize(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let shared = &self.shared;
        let service = spec.tag.service;
        let limits = shared.limits(spec).await?;
        let mut session = shared.engine.enter(&Name::of(service)).await?;
        let (seen, _) = present(&mut session, service).await?;
        room_for_data(&seen, &limits)?;
        session.limit(&limits).await?;
        if !seen.writable {
            session.set_writable(true).await?;
        }
        let record = Record::new(spec, limits);
        session.remember(&record).await?;
        session.leave().await;
        shared.show(&record, seen.open).await
    }

    async fn start(&self, tag: Tag) -> Result<Instance, DriverError> {
        let mut session = self.shared.engine.enter(&Name::of(tag.service)).await?;
        let (_, record) = present(&mut session, tag.service).await?;
        session.open().await?;
        let record = Record { generation: tag.generation, ..record };
        session.remember(&record).await?;
        session.leave().await;
        self.shared.show(&record, true).await
    }

    async fn stop(&self, tag: Tag) -> Result<Instance, DriverError> {
        let mut session = self.shared.engine.enter(&Name::of(tag.service)).await?;
        let (_, record) = present(&mut session, tag.service).await?;
        session.close().await?;
        let record = Record { generation: tag.generation, ..record };
        session.remember(&record).await?;
        session.leave().await;
        self.shared.show(&record, false).await
    }

    async fn terminate(&self, service: ServiceId, dump: bool) -> Result<Option<String>, DriverError> {
        let shared = &self.shared;
        let name = Name::of(service);
        let file = shared.last_dumps.file(service);
        let mut session = shared.engine.enter(&name).await?;
        if dump && session.look().await?.and_then(completed).is_some() {
            session.close().await?;
            session.admit_dump().await?;
            let unfinished = Unfinished::begin(file.clone()).map_err(unwritable)?;
            shared.engine.dump(&name, unfinished.path()).await?;
            unfinished.finish().map_err(unwritable)?;
        }
        session.remove().await?;
        session.leave().await;
        shared.backups.forget(service).map_err(unwritable)?;
        shared.passwords.forget(service).map_err(unwritable)?;
        // An earlier try may have been cut short between the dump and its answer.
        Ok((dump && file.exists()).then(|| file.display().to_string()))
    }

    async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError> {
        let shared = &self.shared;
        let Some((seen, record)) = shared.complete(service).await? else { return Ok(None) };
        shared.keep_quota(&seen, &record).await?;
        let mut gauges = BTreeMap::from([
            ("disk.bytes", gauge(seen.size)),
            ("connections", gauge(seen.connections)),
            ("quota.exceeded", if seen.size > record.limits.storage.base() { 1.0 } else { 0.0 }),
        ]);
        gauges.extend(seen.transactions.map(|count| ("transactions", gauge(count))));
        let age = record.limits.backup.and_then(|plan| shared.backups.age(service, plan, shared.clock.now()));
        gauges.extend(age.map(|age| ("backup.age.seconds", age.as_secs_f64())));
        Ok(Some(Readings { run: seen.run, totals: BTreeMap::from([(Meter::StorageUsed, seen.size)]), gauges }))
    }

    async fn inventory(&self) -> Result<Vec<Held>, DriverError> {
        self.shared.engine.list().await
    }
}

impl<E: Engine> Shared<E> {
    /// The limits that are asked for, when they can be kept here.
    async fn limits(&self, spec: &Spec) -> Result<Limits, DriverError> {
        let limits = Limits::of(spec, &self.engine.abilities().await?)?;
        if let Some(plan) = limits.backup {
            self.backups.place(plan)?;
        }
        let most = self.capacity.storage;
        if limits.storage > most {
            let wanted = limits.storage;
            return Err(DriverError::Refused(format!(
                "{wanted} were asked for, but there are only {most} here in all"
            )));
        }
        Ok(limits)
    }
}

/// A database that must be there, with its record.
async fn present(session: &mut impl Session, service: ServiceId) -> Result<(Seen, Record), DriverError> {
    let missing = || DriverError::Unavailable(format!("the server has no database for {service}"));
    session.look().await?.and_then(completed).ok_or_else(missing)
}

/// Refuses to shrink a database below what is in it.
fn room_for_data(seen: &Seen, limits: &Limits) -> Result<(), DriverError> {
    if seen.size <= limits.storage.base() {
        return Ok(());
    }
    let (size, storage) = (Quantity::<Bytes>::from_base(seen.size), limits.storage);
    Err(DriverError::Refused(format!("the data take {size}, more than {storage}: delete some first")))
}

/// A value as a gauge; beyond 2⁵³ the last digits are lost, which no chart shows.
#[expect(clippy::cast_precision_loss, reason = "gauges are for charts")]
fn gauge(value: i64) -> f64 {
    value as f64
}
