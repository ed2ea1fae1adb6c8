//! Dump files: last dumps of terminated databases, and backups by time.

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

use crate::files::{private_directory, remove_if_there, sync_directory};
use crate::limits::BackupPlan;

/// Sorts by time, and has no character that shells or copying programs take for their own.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Last dumps of terminated databases, one file for each service.
#[derive(Debug)]
pub struct LastDumps {
    /// Where they are kept.
    pub directory: PathBuf,
    /// How their names end, without the dot.
    pub suffix: &'static str,
}

impl LastDumps {
    /// Where the dump of the service is, or is to be.
    #[must_use]
    pub fn file(&self, service: ServiceId) -> PathBuf {
        self.directory.join(format!("{service}.{}", self.suffix))
    }
}

/// Where backups go.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupPlaces {
    /// A directory at this site.
    #[serde(default)]
    pub here: Option<PathBuf>,
    /// A directory whose contents are at another site.
    #[serde(default)]
    pub elsewhere: Option<PathBuf>,
}

/// The backups of all services: a directory for each, a file for each backup, named by its time.
#[derive(Debug)]
pub struct Backups {
    places: BackupPlaces,
    suffix: &'static str,
}

impl Backups {
    /// The backups in the given places.
    #[must_use]
    pub const fn new(places: BackupPlaces, suffix: &'static str) -> Self {
        Self { places, suffix }
    }

    /// The directory for backups by this plan.
    ///
    /// # Errors
    /// [`DriverError::Refused`] when there is no such place.
    pub fn place(&self, plan: BackupPlan) -> Result<&Path, DriverError> {
        let (place, advice) = if plan.elsewhere {
            (self.places.elsewhere.as_deref(), "elsewhere; order without `backup.elsewhere`")
        } else {
            (self.places.here.as_deref().or(self.places.elsewhere.as_deref()), "here; order without `backup`")
        };
        place.ok_or_else(|| DriverError::Refused(format!("backups can't be kept {advice} or choose another offer")))
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
        let stamp = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default().strftime(STAMP);
        let directory = self.place(plan)?.join(service.to_string());
        Ok(directory.join(format!("{stamp}.{}", self.suffix)))
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
                    let stamp = jiff::Timestamp::from_microsecond(time.micros()).unwrap_or_default().strftime(STAMP);
                    remove_if_there(&directory.join(format!("{stamp}.{}", self.suffix)))?;
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
        let places = [&self.places.here, &self.places.elsewhere];
        places.into_iter().flatten().map(|place| place.join(service.to_string())).collect()
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

/// A dump that is being written. It gets its name only when it is whole.
#[derive(Debug)]
pub struct Unfinished {
    draft: PathBuf,
    file: PathBuf,
}

impl Unfinished {
    /// Begins the dump that is to become `file`, in a directory that only its owner may enter.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn begin(file: PathBuf) -> io::Result<Self> {
        if let Some(directory) = file.parent() {
            private_directory(directory)?;
        }
        let mut draft = file.clone().into_os_string();
        draft.push(".partial");
        let draft = PathBuf::from(draft);
        remove_if_there(&draft)?;
        Ok(Self { draft, file })
    }

    /// Where to write to.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.draft
    }

    /// Gives the dump its name, once it is on the disk.
    ///
    /// # Errors
    /// Whatever the file system says, as when the service was terminated meanwhile.
    pub fn finish(self) -> io::Result<PathBuf> {
        fs::File::open(&self.draft)?.sync_all()?;
        fs::rename(&self.draft, &self.file)?;
        if let Some(directory) = self.file.parent() {
            sync_directory(directory)?;
        }
        Ok(self.file)
    }
}

#[cfg(test)]
mod tests {
    use hansa_model::quantity::{Quantity, Span};

    use super::*;

    fn plan(every: &str, keep: &str) -> BackupPlan {
        let span = |text: &str| text.parse::<Quantity<Span>>().unwrap();
        BackupPlan { every: span(every), keep: span(keep), elsewhere: false }
    }

    fn at(text: &str) -> Timestamp {
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
        let places = BackupPlaces { here: Some(directory.path().to_owned()), elsewhere: None };
        let backups = Backups::new(places, "dump");
        let (service, plan) = (ServiceId::new(), plan("24h", "3d"));
        let start = at("2026-02-27T23:30:00.75Z");
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
        assert_eq!(kept, expected.map(|day| at(&format!("{day}T23:30:00Z"))));
        let much_later = start.plus(Duration::from_hours(24 * 365));
        backups.prune(service, plan, much_later).unwrap();
        assert_eq!(backups.last(service, plan), Some(at("2026-03-04T23:30:00Z")), "the newest stays");
        backups.forget(service).unwrap();
        assert_eq!(backups.last(service, plan), None);
    }

    #[test]
    fn half_a_dump_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let places = BackupPlaces { here: Some(directory.path().to_owned()), elsewhere: None };
        let backups = Backups::new(places, "dump");
        let (service, plan, now) = (ServiceId::new(), plan("24h", "3d"), at("2026-03-01T00:00:00Z"));
        let dump = Unfinished::begin(backups.file(service, plan, now).unwrap()).unwrap();
        fs::write(dump.path(), "half").unwrap();
        assert!(backups.is_due(service, plan, now));
        backups.forget(service).unwrap();
        assert!(dump.finish().is_err(), "the service was terminated meanwhile");
    }

    #[test]
    fn a_place_that_is_missing_is_a_refusal() {
        let backups = Backups::new(BackupPlaces::default(), "dump");
        let here = plan("24h", "3d");
        assert!(matches!(backups.place(here), Err(DriverError::Refused(_))));
        let elsewhere = BackupPlan { elsewhere: true, ..here };
        let only_here = Backups::new(BackupPlaces { here: Some("/x".into()), elsewhere: None }, "dump");
        assert!(matches!(only_here.place(elsewhere), Err(DriverError::Refused(_))));
        assert!(only_here.place(here).is_ok());
    }
}
