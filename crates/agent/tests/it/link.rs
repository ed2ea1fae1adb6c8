//! A link to the reference exchange that loses, delays, repeats and mixes up what it carries.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hansa_agent::timer::Timer;
use hansa_agent::{Link, LinkError};
use hansa_model::agent::{Assignments, Report, ReportReceipt};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::exchange::Exchange;

/// Clones are the same link.
#[derive(Clone)]
pub(crate) struct FaultyLink {
    exchange: Exchange,
    timer: Timer,
    weather: Arc<Mutex<Weather>>,
}

struct Weather {
    is_cut: bool,
    /// The share of messages that something happens to.
    badness: f64,
    chance: StdRng,
    /// What was said before and may be heard again.
    old_reports: Vec<Report>,
    old_answers: Vec<Assignments>,
}

impl FaultyLink {
    pub(crate) fn new(exchange: Exchange, timer: Timer, seed: u64) -> Self {
        let weather = Weather {
            is_cut: false,
            badness: 0.0,
            chance: StdRng::seed_from_u64(seed),
            old_reports: Vec::new(),
            old_answers: Vec::new(),
        };
        Self { exchange, timer, weather: Arc::new(Mutex::new(weather)) }
    }

    pub(crate) fn set_cut(&self, is_cut: bool) {
        self.weather.lock().unwrap().is_cut = is_cut;
    }

    pub(crate) fn set_badness(&self, badness: f64) {
        self.weather.lock().unwrap().badness = badness;
    }

    fn happens(&self) -> bool {
        let mut weather = self.weather.lock().unwrap();
        let badness = weather.badness;
        weather.chance.random_bool(badness)
    }

    async fn carry(&self) -> Result<(), LinkError> {
        let delay = {
            let mut weather = self.weather.lock().unwrap();
            let longest = if weather.badness > 0.0 { 2_000 } else { 20 };
            weather.chance.random_range(1..=longest)
        };
        self.timer.sleep(Duration::from_millis(delay)).await;
        if self.weather.lock().unwrap().is_cut || self.happens() {
            return Err(LinkError::Unreachable("lost on the way".to_owned()));
        }
        Ok(())
    }

    fn pick<T: Clone>(&self, old: impl Fn(&Weather) -> &Vec<T>) -> Option<T> {
        if !self.happens() {
            return None;
        }
        let mut weather = self.weather.lock().unwrap();
        let count = old(&weather).len();
        (count > 0).then(|| weather.chance.random_range(0..count)).map(|index| old(&weather)[index].clone())
    }
}

#[async_trait]
impl Link for FaultyLink {
    async fn poll(&self, cursor: u64, wait: Duration) -> Result<Assignments, LinkError> {
        self.carry().await?;
        // Sometimes an answer of long ago arrives, and sometimes one that knows of nothing at all.
        if let Some(old) = self.pick(|weather| &weather.old_answers) {
            return Ok(old);
        }
        if self.happens() {
            return Ok(Assignments { at: None, cursor: 0, assignments: Vec::new(), consoles: Vec::new() });
        }
        let answer = self.exchange.poll(cursor, wait).await;
        // Its time is not kept: an answer that is delayed is not one that a proxy repeats.
        self.weather.lock().unwrap().old_answers.push(Assignments { at: None, ..answer.clone() });
        self.carry().await?;
        Ok(answer)
    }

    async fn report(&self, report: &Report) -> Result<ReportReceipt, LinkError> {
        self.carry().await?;
        if let Some(old) = self.pick(|weather| &weather.old_reports) {
            self.exchange.take(&old);
        }
        let receipt = self.exchange.take(report);
        if self.happens() {
            self.exchange.take(report);
        }
        self.weather.lock().unwrap().old_reports.push(report.clone());
        self.carry().await?;
        Ok(receipt)
    }
}
