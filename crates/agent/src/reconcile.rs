//! Making the intent of one service true, and keeping it true.

use std::sync::Arc;
use std::time::Duration;

use hansa_model::application::Config;
use hansa_model::service::{Connection, Desired, MetricSample, Observation, Observed};
use hansa_model::time::Timestamp;

use crate::core::{Core, Memory, NoStation, Slot};
use crate::driver::{DriverError, Instance, Power, Spec, Tag};
use crate::error::Error;
use crate::journal::{Gone, JournalError, Life, Outcome, Record, Weight};
use crate::metering::{OpenInterval, tick_before};
use crate::plan::{Applied, Digest, Situation, Step};
use crate::resolve;
use crate::station::Station;

/// More calls than any intent needs one after the other; who needs more goes round in circles.
const MOST_CALLS: usize = 6;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// While so much waits to be reported, intervals are not cut any more: they grow, and nothing is lost.
const MOST_UNTOLD: usize = 100_000;

/// When to look at a service again.
enum Next {
    In(Duration),
    /// It is gone.
    Never,
}

/// Tends a service until it is gone or the agent is to stop.
pub(crate) async fn tend(core: &Core, slot: Arc<Slot>) -> Result<(), Error> {
    while !core.signals.closing.is_cancelled() {
        let pause = match look_after(core, &slot).await? {
            Next::In(pause) => pause,
            Next::Never if core.give_up(slot.service) => return Ok(()),
            Next::Never => Duration::ZERO,
        };
        tokio::select! {
            biased;
            () = core.signals.closing.cancelled() => {}
            () = slot.wake.notified() => {}
            () = core.options.timer.sleep(pause) => {}
        }
    }
    Ok(())
}

async fn look_after(core: &Core, slot: &Slot) -> Result<Next, Error> {
    let mut memory = slot.memory.lock().await;
    let Some(life) = core.journal.look(|state| state.services.get(&slot.service).cloned()) else {
        return Ok(Next::Never);
    };
    let station = core.station(&life.assignment.site, life.assignment.kind);
    let mut visit = Visit { core, memory: &mut memory, life };
    match station {
        Ok(station) => visit.make_true(station).await,
        // The answer wakes every service.
        Err(NoStation::NotAskedYet) => Ok(Next::In(core.options.look_limit)),
        Err(NoStation::Down) => visit.fail("its driver has not come up yet").await,
        Err(NoStation::Never) => {
            let intent = &visit.life.assignment;
            let reason = format!("this agent has no driver for {} at {}", intent.kind, intent.site);
            visit.memory.refused = Some((intent.generation, reason));
            visit.conclude(Step::GiveUp, None, None).await
        }
    }
}

/// One look at a service, with all that it leads to.
struct Visit<'a> {
    core: &'a Core,
    memory: &'a mut Memory,
    life: Life,
}

