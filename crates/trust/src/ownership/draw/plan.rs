//! Where things are in the picture: the entity at the bottom, holders in layers above what they hold.
//!
//! A holder is one layer above the highest thing it holds. Arrows that pass a layer have a place of their own there,
//! and arrows of circles, which would point upwards, go round the side. Within a layer, things stand above the middle of
//! what they hold.

use std::collections::BTreeMap;

use hansa_model::evidence::EntityKind;

use super::super::upstream::{Measure, Rest, Upstream};

/// Width of a box.
pub(super) const BOX: i32 = 196;
/// Width that an arrow needs when it passes a layer.
const BEND: i32 = 96;
/// Room between things of one layer.
const SPACE: i32 = 26;
/// Passes that bring things above what they hold.
const PASSES: usize = 4;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A party by its place upstream.
    Party(usize),
    /// What nobody accounts for of a party: of votes and of capital, in hundredths of a percent.
    Rest { of: usize, votes: u64, capital: u64 },
    /// A place that an arrow passes.
    Bend,
}

#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) what: What,
    /// Counted upwards from the entity.
    pub(super) layer: usize,
    /// Its middle.
    pub(super) x: i32,
}

impl Item {
    fn width(&self) -> i32 {
        if self.what == What::Bend { BEND } else { BOX }
    }
}

/// An arrow from a holder to what it holds.
#[derive(Debug, Clone)]
pub(super) struct Arrow {
    /// Its items from the holder down, with the places that it passes.
    pub(super) way: Vec<usize>,
    /// The party that is held and the number of the stake; absent for what nobody accounts for.
    pub(super) stake: Option<(usize, usize)>,
    /// Whether it closes a circle and goes round the side.
    pub(super) back: bool,
}

#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) items: Vec<Item>,
    pub(super) arrows: Vec<Arrow>,
    pub(super) layers: usize,
    pub(super) left_out: usize,
    /// From the left edge of the leftmost thing to the right edge of the rightmost.
    pub(super) width: i32,
}

impl Plan {
    pub(super) fn of(upstream: &Upstream, most: usize) -> Self {
        let drawn = upstream.parties.len().min(most);
        let layers = Layers::of(upstream, drawn);
        let mut plan = Self { left_out: upstream.parties.len() - drawn, ..Self::default() };
        for place in 0..drawn {
            plan.items.push(Item { what: What::Party(place), layer: layers.of[place], x: 0 });
        }
        for place in 0..drawn {
            for (number, stake) in upstream.parties[place].stakes.iter().enumerate() {
                if stake.owner < drawn {
                    let back = layers.of[stake.owner] <= layers.of[place];
                    plan.arrow(stake.owner, place, Some((place, number)), back);
                }
            }
            plan.rest(upstream, place);
        }
        plan.layers = plan.items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
        plan.arrange();
        plan
    }

    fn rest(&mut self, upstream: &Upstream, of: usize) {
        let has_shares = matches!(upstream.parties[of].kind, EntityKind::Company | EntityKind::Fund);
        let rest = |measure| match upstream.rest(of, measure) {
            Rest::Of(rest) if has_shares => rest,
            _ => 0,
        };
        let (votes, capital) = (rest(Measure::Votes), rest(Measure::Capital));
        if votes > 0 || capital > 0 {
            let layer = self.items[of].layer + 1;
            self.items.push(Item { what: What::Rest { of, votes, capital }, layer, x: 0 });
            self.arrow(self.items.len() - 1, of, None, false);
        }
    }

    fn arrow(&mut self, owner: usize, owned: usize, stake: Option<(usize, usize)>, back: bool) {
        let mut way = vec![owner];
        if !back {
            for layer in (self.items[owned].layer + 1..self.items[owner].layer).rev() {
                way.push(self.items.len());
                self.items.push(Item { what: What::Bend, layer, x: 0 });
            }
        }
        way.push(owned);
        self.arrows.push(Arrow { way, stake, back });
    }

