//! A driver that watches its agent: what an agent must never do to a back end is an offence.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::{Console, Description, Driver, DriverError, Held, Instance, Readings, Spec, Tag};
use hansa_driver_simulated::{Backend, Simulated};
use hansa_model::id::ServiceId;
use hansa_model::time::{Clock, Timestamp};

use crate::exchange::Exchange;

/// What is seen over all drivers of one back end.
#[derive(Default)]
pub(crate) struct Log {
    busy: BTreeSet<ServiceId>,
    /// The highest generation that each present resource was seen to carry.
    tags: BTreeMap<ServiceId, u64>,
    pub(crate) truth: BTreeMap<ServiceId, Truth>,
    pub(crate) calls: Vec<(Timestamp, &'static str, ServiceId)>,
    pub(crate) offences: Vec<String>,
}

/// How long a resource really ran. It changes only within calls or when it is killed, so looking at the end of
/// each of these is enough.
#[derive(Default)]
pub(crate) struct Truth {
    since: Option<Timestamp>,
    ran: Duration,
    pub(crate) changes: u32,
}

impl Truth {
    fn see(&mut self, is_started: bool, now: Timestamp) {
        match (self.since, is_started) {
            (None, true) => self.since = Some(now),
            (Some(since), false) => {
                self.ran += now.since(since);
                self.since = None;
            }
            _ => return,
        }
        self.changes += 1;
    }

    pub(crate) fn ran(&self, now: Timestamp) -> Duration {
        self.ran + self.since.map_or(Duration::ZERO, |since| now.since(since))
    }
}

impl Log {
    /// Looks whether a resource runs.
    pub(crate) fn look(&mut self, backend: &Backend, service: ServiceId, now: Timestamp) {
        self.truth.entry(service).or_default().see(backend.is_started(service), now);
    }
}

pub(crate) struct Watched {
    inner: Simulated,
    exchange: Exchange,
    clock: Clock,
    log: Arc<Mutex<Log>>,
}

/// A call in progress; it ends also when it is dropped.
struct Busy {
    service: ServiceId,
    backend: Backend,
    clock: Clock,
    log: Arc<Mutex<Log>>,
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut log = self.log.lock().unwrap();
        log.busy.remove(&self.service);
        log.look(&self.backend, self.service, self.clock.now());
    }
}

impl Watched {
    pub(crate) fn new(inner: Simulated, exchange: Exchange, clock: Clock, log: Arc<Mutex<Log>>) -> Self {
        Self { inner, exchange, clock, log }
    }

    fn enter(&self, name: &'static str, service: ServiceId) -> Busy {
        let mut log = self.log.lock().unwrap();
        if !log.busy.insert(service) {
            log.offences.push(format!("{name} overlaps another call for {service}"));
        }
        log.calls.push((self.clock.now(), name, service));
        let backend = self.backend().clone();
        Busy { service, backend, clock: self.clock.clone(), log: Arc::clone(&self.log) }
    }

    /// Whoever changes something must not fall behind what is there.
    fn check_tag(&self, name: &str, tag: Tag) {
        let mut log = self.log.lock().unwrap();
        let known = log.tags.get(&tag.service).copied().unwrap_or_default();
        if tag.generation < known {
            log.offences.push(format!("{name} by {tag:?} although it carries {known}"));
        }
    }

    fn note(&self, instance: &Instance) {
        let mut log = self.log.lock().unwrap();
        let known = log.tags.entry(instance.tag.service).or_default();
        if instance.tag.generation < *known {
            let offence =
                format!("the tag of {} fell from {known} to {}", instance.tag.service, instance.tag.generation);
            log.offences.push(offence);
        } else {
            *known = instance.tag.generation;
        }
    }

    fn backend(&self) -> &Backend {
        self.inner.backend()
    }
}

#[async_trait]
impl Driver for Watched {
    async fn describe(&self) -> Result<Description, DriverError> {
        self.inner.describe().await
    }

    async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError> {
        let _busy = self.enter("find", service);
        let found = self.inner.find(service).await?;
        if let Some(instance) = &found {
            self.note(instance);
        }
        Ok(found)
    }

    async fn create(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let _busy = self.enter("create", spec.tag.service);
        self.check_tag("create", spec.tag);
        self.inner.create(spec).await.inspect(|instance| self.note(instance))
    }

    async fn resize(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let _busy = self.enter("resize", spec.tag.service);
        self.check_tag("resize", spec.tag);
        self.inner.resize(spec).await.inspect(|instance| self.note(instance))
    }

    async fn start(&self, tag: Tag) -> Result<Instance, DriverError> {
        let _busy = self.enter("start", tag.service);
        self.check_tag("start", tag);
        self.inner.start(tag).await.inspect(|instance| self.note(instance))
    }

    async fn stop(&self, tag: Tag) -> Result<Instance, DriverError> {
        let _busy = self.enter("stop", tag.service);
        self.check_tag("stop", tag);
        self.inner.stop(tag).await.inspect(|instance| self.note(instance))
    }

    async fn terminate(&self, service: ServiceId, dump: bool) -> Result<Option<String>, DriverError> {
        let _busy = self.enter("terminate", service);
        let generation = self.log.lock().unwrap().tags.get(&service).copied().unwrap_or_default();
        if !self.exchange.may_end(service, generation) {
            let offence = format!("{service} was terminated at generation {generation}, which nobody wanted");
            self.log.lock().unwrap().offences.push(offence);
        }
        let outcome = self.inner.terminate(service, dump).await;
        if !self.backend().objects().contains(&service.to_string()) {
            self.log.lock().unwrap().tags.remove(&service);
        }
        outcome
    }

    async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError> {
        let _busy = self.enter("meter", service);
        self.inner.meter(service).await
    }

    async fn inventory(&self) -> Result<Vec<Held>, DriverError> {
        self.inner.inventory().await
    }

    async fn log(&self, service: ServiceId, lines: usize) -> Result<Option<String>, DriverError> {
        self.inner.log(service, lines).await
    }

    async fn console(&self, service: ServiceId) -> Result<Box<dyn Console>, DriverError> {
        self.inner.console(service).await
    }
}
