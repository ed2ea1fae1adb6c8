//! A run of offers of one kind that follow each other in price, with the bitmaps that they are filtered by.

mod renew;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use super::item::{Item, Scales};
use super::landmark::Landmark;
use super::mask::{Mask, ROWS};
use super::ranges::{Ranges, Reached};
use crate::geo::Geo;

/// Tags of fewer rows than this are kept as a list of rows.
const DENSE: usize = 24;
/// Up to this share of a chunk's rows are quicker sorted than found in the order of all.
const FEW: usize = 8;
/// To how many places a chunk keeps round trips at most.
const MOST_NEAR: usize = 32;

/// Where rows stand on one scale.
#[derive(Debug, Clone)]
struct Column {
    ends: Ranges,
    /// Absent while every row's beginning is its end.
    beginnings: Option<Ranges>,
}

impl Column {
    /// Lets rows that stand nowhere stand here.
    fn insert(&mut self, rows: &Mask, beginning: i128, end: i128) {
        if beginning != end && self.beginnings.is_none() {
            self.beginnings = Some(self.ends.clone());
        }
        self.ends.insert_all(rows, end);
        if let Some(beginnings) = &mut self.beginnings {
            beginnings.insert_all(rows, beginning);
        }
    }
}

/// Up to [`ROWS`] offers. A row keeps its number while the offer is there.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    items: Vec<Option<Arc<Item>>>,
    live: Option<Box<Mask>>,
    /// The rows in the order of their prices.
    order: Vec<u16>,
    /// Where each row comes in that order.
    places: Vec<u16>,
    /// The least price of each row.
    prices: Vec<i64>,
    /// The numbers of the rows' providers.
    sellers: Vec<u32>,
    /// The numbers of the rows' sites.
    spots: Vec<u32>,
    dense: Vec<(u32, Box<Mask>)>,
    /// Tags and rows.
    rare: Vec<(u32, u16)>,
    columns: Vec<(u32, Column)>,
    /// Round trips to places, as far as anybody asked.
    near: RwLock<HashMap<u64, Arc<Ranges>>>,
}

impl Clone for Chunk {
    fn clone(&self) -> Self {
        Self {
            items: self.items.clone(),
            live: self.live.clone(),
            order: self.order.clone(),
            places: self.places.clone(),
            prices: self.prices.clone(),
            sellers: self.sellers.clone(),
            spots: self.spots.clone(),
            dense: self.dense.clone(),
            rare: self.rare.clone(),
            columns: self.columns.clone(),
            // A clone is made to be changed.
            near: RwLock::default(),
        }
    }
}

/// The number of a row as it is kept.
fn short(row: usize) -> u16 {
    u16::try_from(row).unwrap_or(u16::MAX)
}

