//! What the parts of a running agent share.

use std::collections::{BTreeMap, VecDeque};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hansa_model::agent::{Capability, InventoryItem};
use hansa_model::console::ConsoleAsk;
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::name::Name;
use hansa_model::service::MetricSample;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::exchange_time::ExchangeTime;
use crate::journal::{Journal, JournalError, Record, Weight};
use crate::link::{Link, LinkError};
use crate::metering::OpenInterval;
use crate::options::Options;
use crate::station::Station;
use crate::telemetry::Telemetry;

/// By how many microseconds this machine's clock may drift before the new difference is written down.
const CLOCK_DRIFT: i64 = 10 * MICROS_PER_SECOND;
/// Samples of metrics that wait for a report; older ones make room for newer ones.
const MOST_SAMPLES: usize = 5_000;
/// Wishes for consoles that wait to be seen to.
const MOST_ASKS: usize = 64;

pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) link: Box<dyn Link>,
    pub(crate) journal: Journal,
    pub(crate) stations: Vec<Station>,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) signals: Signals,
    slots: Mutex<BTreeMap<ServiceId, Arc<Slot>>>,
    samples: Mutex<VecDeque<MetricSample>>,
    asks: Mutex<Vec<ConsoleAsk>>,
    census: Mutex<Census>,
    inventory_wanted: AtomicBool,
    contact: Mutex<Contact>,
    chance: Mutex<StdRng>,
    time: Mutex<ExchangeTime>,
}

/// Hints that say "look now", never what changed.
#[derive(Default)]
pub(crate) struct Signals {
    /// Ask the exchange again from where the journal stands.
    pub(crate) pull: Notify,
    /// There may be services that nobody tends.
    pub(crate) assigned: Notify,
    /// There may be something to report.
    pub(crate) report: Notify,
    /// Somebody wants to see a console.
    pub(crate) console: Notify,
    /// Somebody wants to know what the back ends hold.
    pub(crate) census: Notify,
    /// The exchange may be reachable again.
    pub(crate) retry: Notify,
    /// The agent is to stop.
    pub(crate) closing: CancellationToken,
}

/// The place where one service is tended.
pub(crate) struct Slot {
    pub(crate) service: ServiceId,
    pub(crate) wake: Notify,
    /// Held during calls for the service, so that they never overlap.
    pub(crate) memory: tokio::sync::Mutex<Memory>,
}

/// What is known of a service beyond the journal; it may be forgotten.
#[derive(Default)]
pub(crate) struct Memory {
    /// Failures in a row.
    pub(crate) failures: u32,
    /// Looks in a row that found it still starting.
    pub(crate) waits: u32,
    /// The intent that the back end refused for good, and why.
    pub(crate) refused: Option<(u64, String)>,
    /// The intent that was found to be stale.
    pub(crate) stale: Option<u64>,
    /// What it uses, ahead of the journal.
    pub(crate) open: Option<OpenInterval>,
}

/// What is to be told of drivers and back ends in the next report.
#[derive(Debug, Default)]
pub(crate) struct Census {
    pub(crate) capabilities: Option<Vec<Capability>>,
    pub(crate) inventory: Option<Vec<InventoryItem>>,
}

/// How it stands with the exchange.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contact {
    pub(crate) connected: bool,
    pub(crate) last: Option<Timestamp>,
    pub(crate) error: Option<String>,
}

/// Why there is no driver for a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoStation {
    /// A driver is being asked for the first time what it delivers.
    NotAskedYet,
    /// A driver can't say what it delivers.
    Down,
    /// No driver delivers this at this site.
    Never,
}

impl Core {
    pub(crate) fn new(
        options: Options,
        link: Box<dyn Link>,
        journal: Journal,
        stations: Vec<Station>,
        telemetry: Arc<Telemetry>,
    ) -> Self {
        let chance = Mutex::new(StdRng::seed_from_u64(options.seed));
        let clock_ahead = journal.look(|state| state.clock_ahead);
        let now = Timestamp::from_micros(options.clock.now().micros() - clock_ahead);
        let time = Mutex::new(ExchangeTime::new(now, options.timer.elapsed()));
        Self {
            options,
            link,
            journal,
            stations,
            telemetry,
            signals: Signals::default(),
            slots: Mutex::default(),
            samples: Mutex::default(),
            asks: Mutex::default(),
            census: Mutex::default(),
            inventory_wanted: AtomicBool::new(true),
            contact: Mutex::default(),
            chance,
            time,
        }
    }

    /// The exchange's time, as far as it is known.
    pub(crate) fn now(&self) -> Timestamp {
        lock(&self.time).now(self.options.timer.elapsed())
    }

    /// Goes by the exchange's time from now on, also after a restart.
    pub(crate) async fn correct_time(&self, at: Timestamp) -> Result<(), JournalError> {
        let is_wrong = lock(&self.time).correct(at, self.options.timer.elapsed());
        let clock_ahead = self.options.clock.now().micros() - at.micros();
        let known = self.journal.look(|state| state.clock_ahead);
        if !is_wrong && (clock_ahead - known).abs() <= CLOCK_DRIFT {
            return Ok(());
        }
        let seconds = clock_ahead / MICROS_PER_SECOND;
        tracing::warn!(seconds, "this machine's clock differs from the exchange's; the agent goes by the exchange's");
        match self.journal.write(Weight::Fact, Record::ClockAhead { micros: clock_ahead }).await {
            Err(JournalError::Full) => Ok(()),
            outcome => outcome,
        }
    }

