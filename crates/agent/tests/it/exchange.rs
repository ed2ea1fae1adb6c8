//! The reference model of an exchange: a list of intents and a strict bookkeeper. What an agent must never
//! tell it is an offence, and every offence is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hansa_agent::timer::Timer;
use hansa_model::agent::{Assignments, Capability, InventoryItem, Report, ReportReceipt};
use hansa_model::application::Config;
use hansa_model::id::{ServiceId, UsageId};
use hansa_model::kind::KindId;
use hansa_model::price::Meter;
use hansa_model::service::{Assignment, Desired, Observation, Observed};
use hansa_model::time::{Clock, MICROS_PER_SECOND, Timestamp};
use hansa_model::usage::Usage;
use tokio::sync::Notify;

/// Clones are the same exchange.
#[derive(Clone)]
pub(crate) struct Exchange {
    books: Arc<Mutex<Books>>,
    news: Arc<Notify>,
    clock: Clock,
    timer: Timer,
}

#[derive(Default)]
pub(crate) struct Books {
    changes: u64,
    intents: BTreeMap<ServiceId, (u64, Assignment)>,
    /// Every generation that asked for an end.
    ends: BTreeSet<(ServiceId, u64)>,
    pub(crate) reports: u64,
    pub(crate) accounts: BTreeMap<ServiceId, Account>,
    ids: BTreeSet<UsageId>,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) inventory: Option<Vec<InventoryItem>>,
    pub(crate) samples: usize,
    pub(crate) offences: Vec<String>,
}

/// What the exchange was told of one service.
#[derive(Default)]
pub(crate) struct Account {
    pub(crate) observations: Vec<Observation>,
    /// From each first observation of running until absence.
    pub(crate) lives: Vec<Life>,
    pub(crate) intervals: usize,
}

pub(crate) struct Life {
    pub(crate) begin: Timestamp,
    pub(crate) end: Option<Timestamp>,
    /// Until when usage is known, by meter.
    known_until: BTreeMap<Meter, Timestamp>,
    totals: BTreeMap<Meter, i64>,
}

impl Life {
    pub(crate) fn metered_until(&self) -> Timestamp {
        self.known_until.get(&Meter::TimeAllocated).copied().unwrap_or(self.begin)
    }
}

impl Account {
    pub(crate) fn last(&self) -> Option<&Observation> {
        self.observations.last()
    }

    /// The sum over all lives.
    pub(crate) fn total(&self, meter: Meter) -> i64 {
        self.lives.iter().filter_map(|life| life.totals.get(&meter)).sum()
    }
}

impl Exchange {
    pub(crate) fn new(clock: Clock, timer: Timer) -> Self {
        Self { books: Arc::default(), news: Arc::default(), clock, timer }
    }

    pub(crate) fn books<T>(&self, look: impl FnOnce(&mut Books) -> T) -> T {
        look(&mut self.books.lock().unwrap())
    }

    /// Orders a machine.
    pub(crate) fn order(&self) -> ServiceId {
        // Names of services decide about chance, so they must be the same in each run.
        let number = self.books(|books| books.intents.len() + 1);
        let service = ServiceId::from_uuid(uuid::Uuid::from_u128(number as u128));
        self.intend(Assignment {
            service,
            generation: 1,
            desired: Desired::Running,
            site: "utrecht".parse().unwrap(),
            kind: KindId::ComputeInstance,
            sku: "small".to_owned(),
            component: "web".parse().unwrap(),
            properties: machine(1),
            config: Config::default(),
            connections: BTreeMap::new(),
            dump_on_termination: false,
        });
        service
    }

    /// Makes an intent the present one of its service.
    pub(crate) fn intend(&self, assignment: Assignment) {
        self.books(|books| {
            books.changes += 1;
            if assignment.desired == Desired::Terminated {
                books.ends.insert((assignment.service, assignment.generation));
            }
            books.intents.insert(assignment.service, (books.changes, assignment));
        });
        self.news.notify_waiters();
    }

    /// Changes the intent of a service, which gives it the next generation.
    pub(crate) fn change(&self, service: ServiceId, change: impl FnOnce(&mut Assignment)) {
        let mut assignment = self.intent(service);
        assignment.generation += 1;
        change(&mut assignment);
        self.intend(assignment);
    }

    pub(crate) fn wish(&self, service: ServiceId, desired: Desired) {
        self.change(service, |assignment| assignment.desired = desired);
    }

    pub(crate) fn intent(&self, service: ServiceId) -> Assignment {
        self.books(|books| books.intents[&service].1.clone())
    }

    pub(crate) fn services(&self) -> Vec<ServiceId> {
        self.books(|books| books.intents.keys().copied().collect())
    }

    /// Whether anybody ever wanted a service gone that carries this generation.
    pub(crate) fn may_end(&self, service: ServiceId, generation: u64) -> bool {
        self.books(|books| books.ends.range((service, generation)..=(service, u64::MAX)).next().is_some())
    }