impl Chunk {
    /// Offers in the order of their prices, at most [`ROWS`].
    pub(crate) fn new(items: Vec<Arc<Item>>, scales: &Scales) -> Self {
        let mut tags: BTreeMap<u32, Vec<u16>> = BTreeMap::new();
        let mut standings: BTreeMap<u32, Vec<(usize, i128, i128)>> = BTreeMap::new();
        let mut live = Mask::EMPTY;
        for (row, item) in items.iter().enumerate() {
            live.insert(row);
            item.tags().for_each(|tag| tags.entry(tag).or_default().push(short(row)));
            for (scale, beginning, end) in item.standings(scales) {
                standings.entry(scale).or_default().push((row, beginning, end));
            }
        }
        let (mut dense, mut rare) = (Vec::new(), Vec::new());
        for (tag, rows) in tags {
            if rows.len() < DENSE {
                rare.extend(rows.into_iter().map(|row| (tag, row)));
            } else {
                let mut mask = Box::new(Mask::EMPTY);
                rows.into_iter().for_each(|row| mask.insert(usize::from(row)));
                dense.push((tag, mask));
            }
        }
        let column = |rows: Vec<(usize, i128, i128)>| {
            let ends: Vec<_> = rows.iter().map(|(row, _, end)| (*row, *end)).collect();
            let beginnings: Vec<_> = rows.iter().map(|(row, beginning, _)| (*row, *beginning)).collect();
            let beginnings = (beginnings != ends).then(|| Ranges::new(&beginnings));
            Column { ends: Ranges::new(&ends), beginnings }
        };
        Self {
            live: Some(Box::new(live)),
            order: (0..items.len()).map(short).collect(),
            places: (0..items.len()).map(short).collect(),
            prices: items.iter().map(|item| item.least.price).collect(),
            sellers: items.iter().map(|item| item.seller.number).collect(),
            spots: items.iter().map(|item| item.spot.number).collect(),
            dense,
            rare,
            columns: standings.into_iter().map(|(scale, rows)| (scale, column(rows))).collect(),
            near: RwLock::default(),
            items: items.into_iter().map(Some).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.order.len()
    }

    pub(crate) fn live(&self) -> Mask {
        self.live.as_deref().copied().unwrap_or(Mask::EMPTY)
    }

    pub(crate) fn item(&self, row: usize) -> Option<&Arc<Item>> {
        self.items.get(row).and_then(Option::as_ref)
    }

    pub(crate) fn first(&self) -> Option<&Arc<Item>> {
        self.item(usize::from(*self.order.first()?))
    }

    /// The least price of any row.
    pub(crate) fn least_price(&self) -> i64 {
        self.order.first().map_or(i64::MAX, |row| self.prices[usize::from(*row)])
    }

    pub(crate) fn price(&self, row: usize) -> i64 {
        self.prices[row]
    }

    pub(crate) fn seller(&self, row: usize) -> u32 {
        self.sellers[row]
    }

    pub(crate) fn spot(&self, row: usize) -> u32 {
        self.spots[row]
    }

    /// The rows of a set in the order of their prices.
    pub(crate) fn in_order<'c>(&'c self, among: &'c Mask) -> impl Iterator<Item = usize> + 'c {
        let few = (among.count() as usize) * FEW < self.len();
        let sorted = few.then(|| {
            let mut rows: Vec<usize> = among.rows().filter(|row| self.item(*row).is_some()).collect();
            rows.sort_unstable_by_key(|row| self.places[*row]);
            rows
        });
        let all = if few { &[] } else { self.order.as_slice() };
        let found = all.iter().map(|row| usize::from(*row)).filter(|row| among.contains(*row));
        sorted.into_iter().flatten().chain(found)
    }

    /// Finds out anew where each row comes in the order.
    fn place_rows(&mut self) {
        for (place, row) in self.order.iter().enumerate() {
            self.places[usize::from(*row)] = short(place);
        }
    }

    /// The offers in the order of their prices.
    pub(crate) fn items(&self) -> impl Iterator<Item = &Arc<Item>> {
        self.order.iter().filter_map(|row| self.item(usize::from(*row)))
    }

    /// The rows that have a tag.
    pub(crate) fn tagged(&self, tag: u32) -> Mask {
        let mut rows = match self.dense.binary_search_by_key(&tag, |(known, _)| *known) {
            Ok(found) => *self.dense[found].1,
            Err(_) => Mask::EMPTY,
        };
        let from = self.rare.partition_point(|(known, _)| *known < tag);
        let listed = self.rare[from..].iter().take_while(|(known, _)| *known == tag);
        listed.for_each(|(_, row)| rows.insert(usize::from(*row)));
        rows
    }

    fn column(&self, scale: u32) -> Option<&Column> {
        let found = self.columns.binary_search_by_key(&scale, |(known, _)| *known).ok()?;
        Some(&self.columns[found].1)
    }

    /// The rows that stand somewhere between `min` and `max`.
    pub(crate) fn between(&self, scale: u32, min: i128, max: i128) -> Reached {
        let Some(column) = self.column(scale) else { return Reached { sure: Mask::EMPTY, open: Mask::EMPTY } };
        between(&column.ends, column.beginnings.as_ref().unwrap_or(&column.ends), min, max)
    }

    /// Rows among which are those of a set that stand lowest on a scale.
    pub(crate) fn lowest(&self, scale: u32, among: &Mask) -> Mask {
        self.column(scale).map_or(Mask::EMPTY, |column| column.ends.lowest(among))
    }

    /// The round trips of the rows to a place, in microseconds.
    pub(crate) fn near(&self, landmark: &Landmark, geo: &Geo) -> Arc<Ranges> {
        let known = self.near.read().ok().and_then(|near| near.get(&landmark.number).cloned());
        known.unwrap_or_else(|| {
            let rows = self.order.iter().filter_map(|row| {
                let row = usize::from(*row);
                Some((row, i128::from(landmark.round_trip(&self.item(row)?.spot, geo))))
            });
            let ranges = Arc::new(Ranges::with_starts(landmark.starts.clone(), &rows.collect::<Vec<_>>()));
            if let Ok(mut near) = self.near.write() {
                if near.len() >= MOST_NEAR {
                    near.clear();
                }
                near.insert(landmark.number, ranges.clone());
            }
            ranges
        })
    }

    /// Adds an offer. There must be room: fewer than [`ROWS`] are there.
    pub(crate) fn insert(&mut self, item: Arc<Item>, scales: &Scales) {
        let live = self.live.get_or_insert_with(|| Box::new(Mask::EMPTY));
        let row = (0..ROWS).find(|row| !live.contains(*row)).unwrap_or_default();
        live.insert(row);
        if row == self.items.len() {
            self.items.push(None);
            self.places.push(0);
            self.prices.push(0);
            self.sellers.push(0);
            self.spots.push(0);
        }
        for tag in item.tags() {
            if let Ok(found) = self.dense.binary_search_by_key(&tag, |(known, _)| *known) {
                self.dense[found].1.insert(row);
            } else {
                let entry = (tag, short(row));
                let at = self.rare.partition_point(|known| *known < entry);
                self.rare.insert(at, entry);
            }
        }
        for (scale, beginning, end) in item.standings(scales) {
            let found = self.columns.binary_search_by_key(&scale, |(known, _)| *known).unwrap_or_else(|at| {
                self.columns.insert(at, (scale, Column { ends: Ranges::new(&[]), beginnings: None }));
                at
            });
            let mut only = Mask::EMPTY;
            only.insert(row);
            self.columns[found].1.insert(&only, beginning, end);
        }
        let at = self.cheaper_than(&item);
        self.order.insert(at, short(row));
        self.place_rows();
        self.prices[row] = item.least.price;
        self.sellers[row] = item.seller.number;
        self.spots[row] = item.spot.number;
        self.items[row] = Some(item);
        self.near = RwLock::default();
    }

    /// How many offers come before it.
    fn cheaper_than(&self, item: &Item) -> usize {
        let rank = item.rank();
        self.order.partition_point(|row| self.item(usize::from(*row)).is_some_and(|other| other.rank() < rank))
    }

    /// Takes an offer out; `false` when it is not there.
    pub(crate) fn remove(&mut self, item: &Item) -> bool {
        let at = self.cheaper_than(item);
        let there = self.order.get(at).and_then(|row| self.item(usize::from(*row)));
        if there.is_none_or(|there| there.id != item.id) {
            return false;
        }
        let row = usize::from(self.order.remove(at));
        self.place_rows();
        self.items[row] = None;
        if let Some(live) = &mut self.live {
            live.remove(row);
        }
        self.dense.iter_mut().for_each(|(_, mask)| mask.remove(row));
        self.rare.retain(|(_, other)| usize::from(*other) != row);
        for (_, column) in &mut self.columns {
            column.ends.remove(row);
            column.beginnings.iter_mut().for_each(|beginnings| beginnings.remove(row));
        }
        self.near = RwLock::default();
        true
    }

    /// How many bytes the bitmaps and lists take, without the offers.
    pub(crate) fn bytes(&self) -> usize {
        let columns = self.columns.iter().map(|(_, column)| {
            column.ends.bytes() + column.beginnings.as_ref().map_or(0, Ranges::bytes) + size_of::<(u32, Column)>()
        });
        size_of::<Self>()
            + columns.sum::<usize>()
            + self.dense.len() * (size_of::<Mask>() + size_of::<(u32, Box<Mask>)>())
            + self.rare.capacity() * size_of::<(u32, u16)>()
            + self.items.capacity()
                * (size_of::<usize>() + size_of::<i64>() + 2 * size_of::<u32>() + 2 * size_of::<u16>())
    }
}

/// The rows of intervals that reach into `min..=max`, by their ends and beginnings.
pub(crate) fn between(ends: &Ranges, beginnings: &Ranges, min: i128, max: i128) -> Reached {
    let reached = ends.at_least(min);
    let after = match max.checked_add(1) {
        Some(next) => beginnings.at_least(next),
        None => Reached { sure: Mask::EMPTY, open: Mask::EMPTY },
    };
    let sure = reached.sure.without(&after.sure).without(&after.open);
    let open = reached.sure.or(&reached.open).without(&after.sure).without(&sure);
    Reached { sure, open }
}
