//! The exchange as a running system, and when providers work on their sites.

use std::collections::BTreeMap;

use hansa_model::maintenance::MaintenanceWindow;
use hansa_model::system::{Backup, System};

use crate::output::Shown;
use crate::render::paint::Paint;
use crate::render::{table, words};

const MEBIBYTE: u64 = 1 << 20;

fn size(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(MEBIBYTE))
}

fn by_state(counts: &BTreeMap<String, u64>) -> String {
    let parts: Vec<_> = counts.iter().map(|(state, number)| format!("{number} {state}")).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

/// How the exchange runs.
#[must_use]
pub fn show(system: &System, paint: Paint) -> String {
    let (database, counts) = (&system.database, &system.counts);
    let backups: Vec<_> =
        system.backups.iter().map(|backup| format!("{} ({})", backup.file, size(backup.bytes))).collect();
    let backups = match (backups.is_empty(), system.makes_backups) {
        (false, _) => backups.join("\n"),
        (true, true) => "none; make one with `hansa system backup`".to_owned(),
        (true, false) => "where the database is kept".to_owned(),
    };
    table::pairs(
        &[
            ("version", system.version.clone()),
            ("address", system.issuer.clone()),
            ("running since", words::instant(system.started_at)),
            ("database", format!("{} {}, {}", database.engine, database.version, size(database.bytes))),
            ("schema", database.schema.to_string()),
            ("participants", counts.participants.to_string()),
            ("agents", format!("{} of {} online", counts.agents_online, counts.agents)),
            ("offers", by_state(&counts.offers)),
            ("orders", by_state(&counts.orders)),
            ("services", by_state(&counts.services)),
            ("orders at work", counts.sagas.to_string()),
            ("waiting", counts.waiting.to_string()),
            ("events", counts.events.to_string()),
            ("audit rows", counts.audit_rows.to_string()),
            ("backups", backups),
        ],
        paint,
    )
}

impl Shown for Backup {
    const COLUMNS: &'static [&'static str] = &["file", "size", "made"];

    fn cells(&self) -> Vec<String> {
        vec![self.file.clone(), size(self.bytes), words::instant(self.at)]
    }

    fn name(&self) -> String {
        self.file.clone()
    }
}

impl Shown for MaintenanceWindow {
    const COLUMNS: &'static [&'static str] = &["id", "site", "from", "to", "reason", "called off"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.site.to_string(),
            words::instant(self.start),
            words::instant(self.end),
            self.reason.clone(),
            words::maybe(self.cancelled_at),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}
