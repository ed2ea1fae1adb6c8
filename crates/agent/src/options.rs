//! How an agent behaves.

use std::time::Duration;

use hansa_model::time::Clock;

use crate::timer::Timer;

/// How an agent behaves. The usual values suit an agent of up to a thousand services.
#[derive(Debug, Clone)]
pub struct Options {
    /// The software version that is reported.
    pub version: String,
    /// The clock that observations and usage are dated by.
    pub clock: Clock,
    /// How it waits.
    pub timer: Timer,
    /// How long one question for new intents stays open.
    pub poll_wait: Duration,
    /// How often it reports at least, saying what its drivers can do.
    pub heartbeat: Duration,
    /// With every how manieth heartbeat it reports what its back ends hold.
    pub inventory_every: u32,
    /// How often it looks after a service that is as it should be.
    pub check_every: Duration,
    /// How often it closes intervals of usage, counted from the full hour.
    pub meter_every: Duration,
    /// How long a call that changes something may take until it is given up and repeated.
    pub call_limit: Duration,
    /// How long a call that only looks may take.
    pub look_limit: Duration,
    /// How many calls each driver gets at the same time.
    pub concurrency: usize,
    /// How long it waits after a first failure; the pause doubles with each further one.
    pub first_pause: Duration,
    /// How long it waits at most after a failure.
    pub longest_pause: Duration,
    /// How long calls may go on when it is told to stop.
    pub grace: Duration,
    /// Decides the chance in pauses.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            clock: Clock::System,
            timer: Timer::System,
            poll_wait: Duration::from_secs(30),
            heartbeat: Duration::from_secs(30),
            inventory_every: 10,
            check_every: Duration::from_secs(15),
            meter_every: Duration::from_mins(5),
            call_limit: Duration::from_mins(10),
            look_limit: Duration::from_secs(30),
            concurrency: 8,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
            grace: Duration::from_secs(10),
            seed: rand::random(),
        }
    }
}
