//! The offers of one kind, in the order of their prices.

use std::sync::Arc;

use super::chunk::Chunk;
use super::item::{Item, Scales};
use super::mask::{Mask, ROWS};

/// How full chunks are made, so that most offers that come find room.
const FILL: usize = ROWS * 3 / 4;

/// Chunks of offers, none empty, each dearer than the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    chunks: Vec<Arc<Chunk>>,
    offers: usize,
}

impl Shelf {
    /// A shelf of these offers.
    pub(crate) fn new(mut items: Vec<Arc<Item>>, scales: &Scales) -> Self {
        items.sort_by(|a, b| a.rank().cmp(&b.rank()));
        let chunks = items.chunks(FILL).map(|part| Arc::new(Chunk::new(part.to_vec(), scales)));
        Self { chunks: chunks.collect(), offers: items.len() }
    }

    pub(crate) fn chunks(&self) -> &[Arc<Chunk>] {
        &self.chunks
    }

    pub(crate) const fn offers(&self) -> usize {
        self.offers
    }

    /// The number of the chunk that an offer is in, or would be put into.
    fn place(&self, item: &Item) -> usize {
        let after = self.chunks.partition_point(|chunk| chunk.first().is_some_and(|first| first.rank() <= item.rank()));
        after.saturating_sub(1)
    }

    pub(crate) fn insert(&mut self, item: Arc<Item>, scales: &Scales) {
        self.offers += 1;
        if self.chunks.is_empty() {
            self.chunks.push(Arc::new(Chunk::new(vec![item], scales)));
            return;
        }
        let mut number = self.place(&item);
        if self.chunks[number].len() >= ROWS {
            let items: Vec<_> = self.chunks[number].items().cloned().collect();
            let (low, high) = items.split_at(items.len() / 2);
            let halves = [low, high].map(|half| Arc::new(Chunk::new(half.to_vec(), scales)));
            self.chunks.splice(number..=number, halves);
            number = self.place(&item);
        }
        Arc::make_mut(&mut self.chunks[number]).insert(item, scales);
    }

    /// Puts what `change` makes of some offers in their place: offers that differ in their providers and in what is
    /// known of them alone, with the same rank. What was put there is handed to `told`.
    pub(crate) fn renew(
        &mut self,
        which: &dyn Fn(&Chunk) -> Mask,
        change: &dyn Fn(&Item) -> Item,
        told: &mut dyn FnMut(&Arc<Item>),
    ) {
        for chunk in &mut self.chunks {
            let rows = which(chunk);
            if !rows.is_empty() {
                Arc::make_mut(chunk).renew(&rows, change, told);
            }
        }
    }

    pub(crate) fn remove(&mut self, item: &Item) {
        let number = self.place(item);
        let Some(chunk) = self.chunks.get_mut(number) else { return };
        if Arc::make_mut(chunk).remove(item) {
            self.offers -= 1;
        }
        if chunk.len() == 0 {
            self.chunks.remove(number);
        }
    }
}