    pub(crate) async fn poll(&self, cursor: u64, wait: Duration) -> Assignments {
        let changed = self.timer.timeout(wait, async {
            loop {
                let news = self.news.notified();
                if self.books(|books| books.changes > cursor) {
                    return;
                }
                news.await;
            }
        });
        changed.await;
        self.books(|books| {
            let newer = books.intents.values().filter(|(change, _)| *change > cursor);
            Assignments {
                at: Some(self.clock.now()),
                cursor: books.changes,
                assignments: newer.map(|(_, assignment)| assignment.clone()).collect(),
                consoles: Vec::new(),
            }
        })
    }

    pub(crate) fn take(&self, report: &Report) -> ReportReceipt {
        let now = self.clock.now();
        self.books(|books| {
            if report.number == books.reports + 1 {
                books.reports += 1;
                books.read(report, now);
            } else if report.number > books.reports {
                books.offences.push(format!("report {} came after report {}", report.number, books.reports));
            }
            ReportReceipt { number: books.reports, refused: Vec::new() }
        })
    }

    pub(crate) fn offences(&self) -> Vec<String> {
        self.books(|books| books.offences.clone())
    }
}

impl Books {
    fn read(&mut self, report: &Report, now: Timestamp) {
        if report.usage.len() > 1_000 {
            self.offences.push(format!("{} usage records in one report", report.usage.len()));
        }
        if let Some(capabilities) = &report.capabilities {
            self.capabilities.clone_from(capabilities);
        }
        if report.inventory.is_some() {
            self.inventory.clone_from(&report.inventory);
        }
        self.samples += report.metrics.len();
        for observation in &report.observations {
            self.observe(observation);
        }
        for usage in &report.usage {
            if !self.ids.insert(usage.id) {
                self.offences.push(format!("usage {} was told twice", usage.id));
            }
            let account = self.accounts.entry(usage.service).or_default();
            if let Err(offence) = account.charge(usage, now) {
                self.offences.push(format!("{offence}: {usage:?}"));
            }
        }
        // The end of a service is the last that is heard of it.
        for account in self.accounts.values() {
            for life in &account.lives {
                if life.end.is_some_and(|end| life.metered_until() != end) {
                    self.offences.push(format!("usage until {:?} is missing: {:?}", life.end, account.last()));
                }
            }
        }
    }

    fn observe(&mut self, observation: &Observation) {
        let account = self.accounts.entry(observation.service).or_default();
        if let Some(last) = account.observations.last() {
            if observation.generation < last.generation {
                self.offences.push(format!("the generation went back: {last:?} then {observation:?}"));
            }
            if observation.at < last.at {
                self.offences.push(format!("observations are out of order: {last:?} then {observation:?}"));
            }
        }
        let at = observation.at.floor_second();
        let alive = account.lives.last_mut().filter(|life| life.end.is_none());
        match (observation.state, alive) {
            (Observed::Running, None) => {
                account.lives.push(Life { begin: at, end: None, known_until: BTreeMap::new(), totals: BTreeMap::new() })
            }
            (Observed::Absent, Some(life)) => life.end = Some(at),
            _ => {}
        }
        account.observations.push(observation.clone());
    }
}

impl Account {
    fn charge(&mut self, usage: &Usage, now: Timestamp) -> Result<(), String> {
        let life = self.lives.iter_mut().rfind(|life| life.begin <= usage.start);
        let life = life.ok_or("usage of a service that never ran")?;
        let expected = life.known_until.get(&usage.meter).copied().unwrap_or(life.begin);
        let length = (usage.end.micros() - usage.start.micros()) / MICROS_PER_SECOND;
        if usage.start != expected {
            return Err(format!("usage should begin at {expected}"));
        }
        if usage.start.floor_second() != usage.start || usage.end.floor_second() != usage.end || length < 1 {
            return Err("malformed interval".to_owned());
        }
        if usage.end > now || life.end.is_some_and(|end| usage.end > end) {
            return Err("usage of the future or after the end".to_owned());
        }
        let most = match usage.meter {
            Meter::TimeAllocated | Meter::TimeRunning => length,
            Meter::CpuTime => length * 2_000,
            _ => i64::MAX,
        };
        if usage.quantity < 0 || usage.quantity > most {
            return Err("impossible quantity".to_owned());
        }
        if usage.meter == Meter::TimeAllocated && usage.quantity != length {
            return Err("allocated time is not the interval's length".to_owned());
        }
        life.known_until.insert(usage.meter, usage.end);
        *life.totals.entry(usage.meter).or_default() += usage.quantity;
        self.intervals += usize::from(usage.meter == Meter::TimeAllocated);
        Ok(())
    }
}

pub(crate) fn machine(cpu: u32) -> hansa_model::kind::Properties {
    let properties = serde_json::json!({"cpu": cpu, "memory": "1 GiB", "disk": "4 GiB"});
    serde_json::from_value(properties).unwrap()
}
