//! The driver over a simulated back end.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::driver::{Console, Description, Driver, DriverError, Held, Instance, Power, Readings, Spec, Tag};
use hansa_agent::timer::Timer;
use hansa_model::console::ConsoleAccess;
use hansa_model::id::ServiceId;
use hansa_model::kind::{KindId, Resource};
use hansa_model::price::Meter;
use hansa_model::service::Connection;
use hansa_model::time::Clock;

use crate::backend::{Backend, BackendError, Made, World, takes};
use crate::dice::Dice;
use crate::options::Options;
use crate::shell;

/// What it says that it has of a resource without limit; far from where sums overflow.
const WITHOUT_LIMIT: i64 = i64::MAX / 1024;

/// The driver of a simulated back end.
#[derive(Debug, Clone)]
pub struct Simulated {
    options: Options,
    backend: Backend,
    clock: Clock,
    timer: Timer,
}

impl Simulated {
    /// A driver on a back end of its own: in the file that the options name, or in memory.
    ///
    /// # Errors
    /// [`BackendError`] when the file can't be used.
    pub fn open(options: Options, clock: Clock) -> Result<Self, BackendError> {
        let backend = options.state.as_deref().map_or_else(|| Ok(Backend::in_memory()), Backend::in_file)?;
        Ok(Self::on(backend, options, clock, Timer::System))
    }

    /// A driver on a given back end.
    #[must_use]
    pub const fn on(backend: Backend, options: Options, clock: Clock, timer: Timer) -> Self {
        Self { options, backend, clock, timer }
    }

    /// The back end, to look into it and to do harm.
    #[must_use]
    pub const fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Begins a call: it takes its time, and may fail or never answer.
    async fn begin(&self, service: ServiceId, call: &'static str) -> Result<Dice, DriverError> {
        let dice = Dice::new(self.options.seed, service, call, self.backend.attempt(service, call));
        self.pass_time(&dice, "before").await;
        if self.backend.is_down() {
            return Err(DriverError::Unavailable("the simulated back end does not answer".to_owned()));
        }
        if dice.happens("hang", self.options.hang_rate) {
            std::future::pending::<()>().await;
        }
        if dice.happens("fail", self.options.failure_rate) {
            return Err(DriverError::Unavailable(format!("the simulated {call} failed")));
        }
        Ok(dice)
    }

    /// Ends a call that did its work; it may still say that it failed.
    async fn end<T>(&self, dice: &Dice, answer: T) -> Result<T, DriverError> {
        self.pass_time(dice, "after").await;
        if dice.happens("fail after success", self.options.failure_after_success_rate) {
            return Err(DriverError::Unavailable("the simulated answer was lost".to_owned()));
        }
        Ok(answer)
    }

