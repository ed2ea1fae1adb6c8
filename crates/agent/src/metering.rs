//! What a service used: one open interval that follows what is seen, and closed ones ready to be reported.

use std::collections::BTreeMap;
use std::time::Duration;

use hansa_model::id::{ServiceId, UsageId};
use hansa_model::price::Meter;
use hansa_model::time::{MICROS_PER_SECOND, Timestamp};
use hansa_model::usage::Usage;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::driver::{Power, Readings};

/// The use of one service since its last closed interval.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpenInterval {
    /// The generation that is in force.
    pub(crate) generation: u64,
    /// The first instant, a whole second.
    pub(crate) start: Timestamp,
    /// The processors in force, in thousandths, where there is a number of them.
    processors: Option<i64>,
    /// Since when it runs, a whole second; absent when it does not.
    running_since: Option<Timestamp>,
    /// When it was last seen running.
    last_running: Option<Timestamp>,
    /// Seconds that it ran before `running_since`.
    ran: i64,
    /// The run that the totals belong to.
    run: Option<String>,
    /// The counters as last read.
    totals: BTreeMap<Meter, i64>,
    /// What was counted in this interval.
    counted: BTreeMap<Meter, i64>,
    /// Bytes stored as last read.
    stored: i64,
}

/// A closed interval of one service with a quantity for every meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Interval {
    /// The identifier of the first meter's record; those of the others follow.
    first_id: UsageId,
    service: ServiceId,
    generation: u64,
    start: Timestamp,
    end: Timestamp,
    /// In the order of [`Meter::ALL`].
    quantities: [i64; Meter::ALL.len()],
}

impl OpenInterval {
    /// Begins with the first observation of the running service.
    pub(crate) fn begin(at: Timestamp, generation: u64, processors: Option<i64>) -> Self {
        Self {
            generation,
            start: at.floor_second(),
            processors,
            running_since: None,
            last_running: None,
            ran: 0,
            run: None,
            totals: BTreeMap::new(),
            counted: BTreeMap::new(),
            stored: 0,
        }
    }

    /// Takes note of whether it runs. When it stopped by itself, it ran until it was last seen running.
    pub(crate) fn see(&mut self, power: Power, at: Timestamp) {
        if power == Power::Running {
            self.running_since.get_or_insert(at.floor_second());
            self.last_running = Some(at);
        } else {
            self.ran += self.seconds_of_run(self.last_running.unwrap_or(at).floor_second());
            self.running_since = None;
        }
    }

    /// Adds what was counted since the last reading; a new run counts from zero.
    pub(crate) fn read(&mut self, readings: &Readings) {
        let same_run = self.run.as_ref() == Some(&readings.run);
        for (meter, total) in &readings.totals {
            if *meter == Meter::StorageUsed {
                self.stored = (*total).max(0);
                continue;
            }
            let before = if same_run { self.totals.get(meter).copied().unwrap_or_default() } else { 0 };
            let counted = self.counted.entry(*meter).or_default();
            *counted = counted.saturating_add(total.saturating_sub(before).max(0));
        }
        self.run = Some(readings.run.clone());
        self.totals.clone_from(&readings.totals);
    }

    /// Puts another generation in force; what was used before belongs to the one before.
    pub(crate) fn change(
        &mut self,
        service: ServiceId,
        at: Timestamp,
        generation: u64,
        processors: Option<i64>,
    ) -> Option<Interval> {
        let closed = self.close(service, at);
        self.generation = generation;
        self.processors = processors;
        closed
    }

    /// Whether something is known now that can't be found out again after a crash.
    pub(crate) fn is_news(&self, written: Option<&Self>) -> bool {
        written.is_none_or(|written| {
            (written.generation, written.start, written.running_since, &written.run)
                != (self.generation, self.start, self.running_since, &self.run)
        })
    }