impl Visit<'_> {
    async fn make_true(&mut self, station: &Station) -> Result<Next, Error> {
        let spec = self.spec(station);
        let digest = Digest::of(&spec);
        let mut found = match station.find(spec.tag.service).await {
            Ok(found) => found,
            Err(error) => return self.fail(&error.to_string()).await,
        };
        for _ in 0..MOST_CALLS {
            self.see(found.as_ref());
            let situation = Situation {
                assignment: &self.life.assignment,
                digest: &digest,
                applied: self.life.applied.as_ref(),
                found: found.as_ref(),
                refused: self.refusal().is_some(),
            };
            let step = situation.next();
            if !step.is_call() {
                if found.is_some() {
                    self.read_meters(station).await;
                }
                return self.conclude(step, found.as_ref(), Some(digest)).await;
            }
            if matches!(step, Step::Resize | Step::Stop(_) | Step::Terminate) {
                self.read_meters(station).await;
            }
            match self.begin(step, found.as_ref()).await {
                Ok(()) => {}
                Err(error @ JournalError::Full) => return self.fail(&error.to_string()).await,
                Err(error) => return Err(error.into()),
            }
            match self.call(station, step, &spec).await {
                Ok(after) => found = after,
                Err(DriverError::Refused(reason)) if matches!(step, Step::Create | Step::Resize) => {
                    self.memory.refused = Some((spec.tag.generation, reason));
                }
                Err(error) => return self.fail(&error.to_string()).await,
            }
        }
        self.fail("the back end does not come to rest").await
    }

    /// What the resource is to be. What can't be filled in is refused.
    fn spec(&mut self, station: &Station) -> Spec {
        let intent = &self.life.assignment;
        let config = resolve::fill(&intent.config, &intent.connections, |host| station.driver.reach(host));
        let config = config.unwrap_or_else(|unresolved| {
            self.memory.refused = Some((intent.generation, unresolved.to_string()));
            Config::default()
        });
        Spec {
            tag: Tag { service: intent.service, generation: intent.generation },
            label: intent.component.to_string(),
            properties: intent.properties.clone(),
            config,
        }
    }

    /// Why the present intent was refused for good.
    fn refusal(&self) -> Option<&str> {
        let refused = self.memory.refused.as_ref();
        refused
            .filter(|(generation, _)| *generation == self.life.assignment.generation)
            .map(|(_, reason)| reason.as_str())
    }

    /// Notes in the journal what is about to be done, and tells it when it is news.
    async fn begin(&mut self, step: Step, found: Option<&Instance>) -> Result<(), JournalError> {
        let intent = &self.life.assignment;
        let (service, generation) = (intent.service, intent.generation);
        let applied = self.life.applied.as_ref().map(|applied| applied.generation);
        let is_at_intent = applied == Some(generation);
        // What was as it should be and is not any more, without anybody having asked for that.
        let restart = match (step, found) {
            (Step::Create, None) => is_at_intent,
            (Step::Start(tag), Some(found)) => {
                found.power == Power::Stopped && found.tag == tag && applied == Some(tag.generation)
            }
            _ => false,
        };
        let (state, message) = match (restart, step) {
            (true, Step::Create) => (Observed::Failed, Some("it had vanished and is made again")),
            (true, _) => (Observed::Failed, Some("it had stopped by itself and is started again")),
            (false, _) => (Observed::Pending, None),
        };
        let restarts = self.life.restarts + u32::from(restart && !self.life.restarting);
        let observation = (restart || !is_at_intent)
            .then(|| self.observe(self.core.now(), state, message.map(str::to_owned), None))
            .map(|observation| Observation { restarts, ..observation })
            .filter(|observation| self.is_news(observation))
            .map(Box::new);
        self.core.journal.write(Weight::Beginning, Record::Began { service, restart, observation }).await?;
        self.core.signals.report.notify_one();
        if let Some(life) = self.core.journal.look(|state| state.services.get(&service).cloned()) {
            // The intent may have changed meanwhile; this visit is still about the one that it began with.
            self.life = Life { assignment: self.life.assignment.clone(), ..life };
        }
        Ok(())
    }

    /// Calls the back end; the answer is what it holds afterwards.
    async fn call(&self, station: &Station, step: Step, spec: &Spec) -> Result<Option<Instance>, DriverError> {
        let driver = &station.driver;
        tracing::info!(service = %spec.tag.service, generation = spec.tag.generation, ?step, "calling the back end");
        match step {
            Step::Create => station.call("create", driver.create(spec)).await.map(Some),
            Step::Resize => station.call("resize", driver.resize(spec)).await.map(Some),
            Step::Start(tag) => station.call("start", driver.start(tag)).await.map(Some),
            Step::Stop(tag) => station.call("stop", driver.stop(tag)).await.map(Some),
            Step::Terminate => {
                let dump = self.life.assignment.dump_on_termination;
                let place = station.call("terminate", driver.terminate(spec.tag.service, dump)).await?;
                if let Some(place) = place {
                    tracing::info!(service = %spec.tag.service, place, "a last dump was made");
                }
                station.find(spec.tag.service).await
            }
            Step::Rest | Step::Wait | Step::GiveUp | Step::Stale | Step::Gone => Ok(None),
        }
    }

    /// Notes whether it runs.
    fn see(&mut self, found: Option<&Instance>) {
        let now = self.core.now();
        if let Some(open) = &mut self.memory.open {
            open.see(found.map_or(Power::Stopped, |found| found.power), now);
        }
    }

    /// Reads its meters. Failing to is no fault of the service: the next reading makes up for it.
    async fn read_meters(&mut self, station: &Station) {
        let service = self.life.assignment.service;
        match station.meter(service).await {
            Ok(Some(readings)) => {
                let at = self.core.now();
                if let Some(open) = &mut self.memory.open {
                    open.read(&readings);
                }
                let sample = |(name, value): (&&str, &f64)| MetricSample {
                    service,
                    at,
                    name: (*name).to_owned(),
                    value: *value,
                };
                self.core.keep_samples(readings.gauges.iter().map(sample));
            }
            Ok(None) => {}
            Err(error) => tracing::debug!(%service, %error, "its meters can't be read"),
        }
    }

    /// Records and tells what came of this visit when there is nothing more to do now.
    async fn conclude(&mut self, step: Step, found: Option<&Instance>, digest: Option<Digest>) -> Result<Next, Error> {
        let now = self.core.now();
        let intent = &self.life.assignment;
        if step == Step::Stale {
            return self.ask_again(found).await;
        }
        let (state, message) = match (step, found.map(|found| found.power)) {
            (Step::Gone, _) => (Observed::Absent, None),
            (Step::GiveUp, _) => (Observed::Failed, self.refusal().map(str::to_owned)),
            (Step::Wait, _) => (Observed::Pending, Some("it is starting".to_owned())),
            (_, Some(Power::Stopped)) => (Observed::Stopped, None),
            _ => (Observed::Running, None),
        };
        let connection = found.and_then(|found| found.connection.clone());
        let observation = self.observe(now, state, message, connection);
        let applied = digest.filter(|_| step == Step::Rest);
        let applied = applied.map(|digest| Applied { generation: intent.generation, digest });
        let (open, closed) = self.account(step, state, now);
        let gone = (step == Step::Gone).then_some(Gone { generation: intent.generation, at: now });
        let outcome = Outcome {
            service: intent.service,
            applied: applied.filter(|applied| self.life.applied.as_ref() != Some(applied) || self.life.restarting),
            open,
            closed,
            observation: self.is_news(&observation).then_some(observation),
            gone,
        };
        if !self.write(outcome).await? {
            return Ok(Next::In(self.core.options.longest_pause));
        }
        self.memory.failures = 0;
        self.memory.waits = if step == Step::Wait { self.memory.waits + 1 } else { 0 };
        Ok(match step {
            Step::Gone => {
                self.core.want_inventory();
                Next::Never
            }
            Step::Wait => {
                let doubled = FIRST_WAIT.saturating_mul(2u32.saturating_pow(self.memory.waits / 4));
                Next::In(doubled.min(LONGEST_WAIT))
            }
            _ => Next::In(self.until_next_look(now)),
        })
    }

    /// Something went wrong that may go better next time.
    async fn fail(&mut self, reason: &str) -> Result<Next, Error> {
        let service = self.life.assignment.service;
        tracing::warn!(%service, reason, "a service is not as it should be");
        let observation = self.observe(self.core.now(), Observed::Failed, Some(reason.to_owned()), None);
        let outcome = Outcome {
            service,
            applied: None,
            open: self.memory.open.clone(),
            closed: Vec::new(),
            observation: self.is_news(&observation).then_some(observation),
            gone: None,
        };
        self.write(outcome).await?;
        self.memory.failures += 1;
        Ok(Next::In(self.core.pause(self.memory.failures)))
    }

    /// The back end was changed by a newer intent than this one, so this one must not be carried out.
    async fn ask_again(&mut self, found: Option<&Instance>) -> Result<Next, Error> {
        let generation = self.life.assignment.generation;
        if self.memory.stale != Some(generation) {
            let newer = found.map_or(0, |found| found.tag.generation);
            tracing::warn!(
                service = %self.life.assignment.service,
                generation,
                newer,
                "an intent is older than what the back end carries; it is not carried out, the exchange is asked again"
            );
            match self.core.journal.write(Weight::Fact, Record::AskAgain).await {
                Ok(()) => self.memory.stale = Some(generation),
                Err(JournalError::Full) => {}
                Err(error) => return Err(error.into()),
            }
            self.core.signals.pull.notify_one();
        }
        Ok(Next::In(self.core.options.check_every))
    }

    /// What it used until now, and the intervals that are to be closed.
    fn account(
        &self,
        step: Step,
        state: Observed,
        now: Timestamp,
    ) -> (Option<OpenInterval>, Vec<crate::metering::Interval>) {
        let intent = &self.life.assignment;
        let processors = intent.properties.count("cpu").map(|cpu| cpu.base());
        let mut closed = Vec::new();
        let Some(mut open) = self.memory.open.clone() else {
            let begins = state == Observed::Running;
            let open = begins.then(|| {
                let mut open = OpenInterval::begin(now, intent.generation, processors);
                open.see(Power::Running, now);
                open
            });
            return (open, closed);
        };
        if step == Step::Gone {
            closed.extend(open.close(intent.service, now));
            return (None, closed);
        }
        let tick = tick_before(now, self.core.options.meter_every);
        if self.core.journal.look(|state| state.untold.len()) < MOST_UNTOLD {
            closed.extend(open.close(intent.service, tick));
        }
        if step == Step::Rest && open.generation != intent.generation {
            closed.extend(open.change(intent.service, now, intent.generation, processors));
        }
        (Some(open), closed)
    }

    fn observe(
        &self,
        at: Timestamp,
        state: Observed,
        message: Option<String>,
        connection: Option<Connection>,
    ) -> Observation {
        let intent = &self.life.assignment;
        let known = || self.life.observed.as_ref().and_then(|observed| observed.connection.clone());
        Observation {
            service: intent.service,
            generation: intent.generation,
            state,
            at,
            refused: state == Observed::Failed && self.refusal().is_some(),
            message,
            connection: if state == Observed::Absent { None } else { connection.or_else(known) },
            restarts: self.life.restarts,
        }
    }

    fn is_news(&self, observation: &Observation) -> bool {
        let same_time = |known: &Observation| Observation { at: observation.at, ..known.clone() };
        self.life.observed.as_ref().map(same_time).as_ref() != Some(observation)
    }

    /// Writes down what is worth it; `false` when there is no room.
    async fn write(&mut self, outcome: Outcome) -> Result<bool, Error> {
        let is_open_news = match &outcome.open {
            Some(open) => open.is_news(self.life.open.as_ref()),
            None => self.life.open.is_some(),
        };
        let is_worth_it = is_open_news
            || outcome.applied.is_some()
            || outcome.observation.is_some()
            || outcome.gone.is_some()
            || !outcome.closed.is_empty();
        if !is_worth_it {
            return Ok(true);
        }
        let (service, open) = (outcome.service, outcome.open.clone());
        let is_told = outcome.observation.is_some() || !outcome.closed.is_empty();
        match self.core.journal.write(Weight::Fact, Record::Ended(Box::new(outcome))).await {
            Ok(()) => {}
            Err(error @ JournalError::Full) => {
                tracing::error!(%service, %error, "what was seen of a service can't be recorded yet");
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        self.memory.open = open;
        if is_told {
            self.core.signals.report.notify_one();
        }
        Ok(true)
    }

    /// Until the next check, or until the next interval is to be closed if that is sooner.
    fn until_next_look(&self, now: Timestamp) -> Duration {
        let check = self.core.options.check_every;
        if self.memory.open.is_none() || self.life.assignment.desired == Desired::Terminated {
            return check;
        }
        let every = self.core.options.meter_every;
        check.min(tick_before(now, every).plus(every).since(now))
    }
}
