//! Backups: where they are, when they are due, and how long they stay.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hansa_agent::driver::DriverError;
use hansa_model::id::ServiceId;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::files::remove_if_there;
use crate::limits::BackupPlan;

/// Sorts by time, and has no character that shells or copying programs take for their own.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Where backups go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupPlaces {
    /// A directory at this site; below the driver's own when absent.
    #[serde(default)]
    pub here: Option<PathBuf>,
    /// A directory whose contents are at another site. Without it, databases that ask for that are refused.
    #[serde(default)]
    pub elsewhere: Option<PathBuf>,
}

/// The backups of all services: a directory for each, a file for each backup, named by its time.
#[derive(Debug)]
pub struct Backups {
    /// A directory at this site.
    pub here: PathBuf,
    /// A directory whose contents are at another site.
    pub elsewhere: Option<PathBuf>,
    /// How the names of backups end, without the dot.
    pub suffix: &'static str,
}

impl Backups {
    /// The directory for backups by this plan.
    ///
    /// # Errors
    /// [`DriverError::Refused`] when there is no such place.
    pub fn place(&self, plan: BackupPlan) -> Result<&Path, DriverError> {
        if !plan.elsewhere {
            return Ok(&self.here);
        }
        self.elsewhere.as_deref().ok_or_else(|| {
            let advice = "order without `backup.elsewhere`, or choose another offer";
            DriverError::Refused(format!("this site keeps no backups elsewhere: {advice}"))
        })
    }

    /// When the last backup by this plan was made; `None` when there is none.
    #[must_use]
    pub fn last(&self, service: ServiceId, plan: BackupPlan) -> Option<Timestamp> {
        let place = self.place(plan).ok()?;
        self.times(&place.join(service.to_string())).into_iter().max()
    }

    /// Whether a backup is due: there is none yet, or the last is as old as the plan allows.
    #[must_use]
    pub fn is_due(&self, service: ServiceId, plan: BackupPlan, now: Timestamp) -> bool {
        self.last(service, plan).is_none_or(|last| now.since(last) >= plan.every.duration())
    }

    /// The file of a backup that is made now.
    ///
    /// # Errors
    /// [`DriverError::Refused`] when the plan has no place.
    pub fn file(&self, service: ServiceId, plan: BackupPlan, now: Timestamp) -> Result<PathBuf, DriverError> {
        Ok(self.file_of(&self.place(plan)?.join(service.to_string()), now))
    }

    /// Removes the backups that are older than the plan keeps them, but never the newest.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn prune(&self, service: ServiceId, plan: BackupPlan, now: Timestamp) -> io::Result<()> {
        for directory in self.directories(service) {
            let mut times = self.times(&directory);
            times.sort_unstable();
            times.pop();
            for time in times {
                if now.floor_second().since(time) > plan.keep.duration() {
                    remove_if_there(&self.file_of(&directory, time))?;
                }
            }
        }
        Ok(())
    }

    /// Removes all backups of a service.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn forget(&self, service: ServiceId) -> io::Result<()> {
        self.directories(service).iter().try_for_each(|directory| remove_if_there(directory))
    }

    /// How old the last backup by this plan is.
    #[must_use]
    pub fn age(&self, service: ServiceId, plan: BackupPlan, now: Timestamp) -> Option<Duration> {
        self.last(service, plan).map(|last| now.since(last))
    }

    fn directories(&self, service: ServiceId) -> Vec<PathBuf> {
        let places = std::iter::once(&self.here).chain(&self.elsewhere);
        places.map(|place| place.join(service.to_string())).collect()
    }

    fn file_of(&self, directory: &Path, time: Timestamp) -> PathBuf {
        let stamp = jiff::Timestamp::from_microsecond(time.micros()).unwrap_or_default().strftime(STAMP);
        directory.join(format!("{stamp}.{}", self.suffix))
    }

    fn times(&self, directory: &Path) -> Vec<Timestamp> {
        let time_of = |name: &str| {
            let stamp = name.strip_suffix(self.suffix)?.strip_suffix('.')?;
            let zoned = DateTime::strptime(STAMP, stamp).ok()?.to_zoned(TimeZone::UTC).ok()?;
            Some(Timestamp::from_micros(zoned.timestamp().as_second() * MICROS_PER_SECOND))
        };
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        entries.filter_map(|entry| time_of(entry.file_name().to_str()?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::quantity::{Quantity, Span};

    use super::*;
    use crate::dumps::Unfinished;

    fn plan(every: &str, keep: &str) -> BackupPlan {
        let span = |text: &str| text.parse::<Quantity<Span>>().unwrap();
        BackupPlan { every: span(every), keep: span(keep), elsewhere: false }
    }

    fn at(directory: &Path) -> Backups {
        Backups { here: directory.to_owned(), elsewhere: None, suffix: "dump" }
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn make(backups: &Backups, service: ServiceId, plan: BackupPlan, now: Timestamp) {
        let dump = Unfinished::begin(backups.file(service, plan, now).unwrap()).unwrap();
        fs::write(dump.path(), "dump").unwrap();
        dump.finish().unwrap();
    }

    #[test]
    fn backups_are_due_by_their_files_and_old_ones_go() {
        let directory = tempfile::tempdir().unwrap();
        let backups = at(directory.path());
        let (service, plan) = (ServiceId::new(), plan("24h", "3d"));
        let start = time("2026-02-27T23:30:00.75Z");
        for day in 0..6 {
            let now = start.plus(Duration::from_hours(24 * day));
            assert!(backups.is_due(service, plan, now));
            make(&backups, service, plan, now);
            assert!(!backups.is_due(service, plan, now.plus(Duration::from_hours(23))));
            backups.prune(service, plan, now).unwrap();
        }
        let mut kept: Vec<_> = backups.times(&directory.path().join(service.to_string()));
        kept.sort_unstable();
        let expected = ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-04"];
        assert_eq!(kept, expected.map(|day| time(&format!("{day}T23:30:00Z"))));
        let much_later = start.plus(Duration::from_hours(24 * 365));
        backups.prune(service, plan, much_later).unwrap();
        assert_eq!(backups.last(service, plan), Some(time("2026-03-04T23:30:00Z")), "the newest stays");
        backups.forget(service).unwrap();
        assert_eq!(backups.last(service, plan), None);
    }

    #[test]
    fn half_a_dump_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let backups = at(directory.path());
        let (service, plan, now) = (ServiceId::new(), plan("24h", "3d"), time("2026-03-01T00:00:00Z"));
        let dump = Unfinished::begin(backups.file(service, plan, now).unwrap()).unwrap();
        fs::write(dump.path(), "half").unwrap();
        assert!(backups.is_due(service, plan, now));
        backups.forget(service).unwrap();
        assert!(dump.finish().is_err(), "the service was terminated meanwhile");
    }

    #[test]
    fn a_place_that_is_missing_is_a_refusal() {
        let (backups, here) = (at(Path::new("/here")), plan("24h", "3d"));
        let elsewhere = BackupPlan { elsewhere: true, ..here };
        assert_eq!(backups.place(here).unwrap(), Path::new("/here"));
        assert!(matches!(backups.place(elsewhere), Err(DriverError::Refused(_))));
    }
}