    /// Closes the interval at `end` and opens the next one there. `None` when not a second has passed.
    ///
    /// No more processor time is reported than the processors can give: readings are taken a little after
    /// `end`, and what is too much belongs to the next interval.
    pub(crate) fn close(&mut self, service: ServiceId, end: Timestamp) -> Option<Interval> {
        let end = end.floor_second();
        if end <= self.start {
            return None;
        }
        let length = seconds(self.start, end);
        let ran = (self.ran + self.seconds_of_run(end)).clamp(0, length);
        let quantities = Meter::ALL.map(|meter| match meter {
            Meter::TimeAllocated => length,
            Meter::TimeRunning => ran,
            Meter::StorageUsed => self.stored.saturating_mul(length),
            Meter::CpuTime => self.take(meter, self.processors.map_or(i64::MAX, |each| each.saturating_mul(length))),
            Meter::NetworkEgress | Meter::NetworkIngress => self.take(meter, i64::MAX),
        });
        let interval = Interval {
            first_id: UsageId::new(),
            service,
            generation: self.generation,
            start: self.start,
            end,
            quantities,
        };
        self.start = end;
        self.ran = 0;
        self.running_since = self.running_since.map(|since| since.max(end));
        Some(interval)
    }

    /// Seconds of this interval between the beginning of the present run and `end`.
    fn seconds_of_run(&self, end: Timestamp) -> i64 {
        self.running_since.map_or(0, |since| seconds(since.max(self.start), end).max(0))
    }

    fn take(&mut self, meter: Meter, most: i64) -> i64 {
        let counted = self.counted.entry(meter).or_default();
        let taken = (*counted).min(most);
        *counted -= taken;
        taken
    }
}

fn seconds(start: Timestamp, end: Timestamp) -> i64 {
    (end.micros() - start.micros()) / MICROS_PER_SECOND
}

/// The last instant at or before `at` at which every service's interval is closed. These instants are the same
/// for all agents and fall on the beginnings of hours, days and months wherever the period divides them.
pub(crate) fn tick_before(at: Timestamp, every: Duration) -> Timestamp {
    let every = i64::try_from(every.as_micros()).unwrap_or(i64::MAX).max(MICROS_PER_SECOND);
    Timestamp::from_micros(at.micros() - at.micros().rem_euclid(every)).floor_second()
}