    /// Half of the call's latency.
    async fn pass_time(&self, dice: &Dice, half: &str) {
        let latency = dice.within(half, self.options.latency_ms);
        if latency > 0 {
            self.timer.sleep(Duration::from_millis(latency).div_f64(2.0)).await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> Result<T, DriverError> {
        let unwritten = |error| DriverError::Unavailable(format!("the simulated state can't be written: {error}"));
        self.backend.change(change).map_err(unwritten)
    }

    /// Changes one resource and shows it.
    fn change_made(&self, tag: Tag, change: impl FnOnce(&mut World, &mut Made)) -> Result<Instance, DriverError> {
        let changed = self.change(|world| {
            let mut made = world.made.remove(&tag.service)?;
            change(world, &mut made);
            world.made.insert(tag.service, made.clone());
            Some(made)
        })?;
        changed.map(|made| self.show(&made)).ok_or_else(|| unknown(tag.service))
    }

    /// Machines have consoles; databases have none, as their real drivers.
    fn console_access(&self) -> ConsoleAccess {
        match self.options.kind {
            KindId::ComputeInstance => ConsoleAccess::Terminal,
            KindId::DatabasePostgresql | KindId::DatabaseMariadb => ConsoleAccess::None,
        }
    }

    /// What there is of a resource in all.
    fn capacity(&self, resource: Resource) -> i64 {
        self.options.capacity.get(&resource).copied().unwrap_or(WITHOUT_LIMIT)
    }

    fn room_for(&self, world: &World, spec: &Spec) -> Result<(), DriverError> {
        for resource in Resource::ALL {
            let Some(capacity) = self.options.capacity.get(&resource) else { continue };
            let wanted = takes(&spec.properties, resource);
            let name = resource.name();
            if wanted > *capacity {
                return Err(DriverError::Refused(format!("there is not so much {name} here in all: order less")));
            }
            if wanted > capacity - world.taken(resource, spec.tag.service) {
                return Err(DriverError::Unavailable(format!("there is not enough {name} left")));
            }
        }
        Ok(())
    }

    fn show(&self, made: &Made) -> Instance {
        let boot = Duration::from_millis(self.options.boot_ms);
        let power = match made.run {
            None => Power::Stopped,
            Some(run) if self.clock.now() < run.since.plus(boot) => Power::Starting,
            Some(_) => Power::Running,
        };
        let connection = (made.tag.generation > 0).then(|| self.connection(made));
        Instance { tag: made.tag, power, connection }
    }

    fn connection(&self, made: &Made) -> Connection {
        let (scheme, account) = match self.options.kind {
            KindId::ComputeInstance => ("http", None),
            KindId::DatabasePostgresql => ("postgres", Some("simulated".to_owned())),
            KindId::DatabaseMariadb => ("mysql", Some("simulated".to_owned())),
        };
        let [.., high, low] = *made.tag.service.uuid().as_bytes();
        Connection {
            scheme: scheme.to_owned(),
            host: self.options.host.clone(),
            port: u16::from_be_bytes([high, low]) | 1024,
            user: account.clone(),
            password: account.clone(),
            database: account,
            ports: made.ports.clone(),
        }
    }
}

fn unknown(service: ServiceId) -> DriverError {
    DriverError::Unavailable(format!("the simulated back end holds no {service}"))
}

#[async_trait]
impl Driver for Simulated {
    async fn describe(&self) -> Result<Description, DriverError> {
        if self.backend.is_down() {
            return Err(DriverError::Unavailable("the simulated back end does not answer".to_owned()));
        }
        Ok(Description {
            driver: "simulated",
            kind: self.options.kind,
            actions: self.options.actions.clone(),
            images: self.options.images.clone(),
            capacity: Resource::ALL.into_iter().map(|resource| (resource, self.capacity(resource))).collect(),
            simulated: true,
            console: self.console_access(),
        })
    }

    async fn find(&self, service: ServiceId) -> Result<Option<Instance>, DriverError> {
        let dice = self.begin(service, "find").await?;
        let found = self.backend.look().made.get(&service).cloned();
        self.end(&dice, found.map(|made| self.show(&made))).await
    }

    async fn create(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let service = spec.tag.service;
        let dice = self.begin(service, "create").await?;
        let forever = Dice::new(self.options.seed, service, "create", 0);
        if forever.happens("refuse", self.options.refusal_rate) {
            return Err(DriverError::Refused("the simulated back end never makes this one".to_owned()));
        }
        self.room_for(&self.backend.look(), spec)?;
        self.change(|world| world.made.entry(service).or_insert_with(|| Made::begun(spec)).clone())?;
        self.pass_time(&dice, "making").await;
        let now = self.clock.now();
        let instance = self.change_made(spec.tag, |world, made| {
            made.properties = spec.properties.clone();
            made.run = made.run.or_else(|| Some(world.next_run(now)));
            made.tag = spec.tag;
        })?;
        self.end(&dice, instance).await
    }

    async fn resize(&self, spec: &Spec) -> Result<Instance, DriverError> {
        let dice = self.begin(spec.tag.service, "resize").await?;
        self.room_for(&self.backend.look(), spec)?;
        self.change_made(spec.tag, |_, made| made.properties = spec.properties.clone())?;
        self.pass_time(&dice, "resizing").await;
        let instance = self.change_made(spec.tag, |_, made| made.tag = spec.tag)?;
        self.end(&dice, instance).await
    }

    async fn start(&self, tag: Tag) -> Result<Instance, DriverError> {
        let dice = self.begin(tag.service, "start").await?;
        let now = self.clock.now();
        self.change_made(tag, |world, made| made.run = made.run.or_else(|| Some(world.next_run(now))))?;
        self.pass_time(&dice, "starting").await;
        let instance = self.change_made(tag, |_, made| made.tag = tag)?;
        self.end(&dice, instance).await
    }

    async fn stop(&self, tag: Tag) -> Result<Instance, DriverError> {
        let dice = self.begin(tag.service, "stop").await?;
        self.change_made(tag, |_, made| made.run = None)?;
        self.pass_time(&dice, "stopping").await;
        let instance = self.change_made(tag, |_, made| made.tag = tag)?;
        self.end(&dice, instance).await
    }

    async fn terminate(&self, service: ServiceId, dump: bool) -> Result<Option<String>, DriverError> {
        let dice = self.begin(service, "terminate").await?;
        let stopped = self.change(|world| world.made.get_mut(&service).map(|made| made.run = None))?;
        self.pass_time(&dice, "terminating").await;
        self.change(|world| world.made.remove(&service))?;
        let place = stopped.filter(|()| dump).map(|()| format!("simulated:dumps/{service}"));
        self.end(&dice, place).await
    }

    async fn meter(&self, service: ServiceId) -> Result<Option<Readings>, DriverError> {
        let dice = self.begin(service, "meter").await?;
        let made = self.backend.look().made.get(&service).cloned();
        let readings = made.and_then(|made| {
            let run = made.run?;
            let elapsed = self.clock.now().since(run.since);
            let milliseconds = i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX);
            let total = |rate: i64| rate.saturating_mul(milliseconds) / 1000;
            let stored = takes(&made.properties, Resource::Storage) / 2;
            let rates = self.options.rates;
            Some(Readings {
                run: run.number.to_string(),
                totals: BTreeMap::from([
                    (Meter::CpuTime, total(rates.cpu_ms)),
                    (Meter::NetworkEgress, total(rates.egress)),
                    (Meter::NetworkIngress, total(rates.ingress)),
                    (Meter::StorageUsed, stored),
                ]),
                gauges: BTreeMap::from([
                    ("cpu.percent", gauge(rates.cpu_ms) / 10.0),
                    ("memory.bytes", gauge(takes(&made.properties, Resource::Memory)) / 2.0),
                    ("disk.bytes", gauge(stored)),
                ]),
            })
        });
        self.end(&dice, readings).await
    }

    async fn inventory(&self) -> Result<Vec<Held>, DriverError> {
        if self.backend.is_down() {
            return Err(DriverError::Unavailable("the simulated back end does not answer".to_owned()));
        }
        let world = self.backend.look();
        let made = world.made.keys().map(|service| Held { name: service.to_string(), service: Some(*service) });
        let leftovers = world.leftovers.iter().map(|name| Held { name: name.clone(), service: None });
        Ok(made.chain(leftovers).collect())
    }

    async fn log(&self, service: ServiceId, lines: usize) -> Result<Option<String>, DriverError> {
        let made = self.backend.look().made.get(&service).cloned();
        let Some(run) = made.and_then(|made| made.run) else { return Ok(None) };
        let text = format!("run {} began at {}\nthis is a simulation: nothing runs\n", run.number, run.since);
        let skipped = text.lines().count().saturating_sub(lines);
        Ok(Some(text.lines().skip(skipped).map(|line| format!("{line}\n")).collect()))
    }

    async fn console(&self, service: ServiceId) -> Result<Box<dyn Console>, DriverError> {
        if self.console_access() < ConsoleAccess::Terminal {
            return Err(DriverError::Refused("there is no terminal on a simulated database".to_owned()));
        }
        let made = self.backend.look().made.get(&service).cloned();
        match made.and_then(|made| made.run) {
            Some(_) => Ok(Box::new(shell::open())),
            None => Err(DriverError::Unavailable("it does not run, so there is no terminal on it".to_owned())),
        }
    }
}

/// A value as a gauge; beyond 2⁵³ the last digits are lost, which no chart shows.
#[expect(clippy::cast_precision_loss, reason = "gauges are for charts")]
fn gauge(value: i64) -> f64 {
    value as f64
}
