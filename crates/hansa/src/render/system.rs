//! The exchange as a running system, and when providers work on their sites.

use std::collections::BTreeMap;

use hansa_model::maintenance::MaintenanceWindow;
use hansa_model::order::Direction;
use hansa_model::system::{AtWork, Backup, System};

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
            ("migrations", database.schema.to_string()),
            ("participants", counts.participants.to_string()),
            ("agents", format!("{} of {} online", counts.agents_online, counts.agents)),
            ("offers", by_state(&counts.offers)),
            ("orders", by_state(&counts.orders)),
            ("services", by_state(&counts.services)),
            ("orders at work", counts.sagas.to_string()),
            ("events unordered", counts.waiting.to_string()),
            ("events", counts.events.to_string()),
            ("audit rows", counts.audit_rows.to_string()),
            ("backups", backups),
        ],
        paint,
    ) + "\nSettings\n"
        + &table::rows(
            &["setting", "value"],
            system.settings.iter().map(|setting| vec![setting.name.clone(), setting.value.clone()]),
            paint,
        )
}

/// What the exchange is working on.
#[must_use]
pub fn work(found: &AtWork, paint: Paint) -> String {
    let orders = table::rows(
        &["order", "kind", "application", "state", "step", "since", "failures", "says"],
        found.orders.iter().map(|at_work| {
            let direction = if at_work.direction == Direction::Undo { "undo " } else { "" };
            vec![
                at_work.order.to_string(),
                at_work.kind.name().to_owned(),
                at_work.application.as_ref().map(ToString::to_string).unwrap_or_default(),
                words::word(&at_work.state),
                format!("{direction}{}", at_work.step),
                words::instant(at_work.since),
                at_work.failures.to_string(),
                at_work.detail.clone().unwrap_or_default(),
            ]
        }),
        paint,
    );
    let orders = if found.orders.is_empty() { "No order is at work.\n".to_owned() } else { orders };
    let shown = u64::try_from(found.orders.len()).unwrap_or(u64::MAX);
    let rest = match found.total.saturating_sub(shown) {
        0 => String::new(),
        rest => format!("and {rest} more\n"),
    };
    let jobs = table::rows(
        &["job", "running since", "ended", "runs", "failures", "error"],
        found.jobs.iter().map(|job| {
            vec![
                job.name.clone(),
                words::maybe(job.running_since),
                words::maybe(job.ended_at),
                job.runs.to_string(),
                job.failures.to_string(),
                job.error.clone().unwrap_or_default(),
            ]
        }),
        paint,
    );
    format!("{orders}{rest}\n{jobs}")
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
    const COLUMNS: &'static [&'static str] = &["id", "provider", "site", "from", "to", "called off", "reason"];
    const NONE: &'static str = "no maintenance is planned; `--all` shows what is over";

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.provider_name.to_string(),
            self.site_name.to_string(),
            words::instant(self.start),
            words::instant(self.end),
            words::maybe(self.cancelled_at),
            self.reason.clone(),
        ]
    }

    fn name(&self) -> String {
        self.id.to_string()
    }
}
