//! Range-encoded bitmaps: which rows have at least a value, for a rising list of values.

use super::mask::Mask;

/// The most values that are told apart; beyond them rows of the edge bucket are looked at one by one.
const MOST_STARTS: usize = 40;

/// Where the rows of a chunk stand on one scale.
#[derive(Debug, Clone)]
pub(crate) struct Ranges {
    /// Where buckets begin, rising; the first holds everything.
    starts: Vec<i128>,
    /// The rows that have at least the start with the same number.
    reached: Vec<Mask>,
    /// Whether every row's value is a start, so that no bucket holds different values.
    exact: bool,
}

/// An answer that is certain but for the rows of one bucket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached {
    pub(crate) sure: Mask,
    /// Rows that have to be looked at.
    pub(crate) open: Mask,
}

impl Ranges {
    /// The scale of these rows and values, with starts of its own choice.
    pub(crate) fn new(values: &[(usize, i128)]) -> Self {
        let mut distinct: Vec<i128> = values.iter().map(|(_, value)| *value).collect();
        distinct.sort_unstable();
        let all = distinct.len();
        let quantile = |number: usize| distinct[number * all / MOST_STARTS];
        let quantiles: Vec<i128> = if all == 0 { Vec::new() } else { (0..MOST_STARTS).map(quantile).collect() };
        distinct.dedup();
        Self::with_starts(if distinct.len() <= MOST_STARTS { distinct } else { quantiles }, values)
    }

    /// The scale of these rows and values with given starts.
    pub(crate) fn with_starts(mut starts: Vec<i128>, values: &[(usize, i128)]) -> Self {
        starts.push(i128::MIN);
        starts.sort_unstable();
        starts.dedup();
        let mut reached = vec![Mask::EMPTY; starts.len()];
        let mut exact = true;
        for (row, value) in values {
            let bucket = starts.partition_point(|start| start <= value) - 1;
            exact &= starts[bucket] == *value;
            reached[bucket].insert(*row);
        }
        for bucket in (1..reached.len()).rev() {
            reached[bucket - 1] = reached[bucket - 1].or(&reached[bucket]);
        }
        Self { starts, reached, exact }
    }

    /// The rows with at least this value.
    pub(crate) fn at_least(&self, value: i128) -> Reached {
        let bucket = self.starts.partition_point(|start| *start < value);
        let sure = self.reached.get(bucket).copied().unwrap_or(Mask::EMPTY);
        let open = match bucket.checked_sub(1) {
            Some(edge) if !self.exact => self.reached[edge].without(&sure),
            _ => Mask::EMPTY,
        };
        Reached { sure, open }
    }

    /// The lowest bucket in which some of these rows are.
    pub(crate) fn lowest(&self, among: &Mask) -> Mask {
        let within = |bucket: usize| {
            let next = self.reached.get(bucket + 1).copied().unwrap_or(Mask::EMPTY);
            self.reached[bucket].without(&next).and(among)
        };
        (0..self.starts.len()).map(within).find(|rows| !rows.is_empty()).unwrap_or(Mask::EMPTY)
    }

    /// Gives rows that have none this value.
    pub(crate) fn insert_all(&mut self, rows: &Mask, value: i128) {
        let next = self.starts.partition_point(|start| *start < value);
        if self.starts.get(next) != Some(&value) {
            if self.exact && self.starts.len() < MOST_STARTS {
                let above = self.reached.get(next).copied().unwrap_or(Mask::EMPTY);
                self.starts.insert(next, value);
                self.reached.insert(next, above);
            } else {
                self.exact = false;
            }
        }
        for (start, reached) in self.starts.iter().zip(&mut self.reached) {
            if *start <= value {
                *reached = reached.or(rows);
            }
        }
    }

    pub(crate) fn remove(&mut self, row: usize) {
        self.reached.iter_mut().for_each(|reached| reached.remove(row));
    }

    pub(crate) fn remove_all(&mut self, rows: &Mask) {
        self.reached.iter_mut().for_each(|reached| *reached = reached.without(rows));
        if self.reached.iter().all(Mask::is_empty) {
            // Whoever comes next needs no starts that nobody stands at.
            *self = Self::new(&[]);
        }
    }

    /// How many bytes it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.starts.capacity() * size_of::<i128>() + self.reached.capacity() * size_of::<Mask>()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::mask::ROWS;
    use super::*;

    proptest! {
        #[test]
        fn rows_are_found_by_their_values(
            built in prop::collection::btree_map(0..ROWS, 0i128..400, 0..200),
            changes in prop::collection::vec((0..ROWS, prop::option::of(0i128..400)), 0..80),
            asked in prop::collection::vec(-1i128..401, 1..20),
        ) {
            let mut values: BTreeMap<usize, i128> = built.clone();
            let mut ranges = Ranges::new(&built.into_iter().collect::<Vec<_>>());
            for (row, value) in changes {
                ranges.remove(row);
                values.remove(&row);
                if let Some(value) = value {
                    let mut only = Mask::EMPTY;
                    only.insert(row);
                    ranges.insert_all(&only, value);
                    values.insert(row, value);
                }
            }
            prop_assert_eq!(ranges.at_least(i128::MIN).sure.count() as usize, values.len());
            for least in asked {
                let found = ranges.at_least(least);
                for row in 0..ROWS {
                    let meets = values.get(&row).is_some_and(|value| *value >= least);
                    prop_assert!(found.open.contains(row) || found.sure.contains(row) == meets);
                    prop_assert!(!found.open.contains(row) || values.contains_key(&row));
                }
            }
            let least = values.values().min();
            let lowest = ranges.lowest(&Mask::FULL);
            prop_assert_eq!(least, lowest.rows().map(|row| &values[&row]).min());
        }
    }
}
