//! Round trips between sites, kept once they were asked for.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::item::Spot;
use crate::geo::{Geo, SAME_SITE_MICROS};

/// How many round trips are kept at most; four bytes each.
const MOST_KEPT: usize = 8_000_000;

/// The round trips between the sites of a catalogue, which do not change while these are its sites.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trips(Arc<OnceLock<Kept>>);

#[derive(Debug)]
struct Kept {
    /// From each site to all, in microseconds, once somebody asked.
    rows: Vec<OnceLock<Box<[u32]>>>,
    /// How many more rows may be kept.
    room: AtomicUsize,
}

impl Trips {
    /// The round trips in microseconds from one of the sites to some others.
    pub(crate) fn from<'s>(
        &self,
        spot: &Spot,
        to: impl Iterator<Item = &'s Arc<Spot>>,
        spots: &[Arc<Spot>],
        geo: &Geo,
    ) -> Vec<i64> {
        match self.row(spot, spots, geo) {
            Some(row) => {
                let known = |other: &Spot| row.get(other.number as usize).map(|micros| i64::from(*micros));
                to.map(|other| known(other).unwrap_or_else(|| between(spot, other, geo))).collect()
            }
            None => to.map(|other| between(spot, other, geo)).collect(),
        }
    }

    /// The round trips from a site to all; `None` where too many are kept already.
    fn row(&self, spot: &Spot, spots: &[Arc<Spot>], geo: &Geo) -> Option<&[u32]> {
        let kept = self.0.get_or_init(|| Kept {
            rows: spots.iter().map(|_| OnceLock::new()).collect(),
            room: AtomicUsize::new(MOST_KEPT / spots.len().max(1)),
        });
        let row = kept.rows.get(spot.number as usize)?;
        if let Some(known) = row.get() {
            return Some(known);
        }
        let taken = |room: usize| room.checked_sub(1);
        kept.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).ok()?;
        let short = |micros: i64| u32::try_from(micros).unwrap_or(u32::MAX);
        Some(row.get_or_init(|| spots.iter().map(|other| short(between(spot, other, geo))).collect()))
    }
}

/// The round trip between two sites in microseconds.
fn between(from: &Spot, to: &Spot, geo: &Geo) -> i64 {
    if from.number == to.number { SAME_SITE_MICROS } else { geo.round_trip(&from.place, &to.place).rtt.base() }
}
