//! An agent that follows a script: it pulls assignments, makes them true in a back end of its own that outlives its
//! restarts, meters, and reports, as a real one does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hansa_exchange::principal::AgentPrincipal;
use hansa_exchange::{Exchange, Result, assignments, reports};
use hansa_model::agent::{Capability, InventoryItem, Report, ReportReceipt};
use hansa_model::id::{ServiceId, UsageId};
use hansa_model::kind::Properties;
use hansa_model::price::Meter;
use hansa_model::service::{Assignment, Connection, Desired, Observation, Observed};
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_model::usage::Usage;

/// What the agent does with its work.
#[derive(Debug, Clone, Default)]
pub(crate) struct Switches {
    /// It neither pulls nor reports; what runs goes on running and being metered.
    pub(crate) silent: bool,
    /// It says that it can never make this component.
    pub(crate) refuses: Option<String>,
    /// It fails at everything for now and goes on trying.
    pub(crate) fails: bool,
    /// It begins and does not get to an end.
    pub(crate) slow: bool,
    /// Its next report arrives, but the answer to it is lost.
    pub(crate) loses_answer: bool,
    /// Bytes that each running machine sends in a second.
    pub(crate) egress: i64,
}

/// What the back end holds for one service.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) assignment: Assignment,
    pub(crate) running: bool,
    /// From when on it is metered.
    metered_until: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct ScriptedAgent {
    pub(crate) principal: AgentPrincipal,
    pub(crate) capability: Capability,
    pub(crate) switches: Switches,
    pub(crate) machines: BTreeMap<ServiceId, Machine>,
    /// How often each service was made.
    pub(crate) made: BTreeMap<ServiceId, u32>,
    /// Every assignment that was pulled.
    pub(crate) pulled: Vec<Assignment>,
    pub(crate) receipts: Vec<ReportReceipt>,
    intents: BTreeMap<ServiceId, Assignment>,
    /// The highest generation that was applied, kept for those that are gone as well.
    applied: BTreeMap<ServiceId, u64>,
    cursor: u64,
    number: u64,
    usage: Vec<Usage>,
    /// Everything that was ever metered, with the properties in force.
    pub(crate) metered: Vec<(Usage, Properties)>,
    /// The report whose answer is awaited.
    pending: Option<Report>,
    gone: BTreeSet<ServiceId>,
}

impl ScriptedAgent {
    pub(crate) fn new(principal: AgentPrincipal, capability: Capability, number: u64) -> Self {
        Self {
            principal,
            capability,
            switches: Switches { egress: 1000, ..Switches::default() },
            machines: BTreeMap::new(),
            made: BTreeMap::new(),
            pulled: Vec::new(),
            receipts: Vec::new(),
            intents: BTreeMap::new(),
            applied: BTreeMap::new(),
            cursor: 0,
            number,
            usage: Vec::new(),
            metered: Vec::new(),
            pending: None,
            gone: BTreeSet::new(),
        }
    }

    /// Pulls, works, reports; nothing when it is silent.
    pub(crate) async fn tick(&mut self, exchange: &Exchange) -> Result<()> {
        if self.switches.silent {
            return Ok(());
        }
        self.deliver(exchange).await?;
        let news = assignments::poll(exchange, &self.principal, self.cursor, Duration::ZERO).await?;
        self.cursor = news.cursor;
        self.pulled.extend(news.assignments.iter().cloned());
        for assignment in news.assignments {
            let newer = self.intents.get(&assignment.service).is_none_or(|old| old.generation < assignment.generation);
            if newer {
                self.intents.insert(assignment.service, assignment);
            }
        }
        let now = exchange.now();
        let observations: Vec<_> =
            self.intents.values().cloned().collect::<Vec<_>>().iter().map(|intent| self.work(intent, now)).collect();
        self.meter_all(now);
        let report = Report {
            capabilities: Some(vec![self.capability.clone()]),
            observations,
            usage: std::mem::take(&mut self.usage),
            inventory: Some(self.inventory()),
            ..self.empty_report(self.number + 1, now)
        };
        self.pending = Some(report);
        if self.switches.loses_answer {
            self.switches.loses_answer = false;
            let report = self.pending.clone().unwrap();
            self.send(exchange, &report).await?;
            return Ok(());
        }
        self.deliver(exchange).await
    }

    async fn send(&self, exchange: &Exchange, report: &Report) -> Result<ReportReceipt> {
        let mut work = exchange.begin().await?;
        let receipt = reports::take(&mut work, &self.principal, report).await?;
        work.commit().await?;
        Ok(receipt)
    }

