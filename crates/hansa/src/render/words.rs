//! Small texts: instants, lists, states.

use std::fmt::Display;

use hansa_model::evidence::Lack;
use hansa_model::id::TenantId;
use hansa_model::kind::Resource;
use hansa_model::package::Levels;
use hansa_model::participant::Tenant;
use hansa_model::quantity::{Number, Size};
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

/// An amount of a resource: `memory 18 GiB`.
#[must_use]
pub fn amount(resource: Resource, base: i64) -> String {
    let amount = match resource {
        Resource::Cpu => Number::from_base(base).to_string(),
        Resource::Memory | Resource::Storage => Size::from_base(base).to_string(),
        Resource::Instances => base.to_string(),
    };
    format!("{} {amount}", resource.name())
}

/// A value of the API that is written as a word, like a state.
pub fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The name of a tenant among the caller's own, else its identifier.
#[must_use]
pub fn tenant(id: TenantId, own: &[Tenant]) -> String {
    own.iter().find(|tenant| tenant.id == id).map_or_else(|| id.to_string(), |tenant| tenant.name.to_string())
}

/// The month that lies between two instants, in whatever zone it begins: `2026-11`.
#[must_use]
pub fn month(start: Timestamp, end: Timestamp) -> String {
    start.plus(end.since(start) / 2).to_string().chars().take(7).collect()
}

/// The day of an instant: `2026-11-21`.
#[must_use]
pub fn day(at: Timestamp) -> String {
    at.to_string().chars().take(10).collect()
}

/// Levels of trust in a line: `Gaia-X L1 · SEAL 2 · CADA 1 (proposal) until 2027-03-01`; nothing where none is known.
#[must_use]
pub fn levels(levels: &Levels) -> String {
    let known = [
        levels.gaia_x.as_ref().map(|label| format!("Gaia-X {label}")),
        levels.seal.map(|level| format!("SEAL {level}")),
        levels.cada.map(|level| format!("CADA {level} (proposal)")),
    ];
    let known: Vec<String> = known.into_iter().flatten().collect();
    let end = levels.valid_until.map(|end| format!(" until {}", day(end))).unwrap_or_default();
    if known.is_empty() { String::new() } else { known.join(" · ") + &end }
}

/// Criteria with what is missing for each: `sov-2-q2 – no evidence on extraterritorial law`.
#[must_use]
pub fn lacks(lacks: &[Lack]) -> String {
    let each: Vec<_> = lacks.iter().map(|lack| format!("{} – {}", lack.criterion, lack.missing)).collect();
    each.join("; ")
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
    fn levels_are_one_line_of_what_is_known() {
        let end = "2027-03-01T08:00:00Z".parse().ok();
        let all = Levels { gaia_x: Some("L1".to_owned()), seal: Some(2), cada: Some(1), valid_until: end };
        assert_eq!(levels(&all), "Gaia-X L1 · SEAL 2 · CADA 1 (proposal) until 2027-03-01");
        assert_eq!(levels(&Levels { seal: Some(0), ..Levels::default() }), "SEAL 0");
        assert_eq!(levels(&Levels::default()), "");
    }

    #[test]
    fn a_month_is_named_whatever_zone_it_begins_in() {
        let instant = |text: &str| text.parse().unwrap();
        let (start, end) = (instant("2026-10-31T23:00:00Z"), instant("2026-11-30T23:00:00Z"));
        assert_eq!(month(start, end), "2026-11");
    }

    #[test]
    fn durations_are_short() {
        let said = [400, 12_000, 185_000, 7_440_000].map(|millis| duration(Duration::from_millis(millis)));
        assert_eq!(said, ["0.4 s", "12 s", "3 min 5 s", "2 h 4 min"]);
    }
}
