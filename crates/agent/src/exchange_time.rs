//! The exchange's time, by which an agent meters and reports: its own clock may be wrong, and may be set meanwhile.

use std::time::Duration;

use hansa_model::time::Timestamp;

/// How far the agent may be behind before it follows.
const BEHIND: Duration = Duration::from_secs(1);
/// How far it may seem to be ahead: an answer is as old as its way was long, and time should not go back for that.
const AHEAD: Duration = Duration::from_secs(5);

/// An instant of the exchange, and what has passed since by a clock that nobody sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ExchangeTime {
    at: Timestamp,
    elapsed: Duration,
}

impl ExchangeTime {
    /// It is `at` when the agent's timer shows `elapsed`.
    pub(crate) const fn new(at: Timestamp, elapsed: Duration) -> Self {
        Self { at, elapsed }
    }

    /// What time it is when the timer shows `elapsed`.
    pub(crate) fn now(&self, elapsed: Duration) -> Timestamp {
        self.at.plus(elapsed.saturating_sub(self.elapsed))
    }

    /// Takes note of what the exchange says the time is; whether the agent's idea of it was wrong.
    pub(crate) fn correct(&mut self, at: Timestamp, elapsed: Duration) -> bool {
        let believed = self.now(elapsed);
        let is_wrong = at.since(believed) > BEHIND || believed.since(at) > AHEAD;
        if is_wrong {
            *self = Self::new(at, elapsed);
        }
        is_wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on_from_what_the_exchange_said() {
        let second = Duration::from_secs;
        let mut time = ExchangeTime::new(Timestamp::from_seconds(1000), second(50));
        assert_eq!(time.now(second(60)), Timestamp::from_seconds(1010));
        assert!(!time.correct(Timestamp::from_seconds(1011), second(60)), "within what a network takes");
        assert_eq!(time.now(second(60)), Timestamp::from_seconds(1010));
        assert!(!time.correct(Timestamp::from_seconds(1006), second(60)), "an answer that took its time");
        assert!(time.correct(Timestamp::from_seconds(400), second(60)));
        assert_eq!(time.now(second(61)), Timestamp::from_seconds(401));
        assert!(time.correct(Timestamp::from_seconds(2000), second(61)));
        assert_eq!(time.now(second(61)), Timestamp::from_seconds(2000));
    }
}
