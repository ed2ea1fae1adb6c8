//! Quantiles of measured durations.

use std::time::Duration;

/// Durations, sorted when they are looked at.
#[derive(Debug, Default)]
pub(crate) struct Quantiles(Vec<Duration>);

impl Quantiles {
    pub(crate) fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    fn at(&self, share: f64) -> Duration {
        let last = self.0.len().saturating_sub(1);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index"
        )]
        let index = (last as f64 * share).round() as usize;
        self.0.get(index).copied().unwrap_or_default()
    }
}

impl std::fmt::Display for Quantiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |share| self.at(share).as_secs_f64() * 1e3;
        write!(f, "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, max {:.1} ms", ms(0.5), ms(0.95), ms(0.99), ms(1.0))
    }
}
