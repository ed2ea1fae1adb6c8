//! Where things are in the picture: the entity at the bottom, holders in layers above what they hold.
//!
//! A holder is one layer above the highest thing it holds. Arrows that pass a layer have a place of their own there,
//! and arrows of circles, which would point upwards, go round the side. Within a layer, things stand above the middle
//! of what they hold.

use std::collections::BTreeMap;

use hansa_model::evidence::EntityKind;

use super::super::upstream::{Measure, Rest, Upstream};

/// Width of a box.
pub(super) const BOX: i32 = 212;
/// Width that an arrow needs when it passes a layer.
const BEND: i32 = 96;
/// Room between things of one layer.
const SPACE: i32 = 26;
/// Holders of one thing that are drawn each for itself.
const MOST_HOLDERS: usize = 6;
/// Passes that bring things above what they hold.
const PASSES: usize = 4;

/// What stands at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A party by its place upstream.
    Party(usize),
    /// What nobody accounts for of a party: of votes and of capital, in hundredths of a percent.
    Rest { votes: u64, capital: u64 },
    /// Smaller holders of a party together: how many, of these from third countries, and their votes and capital.
    Others { count: usize, outside: usize, votes: u64, capital: u64 },
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
    /// Where things are, with at most so many parties. Holders that `matters` says are drawn first.
    pub(super) fn of(upstream: &Upstream, most: usize, matters: &dyn Fn(usize) -> bool) -> Self {
        let drawn = chosen(upstream, most, matters);
        let layers = layers(upstream, &drawn);
        let mut plan = Self::default();
        let mut items = vec![None; drawn.len()];
        for place in (0..drawn.len()).filter(|place| drawn[*place]) {
            items[place] = Some(plan.items.len());
            plan.items.push(Item { what: What::Party(place), layer: layers[place], x: 0 });
        }
        plan.left_out = drawn.len() - plan.items.len();
        for (place, item) in items.iter().enumerate().filter_map(|(place, item)| Some((place, (*item)?))) {
            let (mut count, mut outside, mut votes, mut capital) = (0, 0, 0, 0);
            for (number, stake) in upstream.parties[place].stakes.iter().enumerate() {
                match items[stake.owner] {
                    Some(owner) => {
                        plan.arrow(owner, item, Some((place, number)), layers[stake.owner] <= layers[place]);
                    }
                    None => {
                        count += 1;
                        let mut seats = upstream.parties[stake.owner].seats();
                        outside += usize::from(seats.any(|country| !country.in_eea()));
                        votes += stake.votes.unwrap_or(0);
                        capital += stake.capital.unwrap_or(0);
                    }
                }
            }
            if count > 0 {
                plan.extra(item, What::Others { count, outside, votes, capital });
            }
            plan.rest(upstream, place, item);
        }
        plan.layers = plan.items.iter().map(|item| item.layer + 1).max().unwrap_or(0);
        plan.arrange();
        plan
    }

    fn rest(&mut self, upstream: &Upstream, of: usize, item: usize) {
        let has_shares = matches!(upstream.parties[of].kind, EntityKind::Company | EntityKind::Fund);
        let rest = |measure| match upstream.rest(of, measure) {
            Rest::Of(rest) if has_shares => rest,
            _ => 0,
        };
        let (votes, capital) = (rest(Measure::Votes), rest(Measure::Capital));
        if votes > 0 || capital > 0 {
            self.extra(item, What::Rest { votes, capital });
        }
    }

    /// A box right above another that stands for no party.
    fn extra(&mut self, below: usize, what: What) {
        self.items.push(Item { what, layer: self.items[below].layer + 1, x: 0 });
        self.arrow(self.items.len() - 1, below, None, false);
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

/// The parties to draw: from the entity upwards, of each thing those holders that matter and the largest.
fn chosen(upstream: &Upstream, most: usize, matters: &dyn Fn(usize) -> bool) -> Vec<bool> {
    let mut drawn = vec![false; upstream.parties.len()];
    drawn[0] = true;
    let mut found = vec![0];
    let mut next = 0;
    while let Some(place) = found.get(next).copied() {
        next += 1;
        let mut stakes: Vec<_> = upstream.parties[place].stakes.iter().collect();
        stakes.sort_by_key(|stake| {
            let part = stake.votes.max(stake.capital).unwrap_or(0);
            (!(matters(stake.owner) || stake.gives_a_right()), std::cmp::Reverse(part), stake.owner)
        });
        // Nothing is won by drawing "one more holder" instead of that holder.
        let shown = if stakes.len() <= MOST_HOLDERS { stakes.len() } else { MOST_HOLDERS - 1 };
        for stake in stakes.into_iter().take(shown) {
            if found.len() < most && !std::mem::replace(&mut drawn[stake.owner], true) {
                found.push(stake.owner);
            }
        }
    }
    drawn
}

/// Layers by party, circles cut where they close.
fn layers(upstream: &Upstream, drawn: &[bool]) -> Vec<usize> {
    let mut finished = Vec::new();
    let mut state = vec![State::New; drawn.len()];
    let mut cut = Vec::new();
    state[0] = State::Open;
    let mut path = vec![(0_usize, 0_usize)];
    while let Some((place, next)) = path.pop() {
        let Some(stake) = upstream.parties[place].stakes.get(next) else {
            state[place] = State::Done;
            finished.push(place);
            continue;
        };
        path.push((place, next + 1));
        match state[stake.owner] {
            State::New if drawn[stake.owner] => {
                state[stake.owner] = State::Open;
                path.push((stake.owner, 0));
            }
            State::Open => cut.push((place, stake.owner)),
            State::New | State::Done => {}
        }
    }
    let mut layers = vec![0; drawn.len()];
    for place in finished.into_iter().rev() {
        for owner in upstream.parties[place].stakes.iter().map(|stake| stake.owner) {
            if drawn[owner] && !cut.contains(&(place, owner)) {
                layers[owner] = layers[owner].max(layers[place] + 1);
            }
        }
    }
    layers
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}
