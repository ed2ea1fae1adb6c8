//! What a database may use, read off its properties; and the record of it that the server keeps.

use hansa_agent::driver::{DriverError, Spec, Tag};
use hansa_model::id::ServiceId;
use hansa_model::quantity::{Bytes, Quantity, Span, Version};
use serde::{Deserialize, Serialize};

const DEFAULT_CONNECTIONS: i64 = 20;
/// Shown to people only; the server's room for comments is limited.
const LABEL_LENGTH: usize = 100;
const HOUR: i64 = 3_600_000_000;
const DEFAULT_EVERY: Quantity<Span> = Quantity::micros(24 * HOUR);
const DEFAULT_KEEP: Quantity<Span> = Quantity::micros(7 * 24 * HOUR);
const SHORTEST_EVERY: Quantity<Span> = Quantity::micros(60_000_000);

/// What a database may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Space for its data.
    pub storage: Quantity<Bytes>,
    /// Connections at the same time.
    pub connections: u32,
    /// How it is backed up, when it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupPlan>,
}

/// How a database is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BackupPlan {
    /// How often.
    pub every: Quantity<Span>,
    /// How long each is kept.
    pub keep: Quantity<Span>,
    /// Whether they are kept at another site.
    #[serde(default)]
    pub elsewhere: bool,
}

/// What the server remembers of a database: its tag and its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The service.
    pub service: ServiceId,
    /// The generation of the intent that was last applied in full.
    pub generation: u64,
    /// The component's name, for people.
    pub label: String,
    /// What it may use.
    #[serde(flatten)]
    pub limits: Limits,
}

/// What a server can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    /// Its version.
    pub version: Version,
    /// How many numbers of the version name a release that clients care about: one of `15.4`, two of `10.11.6`.
    pub release_parts: usize,
    /// Connections at the same time, of all databases.
    pub connections: u32,
}

impl Limits {
    /// The limits that `spec` asks for.
    ///
    /// # Errors
    /// [`DriverError::Refused`] when the server can never keep them.
    pub fn of(spec: &Spec, abilities: &Abilities) -> Result<Self, DriverError> {
        let refused = |message: String| Err(DriverError::Refused(message));
        let properties = &spec.properties;
        if let Some(hansa_model::kind::PropertyValue::Version(wanted)) = properties.values.get("version")
            && !abilities.serves(*wanted)
        {
            let version = abilities.version;
            return refused(format!("version {wanted} was asked for, but the server here is {version}"));
        }
        let Some(storage) = properties.bytes("storage").filter(|size| size.base() > 0) else {
            return refused("a database needs `storage`, such as `10 GiB`".to_owned());
        };
        let connections = properties.count("connections").unwrap_or(Quantity::whole(DEFAULT_CONNECTIONS)).base() / 1000;
        let connections = u32::try_from(connections).unwrap_or(u32::MAX);
        if connections == 0 || connections > abilities.connections {
            let most = abilities.connections;
            return refused(format!("{connections} connections were asked for; choose between 1 and {most}"));
        }
        let backup = BackupPlan::of(spec);
        if let Some(plan) = backup
            && plan.every < SHORTEST_EVERY
        {
            return refused(format!("a backup every {} is too often; choose 1 min or more", plan.every));
        }
        Ok(Self { storage, connections, backup })
    }
}

impl BackupPlan {
    /// The plan that is asked for; what is left open is daily and kept for a week.
    fn of(spec: &Spec) -> Option<Self> {
        let properties = &spec.properties;
        let (every, keep) = (properties.span("backup.every"), properties.span("backup.keep"));
        let elsewhere = properties.flag("backup.elsewhere");
        let wanted = every.is_some() || keep.is_some() || elsewhere;
        wanted.then(|| Self { every: every.unwrap_or(DEFAULT_EVERY), keep: keep.unwrap_or(DEFAULT_KEEP), elsewhere })
    }
}

impl Abilities {
    /// Whether a client that wants `wanted` can be served: the same release, and no older.
    fn serves(&self, wanted: Version) -> bool {
        let release = |version: Version| {
            let text = version.to_string();
            let mut numbers: Vec<String> = text.split('.').map(str::to_owned).collect();
            numbers.resize(self.release_parts.max(numbers.len()), "0".to_owned());
            numbers.truncate(self.release_parts);
            numbers
        };
        release(self.version) == release(wanted) && self.version >= wanted
    }
}