    /// How long to wait after so many failures in a row, with chance so that many don't come back at once.
    pub(crate) fn pause(&self, failures: u32) -> Duration {
        let doubled = self.options.first_pause.saturating_mul(2u32.saturating_pow(failures.saturating_sub(1)));
        doubled.min(self.options.longest_pause).mul_f64(lock(&self.chance).random_range(0.5..=1.0))
    }

    pub(crate) fn station(&self, site: &Name, kind: KindId) -> Result<&Station, NoStation> {
        let here = || self.stations.iter().filter(|station| station.site == *site);
        match here().find(|station| station.kind() == Some(kind)) {
            Some(station) => Ok(station),
            None if here().any(|station| !station.was_asked()) => Err(NoStation::NotAskedYet),
            None if here().any(|station| station.kind().is_none()) => Err(NoStation::Down),
            None => Err(NoStation::Never),
        }
    }

    /// Where a service of this agent is made real.
    pub(crate) fn station_of(&self, service: ServiceId) -> Option<&Station> {
        let (site, kind) = self.journal.look(|state| {
            state.services.get(&service).map(|life| (life.assignment.site.clone(), life.assignment.kind))
        })?;
        self.station(&site, kind).ok()
    }

    /// Keeps a wish for a console until somebody sees to it; when too many wait, it is let go.
    pub(crate) fn ask(&self, ask: ConsoleAsk) {
        let mut asks = lock(&self.asks);
        if asks.len() < MOST_ASKS {
            asks.push(ask);
            self.signals.console.notify_one();
        }
    }

    pub(crate) fn take_asks(&self) -> Vec<ConsoleAsk> {
        mem::take(&mut lock(&self.asks))
    }

    pub(crate) fn slot(&self, service: ServiceId) -> Option<Arc<Slot>> {
        lock(&self.slots).get(&service).cloned()
    }

    /// Makes a place for every service of the journal that has none.
    pub(crate) fn new_slots(&self) -> Vec<Arc<Slot>> {
        let mut slots = lock(&self.slots);
        self.journal.look(|state| {
            let untended = state.services.iter().filter(|(service, _)| !slots.contains_key(service));
            let made: Vec<_> = untended.map(|(service, life)| Slot::new(*service, life.open.clone())).collect();
            slots.extend(made.iter().map(|slot| (slot.service, Arc::clone(slot))));
            made
        })
    }

    /// Gives up the place of a service that is gone; `false` when it is wanted again.
    pub(crate) fn give_up(&self, service: ServiceId) -> bool {
        let mut slots = lock(&self.slots);
        let gone = self.journal.look(|state| !state.services.contains_key(&service));
        if gone {
            slots.remove(&service);
        }
        gone
    }

    /// Has every service looked at now.
    pub(crate) fn wake_all(&self) {
        for slot in lock(&self.slots).values() {
            slot.wake.notify_one();
        }
    }

    pub(crate) fn keep_samples(&self, new: impl IntoIterator<Item = MetricSample>) {
        let mut samples = lock(&self.samples);
        samples.extend(new);
        let surplus = samples.len().saturating_sub(MOST_SAMPLES);
        samples.drain(..surplus);
    }

    pub(crate) fn take_samples(&self, most: usize) -> Vec<MetricSample> {
        let mut samples = lock(&self.samples);
        let count = most.min(samples.len());
        samples.drain(..count).collect()
    }

    pub(crate) fn census(&self) -> MutexGuard<'_, Census> {
        lock(&self.census)
    }

    pub(crate) fn want_inventory(&self) {
        self.inventory_wanted.store(true, Ordering::SeqCst);
        self.signals.census.notify_one();
    }

    pub(crate) fn is_inventory_wanted(&self) -> bool {
        self.inventory_wanted.swap(false, Ordering::SeqCst)
    }

    pub(crate) fn contact(&self) -> Contact {
        lock(&self.contact).clone()
    }

    /// The exchange answered.
    pub(crate) fn heard(&self) {
        let now = self.now();
        let before = mem::replace(&mut *lock(&self.contact), Contact { connected: true, last: Some(now), error: None });
        if !before.connected {
            tracing::info!("connected to the exchange");
            self.signals.retry.notify_waiters();
        }
    }

    /// The exchange did not answer, or said no.
    pub(crate) fn missed(&self, error: &LinkError) {
        let mut contact = lock(&self.contact);
        let text = error.to_string();
        if contact.error.as_ref() != Some(&text) {
            match error {
                LinkError::Unreachable(_) => {
                    tracing::warn!(%error, "no contact to the exchange; services go on running")
                }
                LinkError::Refused(_) => {
                    tracing::error!(%error, "the exchange refuses this agent; services go on running")
                }
            }
        }
        contact.connected = false;
        contact.error = Some(text);
    }
}

impl Slot {
    fn new(service: ServiceId, open: Option<OpenInterval>) -> Arc<Self> {
        let memory = tokio::sync::Mutex::new(Memory { open, ..Memory::default() });
        Arc::new(Self { service, wake: Notify::new(), memory })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