    async fn deliver(&mut self, exchange: &Exchange) -> Result<()> {
        let Some(report) = self.pending.clone() else { return Ok(()) };
        let receipt = self.send(exchange, &report).await?;
        self.number = report.number;
        self.receipts.push(receipt);
        self.pending = None;
        for id in std::mem::take(&mut self.gone) {
            self.intents.remove(&id);
        }
        Ok(())
    }

    /// Starts again with what it keeps on disk: the back end, the journal, what was not acknowledged.
    pub(crate) fn restart(&mut self) {
        self.cursor = 0;
    }

    fn inventory(&self) -> Vec<InventoryItem> {
        self.machines
            .keys()
            .map(|id| InventoryItem { driver: "scripted".to_owned(), name: id.to_string(), service: Some(*id) })
            .collect()
    }

    fn work(&mut self, intent: &Assignment, now: Timestamp) -> Observation {
        let id = intent.service;
        let seen = |state, message: Option<&str>, refused, connection| Observation {
            service: id,
            generation: intent.generation,
            state,
            at: now,
            message: message.map(str::to_owned),
            refused,
            connection,
            restarts: 0,
        };
        if intent.desired == Desired::Terminated {
            self.meter(id, now);
            self.machines.remove(&id);
            self.applied.insert(id, intent.generation);
            self.gone.insert(id);
            return seen(Observed::Absent, None, false, None);
        }
        if self.switches.refuses.as_deref() == Some(intent.component.as_str()) {
            return seen(Observed::Failed, Some("no such image here"), true, None);
        }
        if self.applied.get(&id).copied().unwrap_or(0) < intent.generation {
            if self.switches.fails {
                return seen(Observed::Failed, Some("the hypervisor does not answer"), false, None);
            }
            if self.switches.slow {
                return seen(Observed::Pending, Some("copying the image"), false, None);
            }
            self.apply(intent, now);
        }
        let running = self.machines.get(&id).is_some_and(|machine| machine.running);
        let connection = Connection {
            scheme: "postgres".to_owned(),
            host: "127.0.0.1".to_owned(),
            port: 5432,
            user: Some("archive".to_owned()),
            password: Some(format!("secret of {id}")),
            database: Some("archive".to_owned()),
            ports: BTreeMap::new(),
        };
        seen(if running { Observed::Running } else { Observed::Stopped }, None, false, Some(connection))
    }

    fn apply(&mut self, intent: &Assignment, now: Timestamp) {
        let id = intent.service;
        self.meter(id, now);
        self.applied.insert(id, intent.generation);
        let running = intent.desired == Desired::Running;
        let machine = self.machines.entry(id).or_insert_with(|| {
            *self.made.entry(id).or_default() += 1;
            Machine { assignment: intent.clone(), running, metered_until: None }
        });
        machine.assignment = intent.clone();
        machine.running = running;
        machine.metered_until = machine.metered_until.or_else(|| running.then(|| now.floor_second()));
    }

    fn meter_all(&mut self, now: Timestamp) {
        for id in self.machines.keys().copied().collect::<Vec<_>>() {
            self.meter(id, now);
        }
    }

    fn meter(&mut self, id: ServiceId, now: Timestamp) {
        let egress = self.switches.egress;
        let Some(machine) = self.machines.get_mut(&id) else { return };
        let (Some(start), end) = (machine.metered_until, now.floor_second()) else { return };
        if start >= end {
            return;
        }
        machine.metered_until = Some(end);
        let seconds = (end.micros() - start.micros()) / MICROS_PER_SECOND;
        let sent = if machine.running { seconds * egress } else { 0 };
        for (meter, quantity) in [(Meter::TimeAllocated, seconds), (Meter::NetworkEgress, sent)] {
            let generation = machine.assignment.generation;
            let usage = Usage { id: UsageId::new(), service: id, generation, meter, start, end, quantity };
            self.metered.push((usage.clone(), machine.assignment.properties.clone()));
            self.usage.push(usage);
        }
    }

    /// Reports nothing but these usage records.
    pub(crate) async fn tell(&mut self, exchange: &Exchange, usage: Vec<Usage>) -> Result<ReportReceipt> {
        let report = Report { usage, ..self.empty_report(self.number + 1, exchange.now()) };
        let receipt = self.send(exchange, &report).await?;
        self.number = report.number;
        Ok(receipt)
    }

    /// Sends a report that was acknowledged long ago.
    pub(crate) async fn tell_old_news(&self, exchange: &Exchange) -> Result<ReportReceipt> {
        self.send(exchange, &self.empty_report(self.number - 1, exchange.now())).await
    }

    fn empty_report(&self, number: u64, at: Timestamp) -> Report {
        Report {
            number,
            version: "1".to_owned(),
            at,
            capabilities: None,
            observations: Vec::new(),
            usage: Vec::new(),
            metrics: Vec::new(),
            inventory: None,
        }
    }
}
