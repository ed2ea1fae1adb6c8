//! One exchange, one agent, one back end, in virtual time.

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hansa_agent::timer::{Timer, VirtualTime};
use hansa_agent::{Agent, Options, Placement};
use hansa_driver_simulated::{Backend, Options as BackendOptions, Range, Simulated};
use hansa_model::id::ServiceId;
use hansa_model::kind::KindId;
use hansa_model::service::Observed;
use hansa_model::time::{Clock, Timestamp};

use crate::disk::Disk;
use crate::exchange::{Account, Exchange};
use crate::link::FaultyLink;
use crate::watched::{Log, Watched};

pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) clock: Clock,
    time: VirtualTime,
    pub(crate) timer: Timer,
    pub(crate) exchange: Exchange,
    pub(crate) link: FaultyLink,
    pub(crate) disk: Disk,
    pub(crate) backend: Backend,
    pub(crate) driver: Mutex<BackendOptions>,
    pub(crate) log: Arc<Mutex<Log>>,
    pub(crate) options: Options,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let clock = Clock::manual("2026-10-25T00:30:00.25Z".parse().unwrap());
        let time = VirtualTime::new(clock.clone());
        let timer = Timer::Virtual(time.clone());
        let exchange = Exchange::new(clock.clone(), timer.clone());
        let link = FaultyLink::new(exchange.clone(), timer.clone(), seed);
        let mut driver = BackendOptions::new(KindId::ComputeInstance);
        driver.seed = seed;
        driver.latency_ms = Range { min: 10, max: 500 };
        driver.boot_ms = 1_500;
        let options = Options {
            clock: clock.clone(),
            timer: timer.clone(),
            call_limit: Duration::from_mins(1),
            seed,
            ..Options::default()
        };
        Self {
            seed,
            clock,
            time,
            disk: Disk::new(timer.clone()),
            timer,
            exchange,
            link,
            backend: Backend::in_memory(),
            driver: Mutex::new(driver),
            log: Arc::default(),
            options,
        }
    }

    /// The share of calls that fail before and after their work; a tenth as many hang.
    pub(crate) fn set_failure_rate(&self, rate: f64) {
        let mut driver = self.driver.lock().unwrap();
        (driver.failure_rate, driver.failure_after_success_rate, driver.hang_rate) = (rate, rate, rate / 10.0);
    }

    /// Lets the future happen in virtual time.
    pub(crate) fn run<F: Future>(&self, future: F) -> F::Output {
        self.time.run(future).expect("nothing can ever happen any more")
    }

    pub(crate) async fn pass(&self, duration: Duration) {
        self.timer.sleep(duration).await;
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A driver as an agent has it after a restart.
    pub(crate) fn driver(&self) -> Watched {
        let options = self.driver.lock().unwrap().clone();
        let simulated = Simulated::on(self.backend.clone(), options, self.clock.clone(), self.timer.clone());
        Watched::new(simulated, self.exchange.clone(), self.clock.clone(), Arc::clone(&self.log))
    }

    /// An agent on the same journal and back end as the one before.
    pub(crate) async fn agent(&self) -> Agent {
        let placements = vec![Placement { site: "utrecht".parse().unwrap(), driver: Arc::new(self.driver()) }];
        Agent::open(self.options.clone(), placements, self.link.clone(), self.disk.clone()).await.unwrap()
    }

    /// Runs an agent for so long, then kills it.
    pub(crate) async fn run_agent(&self, duration: Duration) {
        let agent = self.agent().await;
        let ended = self.timer.timeout(duration, agent.run()).await;
        assert!(ended.is_none(), "the agent ended by itself: {ended:?}");
    }

    /// Runs an agent while the other future goes on.
    pub(crate) async fn with_agent<T>(&self, meanwhile: impl Future<Output = T>) -> T {
        let agent = self.agent().await;
        tokio::select! {
            biased;
            outcome = meanwhile => outcome,
            ended = agent.run() => panic!("the agent ended by itself: {ended:?}"),
        }
    }

    pub(crate) fn account<T>(&self, service: ServiceId, look: impl FnOnce(&Account) -> T) -> T {
        self.exchange.books(|books| look(books.accounts.entry(service).or_default()))
    }

    pub(crate) fn state(&self, service: ServiceId) -> Option<Observed> {
        self.account(service, |account| account.last().map(|last| last.state))
    }

    pub(crate) fn calls(&self, name: &str) -> usize {
        self.log.lock().unwrap().calls.iter().filter(|(_, call, _)| *call == name).count()
    }

    pub(crate) fn offences(&self) -> Vec<String> {
        let mut offences = self.exchange.offences();
        offences.extend(self.log.lock().unwrap().offences.iter().cloned());
        offences
    }

    pub(crate) fn assert_no_offence(&self) {
        let offences = self.offences();
        assert!(offences.is_empty(), "seed {}: {offences:#?}", self.seed);
    }
}
