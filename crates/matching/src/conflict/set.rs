//! Sets of constraints, by their numbers.

/// Some of a fixed number of constraints.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Set {
    words: Vec<u64>,
    size: usize,
}

impl Set {
    /// None of so many.
    pub(super) fn none(size: usize) -> Self {
        Self { words: vec![0; size.div_ceil(64)], size }
    }

    /// All of so many.
    pub(super) fn all(size: usize) -> Self {
        let mut all = Self::none(size);
        (0..size).for_each(|number| all.insert(number));
        all
    }

    /// These of so many.
    pub(super) fn of(size: usize, numbers: &[usize]) -> Self {
        let mut set = Self::none(size);
        numbers.iter().for_each(|number| set.insert(*number));
        set
    }

    pub(super) fn insert(&mut self, number: usize) {
        self.words[number / 64] |= 1 << (number % 64);
    }

    pub(super) fn contains(&self, number: usize) -> bool {
        self.words[number / 64] & 1 << (number % 64) != 0
    }

    /// The same with some more.
    pub(super) fn with(&self, numbers: &[usize]) -> Self {
        let mut set = self.clone();
        numbers.iter().for_each(|number| set.insert(*number));
        set
    }

    /// The same without one.
    pub(super) fn without(&self, number: usize) -> Self {
        let mut set = self.clone();
        set.words[number / 64] &= !(1 << (number % 64));
        set
    }

    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).all(|(own, others)| own & !others == 0)
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        self.words.iter().zip(&other.words).any(|(own, others)| own & others != 0)
    }

    pub(super) fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Its numbers in rising order.
    pub(super) fn numbers(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.size).filter(|number| self.contains(*number))
    }

    /// What is not in it.
    pub(super) fn rest(&self) -> Vec<usize> {
        (0..self.size).filter(|number| !self.contains(*number)).collect()
    }

    /// For each number whether it is not in it.
    pub(super) fn waived(&self) -> Vec<bool> {
        (0..self.size).map(|number| !self.contains(number)).collect()
    }
}