impl Interval {
    /// One record for each meter.
    pub(crate) fn records(&self) -> [Usage; Meter::ALL.len()] {
        let first = self.first_id.uuid().as_u128();
        std::array::from_fn(|index| Usage {
            id: UsageId::from_uuid(Uuid::from_u128(first.wrapping_add(index as u128))),
            service: self.service,
            generation: self.generation,
            meter: Meter::ALL[index],
            start: self.start,
            end: self.end,
            quantity: self.quantities[index],
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: f64) -> Timestamp {
        Timestamp::from_seconds(1_000_000).plus(Duration::from_secs_f64(seconds))
    }

    fn readings(run: &str, cpu: i64) -> Readings {
        Readings {
            run: run.to_owned(),
            totals: BTreeMap::from([(Meter::CpuTime, cpu), (Meter::StorageUsed, 7)]),
            ..Readings::default()
        }
    }

    fn quantity(interval: &Interval, meter: Meter) -> i64 {
        interval.records().iter().find(|usage| usage.meter == meter).unwrap().quantity
    }

    #[test]
    fn an_interval_holds_every_meter() {
        let mut open = OpenInterval::begin(at(0.9), 3, None);
        open.see(Power::Running, at(0.9));
        open.read(&readings("a", 500));
        open.see(Power::Running, at(10.2));
        open.read(&readings("a", 2_000));
        let interval = open.close(ServiceId::new(), at(10.2)).unwrap();
        assert_eq!(interval.quantities, [10, 10, 2_000, 0, 0, 70]);
        let ids: std::collections::BTreeSet<_> = interval.records().iter().map(|usage| usage.id).collect();
        assert_eq!(ids.len(), 6);
        assert!(open.close(ServiceId::new(), at(10.9)).is_none(), "not a second has passed");
    }

    #[test]
    fn what_stopped_by_itself_ran_until_it_was_last_seen_running() {
        let mut open = OpenInterval::begin(at(0.0), 1, None);
        open.see(Power::Running, at(0.0));
        open.see(Power::Running, at(30.0));
        open.see(Power::Stopped, at(45.0));
        open.see(Power::Running, at(50.0));
        let interval = open.close(ServiceId::new(), at(60.0)).unwrap();
        assert_eq!((quantity(&interval, Meter::TimeAllocated), quantity(&interval, Meter::TimeRunning)), (60, 40));
    }

    #[test]
    fn a_new_run_counts_from_zero_and_nothing_falls() {
        let mut open = OpenInterval::begin(at(0.0), 1, None);
        for (run, total) in [("a", 100), ("a", 400), ("b", 50), ("b", 20), ("b", 60)] {
            open.read(&readings(run, total));
        }
        let interval = open.close(ServiceId::new(), at(1.0)).unwrap();
        assert_eq!(quantity(&interval, Meter::CpuTime), 400 + 50 + 40);
    }

    #[test]
    fn more_processor_time_than_possible_is_left_to_the_next_interval() {
        let mut open = OpenInterval::begin(at(0.0), 1, Some(2_000));
        open.read(&readings("a", 10_400));
        let first = open.close(ServiceId::new(), at(5.0)).unwrap();
        let second = open.close(ServiceId::new(), at(6.0)).unwrap();
        assert_eq!((quantity(&first, Meter::CpuTime), quantity(&second, Meter::CpuTime)), (10_000, 400));
    }

    #[test]
    fn a_clock_that_goes_back_closes_nothing_twice() {
        let mut open = OpenInterval::begin(at(0.0), 1, None);
        open.see(Power::Running, at(0.0));
        open.close(ServiceId::new(), at(600.0)).unwrap();
        assert!(open.close(ServiceId::new(), at(60.0)).is_none());
        let next = open.close(ServiceId::new(), at(601.0)).unwrap();
        assert_eq!((next.start, quantity(&next, Meter::TimeRunning)), (at(600.0), 1));
    }

    #[test]
    fn ticks_fall_on_the_hour() {
        let noon: Timestamp = "2026-03-29T12:00:00Z".parse().unwrap();
        let minutes = Duration::from_mins;
        assert_eq!(tick_before(noon.plus(minutes(4)), minutes(5)), noon);
        assert_eq!(tick_before(noon, minutes(5)), noon);
        assert_eq!(tick_before(noon.plus(minutes(9)), minutes(5)), noon.plus(minutes(5)));
    }

    proptest! {
        #[test]
        fn intervals_follow_each_other_and_add_up(
            steps in prop::collection::vec((0.0f64..400.0, 0u8..4, 0i64..1_000), 1..60),
        ) {
            let service = ServiceId::new();
            let mut open = OpenInterval::begin(at(0.0), 1, None);
            let (mut now, mut total, mut closed) = (0.0, 0, Vec::new());
            for (pause, what, amount) in steps {
                now += pause;
                match what {
                    0 => open.see(Power::Running, at(now)),
                    1 => open.see(Power::Stopped, at(now)),
                    2 => {
                        total += amount;
                        open.read(&readings("a", total));
                    }
                    _ => closed.extend(open.close(service, at(now))),
                }
            }
            closed.extend(open.close(service, at(now + 1.0)));
            let mut end = at(0.0).floor_second();
            for interval in &closed {
                prop_assert_eq!(interval.start, end);
                prop_assert!(interval.end > interval.start);
                prop_assert!(quantity(interval, Meter::TimeRunning) <= quantity(interval, Meter::TimeAllocated));
                prop_assert!(quantity(interval, Meter::TimeRunning) >= 0);
                end = interval.end;
            }
            let sum = |meter| closed.iter().map(|interval| quantity(interval, meter)).sum::<i64>();
            prop_assert_eq!(sum(Meter::TimeAllocated), seconds(at(0.0).floor_second(), at(now + 1.0).floor_second()));
            prop_assert_eq!(sum(Meter::CpuTime), total);
        }
    }
}