    fn arrange(&mut self) {
        let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut above: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for arrow in self.arrows.iter().filter(|arrow| !arrow.back) {
            for step in arrow.way.windows(2) {
                below.entry(step[0]).or_default().push(step[1]);
                above.entry(step[1]).or_default().push(step[0]);
            }
        }
        let mut rows: Vec<Vec<usize>> = vec![Vec::new(); self.layers];
        for (number, item) in self.items.iter().enumerate() {
            rows[item.layer].push(number);
        }
        for row in &rows {
            self.place(row, &|_| None);
        }
        for _ in 0..PASSES {
            for row in &mut rows {
                self.sort_and_place(row, &below);
            }
            for row in rows.iter_mut().rev() {
                self.sort_and_place(row, &above);
            }
        }
        for row in &mut rows {
            self.sort_and_place(row, &below);
        }
        self.shift_to_the_left_edge();
    }

    fn sort_and_place(&mut self, row: &mut [usize], towards: &BTreeMap<usize, Vec<usize>>) {
        let middles: BTreeMap<usize, i32> =
            row.iter().filter_map(|item| Some((*item, self.middle_of(towards.get(item)?)))).collect();
        row.sort_by_key(|item| (middles.get(item).copied().unwrap_or(self.items[*item].x), self.items[*item].x, *item));
        self.place(row, &|item| middles.get(&item).copied());
    }

    fn middle_of(&self, others: &[usize]) -> i32 {
        let sum: i32 = others.iter().map(|other| self.items[*other].x).sum();
        sum / i32::try_from(others.len()).unwrap_or(1).max(1)
    }

    /// Puts a row side by side, in its order, with everything as near as possible to where it should be.
    fn place(&mut self, row: &[usize], wish: &dyn Fn(usize) -> Option<i32>) {
        let mut right = i32::MIN / 2;
        let mut moved = 0;
        for item in row {
            let half = self.items[*item].width() / 2;
            let wished = wish(*item).unwrap_or(self.items[*item].x);
            let x = wished.max(right + SPACE + half);
            right = x + half;
            moved += x - wished;
            self.items[*item].x = x;
        }
        // All moved to the right; half of it back keeps the row above the middle.
        let back = moved / i32::try_from(row.len()).unwrap_or(1).max(1);
        for item in row {
            self.items[*item].x -= back;
        }
    }

    fn shift_to_the_left_edge(&mut self) {
        let left = self.items.iter().map(|item| item.x - item.width() / 2).min().unwrap_or(0);
        for item in &mut self.items {
            item.x -= left;
        }
        self.width = self.items.iter().map(|item| item.x + item.width() / 2).max().unwrap_or(0);
    }
}

/// Layers by party, circles cut where they close.
struct Layers {
    of: Vec<usize>,
}

impl Layers {
    fn of(upstream: &Upstream, drawn: usize) -> Self {
        let mut finished = Vec::with_capacity(drawn);
        let mut state = vec![State::New; drawn];
        let mut cut = Vec::new();
        state[0] = State::Open;
        let mut path = vec![(0_usize, 0_usize)];
        while let Some((place, next)) = path.pop() {
            match upstream.parties[place].stakes.get(next) {
                Some(stake) => {
                    path.push((place, next + 1));
                    match state.get(stake.owner) {
                        Some(State::New) => {
                            state[stake.owner] = State::Open;
                            path.push((stake.owner, 0));
                        }
                        Some(State::Open) => cut.push((place, stake.owner)),
                        Some(State::Done) | None => {}
                    }
                }
                None => {
                    state[place] = State::Done;
                    finished.push(place);
                }
            }
        }
        let mut layers = vec![0; drawn];
        for place in finished.into_iter().rev() {
            let owners = upstream.parties[place].stakes.iter().map(|stake| stake.owner);
            for owner in owners.filter(|owner| *owner < drawn && !cut.contains(&(place, *owner))) {
                layers[owner] = layers[owner].max(layers[place] + 1);
            }
        }
        Self { of: layers }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
