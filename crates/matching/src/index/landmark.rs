//! Places that documents name, with the round trips of all sites to them.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use super::item::Spot;
use crate::geo::{Geo, Place};

/// Into how many buckets round trips to a place are put.
const BUCKETS: usize = 32;
/// How many places are remembered.
const MOST_LANDMARKS: usize = 64;

/// A place, and how far every site is from it.
#[derive(Debug)]
pub(crate) struct Landmark {
    /// Differs from that of every other landmark there ever was.
    pub(crate) number: u64,
    place: Place,
    /// In microseconds, by the numbers of the sites.
    round_trips: Vec<i64>,
    /// Where buckets begin.
    pub(crate) starts: Vec<i128>,
}

impl Landmark {
    fn new(number: u64, place: Place, spots: &[Arc<Spot>], geo: &Geo) -> Self {
        let round_trips: Vec<i64> = spots.iter().map(|spot| geo.round_trip(&spot.place, &place).rtt.base()).collect();
        let mut sorted = round_trips.clone();
        sorted.sort_unstable();
        sorted.dedup();
        let step = sorted.len().div_ceil(BUCKETS).max(1);
        let starts = sorted.iter().step_by(step).map(|start| i128::from(*start)).collect();
        Self { number, place, round_trips, starts }
    }

    /// The round trip of a site to the place, in microseconds.
    pub(crate) fn round_trip(&self, spot: &Spot, geo: &Geo) -> i64 {
        let known = self.round_trips.get(spot.number as usize).copied();
        known.unwrap_or_else(|| geo.round_trip(&spot.place, &self.place).rtt.base())
    }
}

/// The places that were asked for lately.
#[derive(Debug, Default)]
pub(crate) struct Landmarks(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    next: u64,
    places: HashMap<[u64; 2], Arc<Landmark>>,
}

impl Landmarks {
    /// The landmark at a place; `spots` are the sites by their numbers.
    pub(crate) fn at(&self, place: Place, spots: &[Arc<Spot>], geo: &Geo) -> Arc<Landmark> {
        let coordinates = place.coordinates();
        let key = [coordinates.latitude.to_bits(), coordinates.longitude.to_bits()];
        if let Some(known) = self.0.read().ok().and_then(|known| known.places.get(&key).cloned()) {
            return known;
        }
        // Nobody waits for the sums.
        let mut landmark = Landmark::new(u64::MAX, place, spots, geo);
        let Ok(mut known) = self.0.write() else { return Arc::new(landmark) };
        if let Some(made) = known.places.get(&key) {
            return made.clone();
        }
        if known.places.len() >= MOST_LANDMARKS {
            known.places.clear();
        }
        landmark.number = known.next;
        known.next += 1;
        let landmark = Arc::new(landmark);
        known.places.insert(key, landmark.clone());
        landmark
    }
}
