//! A driver at its place: calls to it are bounded in number and time, and its faults stay its own.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use hansa_model::agent::Capability;
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::name::Name;
use tokio::sync::Semaphore;

use crate::driver::{Console, Driver, DriverError, Held, Instance, Readings};
use crate::options::Options;
use crate::telemetry::Telemetry;
use crate::timer::Timer;

/// A driver and the site that it works at.
#[derive(Clone)]
pub struct Placement {
    /// The site's short name.
    pub site: Name,
    /// The driver.
    pub driver: Arc<dyn Driver>,
}

impl std::fmt::Debug for Placement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Placement").field("site", &self.site).finish_non_exhaustive()
    }
}

pub(crate) struct Station {
    pub(crate) site: Name,
    pub(crate) driver: Arc<dyn Driver>,
    /// What it delivers, once it has said so.
    kind: OnceLock<KindId>,
    name: Mutex<&'static str>,
    /// Whether it was asked at least once what it can do, and answered or failed to.
    was_asked: AtomicBool,
    turns: Semaphore,
    timer: Timer,
    call_limit: Duration,
    look_limit: Duration,
    telemetry: Arc<Telemetry>,
}

impl Station {
    pub(crate) fn new(placement: Placement, options: &Options, telemetry: Arc<Telemetry>) -> Self {
        Self {
            site: placement.site,
            driver: placement.driver,
            kind: OnceLock::new(),
            name: Mutex::new("unknown"),
            was_asked: AtomicBool::new(false),
            turns: Semaphore::new(options.concurrency.max(1)),
            timer: options.timer.clone(),
            call_limit: options.call_limit,
            look_limit: options.look_limit,
            telemetry,
        }
    }

    pub(crate) fn kind(&self) -> Option<KindId> {
        self.kind.get().copied()
    }

    pub(crate) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::SeqCst)
    }

    /// A call that changes something.
    pub(crate) async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T, DriverError>>,
    ) -> Result<T, DriverError> {
        self.bounded(name, self.call_limit, call).await
    }

    pub(crate) async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError> {
        self.bounded("find", self.look_limit, self.driver.find(service)).await
    }

    pub(crate) async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError> {
        self.bounded("meter", self.look_limit, self.driver.meter(service)).await
    }

    pub(crate) async fn log(&self, service: ServiceId, lines: usize) -> Result<Option<String>, DriverError> {
        self.limited("log", self.look_limit, self.driver.log(service, lines)).await
    }

    pub(crate) async fn console(&self, service: ServiceId) -> Result<Box<dyn Console>, DriverError> {
        self.limited("console", self.look_limit, self.driver.console(service)).await
    }

    pub(crate) async fn inventory(&self) -> Result<(&'static str, Vec<Held>), DriverError> {
        let held = self.bounded("inventory", self.look_limit, self.driver.inventory()).await?;
        Ok((self.name(), held))
    }

    pub(crate) async fn describe(&self) -> Result<Capability, DriverError> {
        let answer = self.bounded("describe", self.look_limit, self.driver.describe()).await;
        self.was_asked.store(true, Ordering::SeqCst);
        let description = answer?;
        self.kind.get_or_init(|| description.kind);
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = description.driver;
        Ok(Capability {
            driver: description.driver.to_owned(),
            site: self.site.clone(),
            kind: description.kind,
            actions: description.actions,
            images: description.images,
            capacity: description.capacity,
            simulated: description.simulated,
            console: description.console,
        })
    }

    fn name(&self) -> &'static str {
        *self.name.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call in its turn.
    async fn bounded<T>(
        &self,
        name: &'static str,
        limit: Duration,
        call: impl Future<Output = Result<T, DriverError>>,
    ) -> Result<T, DriverError> {
        let _turn = self.turns.acquire().await;
        self.limited(name, limit, call).await
    }

    /// A call that does not wait for its turn, since somebody waits for the answer.
    async fn limited<T>(
        &self,
        name: &'static str,
        limit: Duration,
        call: impl Future<Output = Result<T, DriverError>>,
    ) -> Result<T, DriverError> {
        let outcome = self.timer.timeout(limit, AssertUnwindSafe(call).catch_unwind()).await;
        let answer = match outcome {
            Some(Ok(answer)) => answer,
            Some(Err(_)) => {
                Err(DriverError::Unavailable(format!("the driver broke down in {name}; this is a bug in it")))
            }
            None => {
                Err(DriverError::Unavailable(format!("the back end did not answer {name} in {} s", limit.as_secs())))
            }
        };
        self.telemetry.called(self.name(), name, answer.as_ref().err());
        answer
    }
}