impl Record {
    /// The record of a database that is to be as `spec` asks.
    #[must_use]
    pub fn new(spec: &Spec, limits: Limits) -> Self {
        let label = spec.label.chars().take(LABEL_LENGTH).collect();
        Self { service: spec.tag.service, generation: spec.tag.generation, label, limits }
    }

    /// Its tag.
    #[must_use]
    pub const fn tag(&self) -> Tag {
        Tag { service: self.service, generation: self.generation }
    }

    /// The record as the text that the server keeps.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// The record of such a text; `None` when it is none.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The version at the beginning of what a server says of itself: `15.4 (Debian 15.4-1)`, `10.11.6-MariaDB`.
///
/// # Errors
/// [`DriverError::Unavailable`] when there is none.
pub fn version_of(text: &str) -> Result<Version, DriverError> {
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.').next().unwrap_or_default();
    numbers.parse().map_err(|_| DriverError::Unavailable(format!("the server says that its version is `{text}`")))
}

#[cfg(test)]
mod tests {
    use hansa_model::application::Config;
    use serde_json::json;

    use super::*;

    fn abilities(version: &str, release_parts: usize) -> Abilities {
        Abilities { version: version_of(version).unwrap(), release_parts, connections: 200 }
    }

    fn spec(properties: serde_json::Value) -> Spec {
        Spec {
            tag: Tag { service: ServiceId::new(), generation: 3 },
            label: "archive".to_owned(),
            properties: serde_json::from_value(properties).unwrap(),
            config: Config::default(),
        }
    }

    fn refusal(properties: serde_json::Value) -> String {
        match Limits::of(&spec(properties), &abilities("15.4 (Debian)", 1)) {
            Err(DriverError::Refused(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_left_open_has_sensible_values() {
        let spec = spec(json!({"version": "15", "storage": "1 GiB", "backup.keep": "3d"}));
        let limits = Limits::of(&spec, &abilities("15.4", 1)).unwrap();
        assert_eq!((limits.storage, limits.connections), (Quantity::gib(1), 20));
        let plan = limits.backup.unwrap();
        assert_eq!((plan.every, plan.keep, plan.elsewhere), ("24h".parse().unwrap(), "3d".parse().unwrap(), false));
        let record = Record::new(&spec, limits);
        assert_eq!(Record::from_text(&record.to_text()), Some(record));
    }

    #[test]
    fn what_can_never_be_kept_is_refused_with_a_reason() {
        assert!(refusal(json!({"version": "16", "storage": "1 GiB"})).contains("version 16"));
        assert!(refusal(json!({"version": "15.9", "storage": "1 GiB"})).contains("15.4"));
        assert!(refusal(json!({"version": "15"})).contains("storage"));
        assert!(refusal(json!({"version": "15", "storage": "1 GiB", "connections": 0})).contains("between 1 and 200"));
        assert!(refusal(json!({"version": "15", "storage": "1 GiB", "connections": 201})).contains("200"));
        assert!(refusal(json!({"version": "15", "storage": "1 GiB", "backup.every": "1s"})).contains("too often"));
    }

    #[test]
    fn a_release_has_as_many_numbers_as_its_makers_give_it() {
        let serves = |server: &str, parts, wanted: &str| abilities(server, parts).serves(wanted.parse().unwrap());
        assert!(serves("15.19", 1, "15"));
        assert!(serves("15.19", 1, "15.4"));
        assert!(!serves("15.3", 1, "15.4"));
        assert!(serves("10.11.19-MariaDB-0+deb12u1", 2, "10.11"));
        assert!(serves("10.11.19-MariaDB", 2, "10.11.6"));
        assert!(!serves("10.11.19-MariaDB", 2, "10.6"));
        assert!(!serves("10.11.19-MariaDB", 2, "11"));
    }

    #[test]
    fn long_labels_are_cut_at_a_character() {
        let mut spec = spec(json!({"version": "15", "storage": "1 GiB"}));
        spec.label = "ü".repeat(500);
        let limits = Limits::of(&spec, &abilities("15", 1)).unwrap();
        assert_eq!(Record::new(&spec, limits).label, "ü".repeat(LABEL_LENGTH));
    }
}
