//! Small texts: instants, lists, states.

use std::fmt::Display;

use hansa_model::time::Timestamp;
use serde::Serialize;

/// An instant to the second: `2026-11-21 09:30:00Z`.
#[must_use]
pub fn instant(at: Timestamp) -> String {
    at.floor_second().to_string().replace('T', " ")
}

/// An instant that may be absent.
#[must_use]
pub fn maybe(at: Option<Timestamp>) -> String {
    at.map(instant).unwrap_or_default()
}

/// Items with commas between them.
pub fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

/// A value of the API that is written as a word, like a state.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A duration as people say it: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 4 min`.
#[must_use]
pub fn duration(of: std::time::Duration) -> String {
    let seconds = of.as_secs();
    match seconds {
        0..=9 => format!("{:.1} s", of.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn durations_are_short() {
        let said = [400, 12_000, 185_000, 7_440_000].map(|millis| duration(Duration::from_millis(millis)));
        assert_eq!(said, ["0.4 s", "12 s", "3 min 5 s", "2 h 4 min"]);
    }
}
