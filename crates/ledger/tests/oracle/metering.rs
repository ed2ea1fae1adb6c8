//! What an agent would report of a life: usage over intervals that are cut anywhere.

use std::collections::BTreeSet;

use hansa_model::price::Meter;

use crate::calendar::Calendar;
use crate::world::Life;

pub(crate) const METERS: [Meter; 4] =
    [Meter::TimeAllocated, Meter::TimeRunning, Meter::NetworkEgress, Meter::NetworkIngress];

/// One measured interval.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    pub(crate) generation: usize,
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) quantity: i64,
}

/// The readings of one meter in the order of time. Every change of generation ends an interval.
pub(crate) fn readings(life: &Life, meter: Meter, calendar: &Calendar) -> Vec<Reading> {
    let mut cuts: BTreeSet<i64> = life.cuts.iter().map(|position| life.second(*position)).collect();
    if life.cut_at_months {
        cuts.extend(calendar.parts(life.start, life.end()).into_iter().map(|(_, start, _)| start));
    }
    let mut readings = Vec::new();
    for (generation, (from, to, terms)) in life.spans().enumerate() {
        let mut start = from;
        for end in cuts.range(from + 1..to).copied().chain([to]) {
            let quantity = match meter {
                Meter::TimeAllocated => end - start,
                Meter::TimeRunning => (end - start) * i64::from(terms.running),
                _ => volume(life, meter, start, end),
            };
            readings.push(Reading { generation, start, end, quantity });
            start = end;
        }
    }
    readings
}

fn volume(life: &Life, meter: Meter, start: i64, end: i64) -> i64 {
    let within = life.bursts.iter().filter(|(position, ..)| (start..end).contains(&life.second(*position)));
    within.map(|(_, sent, received)| if meter == Meter::NetworkEgress { *sent } else { *received }).sum()
}
