//! Sets of rows of one chunk.

/// The most rows of a chunk; few in tests, so that small catalogues have many chunks.
pub(crate) const ROWS: usize = if cfg!(test) { 64 } else { 1024 };
const WORDS: usize = ROWS / 64;

/// A set of rows, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask([u64; WORDS]);

impl Mask {
    pub(crate) const EMPTY: Self = Self([0; WORDS]);
    pub(crate) const FULL: Self = Self([u64::MAX; WORDS]);

    pub(crate) const fn insert(&mut self, row: usize) {
        self.0[row / 64] |= 1 << (row % 64);
    }

    pub(crate) const fn remove(&mut self, row: usize) {
        self.0[row / 64] &= !(1 << (row % 64));
    }

    pub(crate) const fn contains(&self, row: usize) -> bool {
        self.0[row / 64] & (1 << (row % 64)) != 0
    }

    pub(crate) fn and(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }

    pub(crate) fn or(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] | other.0[word]))
    }

    /// The rows that the other lacks.
    pub(crate) fn without(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & !other.0[word]))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.iter().fold(0, |any, word| any | word) == 0
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }

    /// The rows of the set, in rising order.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(number, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                (left != 0).then(|| {
                    let bit = left.trailing_zeros() as usize;
                    left &= left - 1;
                    number * 64 + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn mask(rows: &BTreeSet<usize>) -> Mask {
        let mut mask = Mask::EMPTY;
        rows.iter().for_each(|row| mask.insert(*row));
        mask
    }

    proptest! {
        #[test]
        fn masks_are_sets(
            a in prop::collection::btree_set(0..ROWS, 0..60),
            b in prop::collection::btree_set(0..ROWS, 0..60),
            removed in 0..ROWS,
        ) {
            let (first, second) = (mask(&a), mask(&b));
            let rows = |mask: Mask| mask.rows().collect::<BTreeSet<_>>();
            prop_assert_eq!(rows(first.and(&second)), &a & &b);
            prop_assert_eq!(rows(first.or(&second)), &a | &b);
            prop_assert_eq!(rows(first.without(&second)), &a - &b);
            prop_assert_eq!(first.count() as usize, a.len());
            prop_assert_eq!(first.is_empty(), a.is_empty());
            let mut less = first;
            less.remove(removed);
            prop_assert!(!less.contains(removed) && less.or(&first) == first);
        }
    }
}
