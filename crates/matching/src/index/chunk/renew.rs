//! Many offers of a chunk changed at once, where their names, sites, properties and prices stay: whatever they have in
//! common is changed for all of them in a few words.

use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};

use super::{Chunk, Column, DENSE, short};
use crate::index::item::{Item, Standing};
use crate::index::mask::Mask;
use crate::index::ranges::Ranges;

/// What rows have no longer, and what they have now.
#[derive(Default)]
struct Difference {
    tags_gone: BTreeMap<u32, Mask>,
    tags_new: BTreeMap<u32, Mask>,
    scales_gone: BTreeMap<u32, Mask>,
    standings_new: BTreeMap<Standing, Mask>,
}

impl Difference {
    fn note(&mut self, rows: &Mask, before: &Item, after: &Item) {
        let tags = [before.common_tags(), after.common_tags()];
        let standings = [before.common_standings(), after.common_standings()];
        let gone = tags[0].iter().filter(|tag| !tags[1].contains(tag));
        gone.for_each(|tag| add(&mut self.tags_gone, *tag, rows));
        let new = tags[1].iter().filter(|tag| !tags[0].contains(tag));
        new.for_each(|tag| add(&mut self.tags_new, *tag, rows));
        let gone = standings[0].iter().filter(|standing| !standings[1].contains(standing));
        gone.for_each(|(scale, ..)| add(&mut self.scales_gone, *scale, rows));
        let new = standings[1].iter().filter(|standing| !standings[0].contains(standing));
        new.for_each(|standing| add(&mut self.standings_new, *standing, rows));
    }
}

fn add<K: Ord>(masks: &mut BTreeMap<K, Mask>, key: K, rows: &Mask) {
    let mask = masks.entry(key).or_insert(Mask::EMPTY);
    *mask = mask.or(rows);
}

impl Chunk {
    /// The rows of a provider's offers.
    pub(crate) fn rows_of_seller(&self, number: u32) -> Mask {
        let mut rows = Mask::EMPTY;
        self.live().rows().filter(|row| self.sellers[*row] == number).for_each(|row| rows.insert(row));
        rows
    }

    /// Puts what `change` makes of the offers in some rows in their place: offers that differ in their providers and in
    /// what is known of them alone. What was put there is handed to `told`.
    pub(crate) fn renew(&mut self, rows: &Mask, change: &dyn Fn(&Item) -> Item, told: &mut dyn FnMut(&Arc<Item>)) {
        // Rows of the same kind before and after, told by one of them.
        let mut groups: Vec<(Arc<Item>, Arc<Item>, Mask)> = Vec::new();
        for row in rows.rows() {
            let Some(before) = self.items.get_mut(row).and_then(Option::as_mut) else { continue };
            let after = Arc::new(change(before));
            told(&after);
            let is_same = |group: &&mut (Arc<Item>, Arc<Item>, Mask)| {
                group.0.has_in_common(before) && group.1.has_in_common(&after)
            };
            match groups.iter_mut().find(is_same) {
                Some((.., mask)) => mask.insert(row),
                None => {
                    let mut mask = Mask::EMPTY;
                    mask.insert(row);
                    groups.push((before.clone(), after.clone(), mask));
                }
            }
            *before = after;
        }
        let mut difference = Difference::default();
        groups.iter().for_each(|(before, after, rows)| difference.note(rows, before, after));
        self.take_over(difference);
        self.near = RwLock::default();
    }

    fn take_over(&mut self, difference: Difference) {
        let Difference { tags_gone, tags_new, scales_gone, standings_new } = difference;
        for (tag, mask) in &mut self.dense {
            if let Some(gone) = tags_gone.get(tag) {
                **mask = mask.without(gone);
            }
        }
        self.rare.retain(|(tag, row)| tags_gone.get(tag).is_none_or(|gone| !gone.contains(usize::from(*row))));
        for (tag, rows) in tags_new {
            match self.dense.binary_search_by_key(&tag, |(known, _)| *known) {
                Ok(found) => *self.dense[found].1 = self.dense[found].1.or(&rows),
                Err(at) if rows.count() as usize >= DENSE => self.dense.insert(at, (tag, Box::new(rows))),
                Err(_) => self.rare.extend(rows.rows().map(|row| (tag, short(row)))),
            }
        }
        self.rare.sort_unstable();
        for (scale, column) in &mut self.columns {
            if let Some(gone) = scales_gone.get(scale) {
                column.ends.remove_all(gone);
                column.beginnings.iter_mut().for_each(|beginnings| beginnings.remove_all(gone));
            }
        }
        for ((scale, beginning, end), rows) in standings_new {
            let found = self.columns.binary_search_by_key(&scale, |(known, _)| *known).unwrap_or_else(|at| {
                self.columns.insert(at, (scale, Column { ends: Ranges::new(&[]), beginnings: None }));
                at
            });
            self.columns[found].1.insert(&rows, beginning, end);
        }
    }
}
