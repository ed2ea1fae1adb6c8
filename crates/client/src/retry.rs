//! When and how long to wait before a call is made again.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A server that asks for more patience than this gets its answer passed on to the caller instead.
const MOST_PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait before the next attempt, with chance so that many clients don't come back at once.
pub(crate) fn pause(attempt: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(2u32.saturating_pow(attempt.saturating_sub(1)));
    doubled.min(LONGEST_PAUSE).mul_f64(rand::random_range(0.5..=1.0))
}

/// How long to wait after an answer that says "not now"; `None` when it is the final answer.
pub(crate) fn after(status: StatusCode, headers: &HeaderMap, attempt: u32) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let asked = asked.map(Duration::from_secs);
    match status {
        StatusCode::TOO_MANY_REQUESTS => asked.filter(|asked| *asked <= MOST_PATIENCE),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => match asked {
            Some(asked) => (asked <= MOST_PATIENCE).then_some(asked.max(pause(attempt))),
            None => Some(pause(attempt)),
        },
        _ => None,
    }
}
