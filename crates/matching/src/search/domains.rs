//! The candidates that are left for each slot.

/// For each slot the numbers of the candidates that are left, one slot's after the other's in one block.
#[derive(Debug, Clone, Default)]
pub(super) struct Domains {
    items: Vec<usize>,
    starts: Vec<usize>,
    lengths: Vec<usize>,
}

impl Domains {
    /// Domains from one list of numbers for each slot.
    pub(super) fn new(slots: impl Iterator<Item = impl Iterator<Item = usize>>) -> Self {
        let mut domains = Self::default();
        for numbers in slots {
            domains.push(numbers);
        }
        domains
    }

    pub(super) fn push(&mut self, numbers: impl Iterator<Item = usize>) {
        let start = self.items.len();
        self.items.extend(numbers);
        self.starts.push(start);
        self.lengths.push(self.items.len() - start);
    }

    pub(super) fn clear(&mut self) {
        self.items.clear();
        self.starts.clear();
        self.lengths.clear();
    }

    /// Takes over what another has left, without its gaps, but of `slot` only `number`.
    pub(super) fn settle(&mut self, other: &Self, slot: usize, number: usize) {
        self.clear();
        for other_slot in 0..other.slots() {
            if other_slot == slot {
                self.push(std::iter::once(number));
            } else {
                self.push(other.of(other_slot).iter().copied());
            }
        }
    }

    pub(super) const fn slots(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn of(&self, slot: usize) -> &[usize] {
        &self.items[self.range(slot)]
    }

    /// Where the numbers of a slot lie; lists of the same layout run along with them.
    pub(super) fn range(&self, slot: usize) -> std::ops::Range<usize> {
        self.starts[slot]..self.starts[slot] + self.lengths[slot]
    }

    /// How long a list along with the numbers is.
    pub(super) const fn extent(&self) -> usize {
        self.items.len()
    }

    pub(super) fn length(&self, slot: usize) -> usize {
        self.lengths[slot]
    }

    pub(super) fn is_settled(&self, slot: usize) -> bool {
        self.lengths[slot] == 1
    }

    /// The only number that is left.
    pub(super) fn settled(&self, slot: usize) -> Option<usize> {
        self.is_settled(slot).then(|| self.items[self.starts[slot]])
    }

    /// Keeps what `keep` says, given the place in the layout and the number. Whether anything went; `None` when
    /// nothing is left.
    pub(super) fn retain(&mut self, slot: usize, mut keep: impl FnMut(usize, usize) -> bool) -> Option<bool> {
        let start = self.starts[slot];
        let before = self.lengths[slot];
        let mut kept = 0;
        for place in start..start + before {
            let number = self.items[place];
            if keep(place, number) {
                self.items[start + kept] = number;
                kept += 1;
            }
        }
        self.lengths[slot] = kept;
        (kept > 0).then_some(kept < before)
    }
}
