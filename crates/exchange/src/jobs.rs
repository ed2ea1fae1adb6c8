//! How the jobs of this process fare: when each ran, and whether it failed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hansa_model::system::Job;
use hansa_model::time::Timestamp;

/// What is known of each job, by name.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    known: Mutex<BTreeMap<&'static str, Job>>,
}

impl Jobs {
    /// Notes that a job begins to run.
    pub(crate) fn begin(&self, name: &'static str, now: Timestamp) {
        self.change(name, |job| {
            job.running_since = Some(now);
            job.next_at = None;
        });
    }

    /// Notes that a job ended and when it runs again, with why it failed if it did.
    pub(crate) fn end(&self, name: &'static str, now: Timestamp, next: Timestamp, error: Option<String>) {
        self.change(name, |job| {
            job.running_since = None;
            job.ended_at = Some(now);
            job.next_at = Some(next);
            job.runs += 1;
            job.failures = if error.is_some() { job.failures + 1 } else { 0 };
            job.error = error;
        });
    }

    /// The jobs: those that fail first, then those that run for longest.
    pub(crate) fn all(&self) -> Vec<Job> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = known.values().cloned().collect();
        all.sort_by_key(|job| (job.failures == 0, job.running_since.is_none(), job.running_since));
        all
    }

    fn change(&self, name: &'static str, change: impl FnOnce(&mut Job)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        change(known.entry(name).or_insert_with(|| Job {
            name: name.to_owned(),
            running_since: None,
            ended_at: None,
            next_at: None,
            runs: 0,
            failures: 0,
            error: None,
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_and_what_hangs_stands_first() {
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let jobs = Jobs::default();
        for (name, begin) in [("rests", 1), ("hangs", 2), ("runs", 8), ("fails", 3)] {
            jobs.begin(name, at(begin));
        }
        jobs.end("rests", at(4), at(9), None);
        jobs.end("fails", at(4), at(5), Some("no disk".to_owned()));
        let names = |jobs: &Jobs| jobs.all().into_iter().map(|job| job.name).collect::<Vec<_>>();
        assert_eq!(names(&jobs), ["fails", "hangs", "runs", "rests"]);
        jobs.begin("fails", at(5));
        assert_eq!(jobs.all()[0].error.as_deref(), Some("no disk"));
        jobs.end("fails", at(6), at(7), None);
        let mended = jobs.all().into_iter().find(|job| job.name == "fails").unwrap();
        assert_eq!((mended.runs, mended.failures, mended.error), (2, 0, None));
    }
}
