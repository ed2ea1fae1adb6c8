//! Control: whom each party controls, as the least set that majorities and rights force.
//!
//! A party acts with everything it controls. It controls what the stakes of that block add up to a majority of, and
//! whatever any of the block has a right in. Stakes of controlled companies count in full, minority stakes of others
//! not at all. Holders that vote together act as one: whose block holds a part of a joint group has all of it.

use std::collections::BTreeSet;

use hansa_model::evidence::Strength;

use super::upstream::{Stake, Upstream};

/// More than this is a majority, in hundredths of a percent.
const HALF: u64 = 5_000;

/// Places of parties.
#[derive(Debug, Clone)]
pub(super) struct Block {
    bits: Vec<u64>,
    /// Whether the party that the block is of is controlled by its own block, through a circle.
    pub(super) controls_itself: bool,
}

impl Block {
    fn new(parties: usize) -> Self {
        Self { bits: vec![0; parties.div_ceil(64)], controls_itself: false }
    }

    pub(super) fn contains(&self, place: usize) -> bool {
        self.bits[place / 64] & (1 << (place % 64)) != 0
    }

    fn insert(&mut self, place: usize) -> bool {
        let new = !self.contains(place);
        self.bits[place / 64] |= 1 << (place % 64);
        new
    }
}

/// Which rights count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    All,
    /// Only those that more than the parties themselves stand for.
    Attested,
}

/// Who controls whom among the parties upstream of an entity.
pub(super) struct Control<'a> {
    upstream: &'a Upstream,
    /// By party: the parties and the numbers of their stakes that it holds.
    holds: Vec<Vec<(usize, usize)>>,
    blocks: Vec<Block>,
}

impl<'a> Control<'a> {
    pub(super) fn of(upstream: &'a Upstream) -> Self {
        let mut holds = vec![Vec::new(); upstream.parties.len()];
        for (owned, party) in upstream.parties.iter().enumerate() {
            for (number, stake) in party.stakes.iter().enumerate() {
                if !upstream.is_dispersed(stake) {
                    holds[stake.owner].push((owned, number));
                }
            }
        }
        let mut control = Self { upstream, holds, blocks: Vec::new() };
        let mut scratch = Scratch::new(upstream.parties.len());
        control.blocks =
            (0..upstream.parties.len()).map(|place| control.block(place, Rights::All, &mut scratch)).collect();
        control
    }

    /// Whether one party controls another.
    pub(super) fn controls(&self, who: usize, whom: usize) -> bool {
        if who == whom { self.blocks[who].controls_itself } else { self.blocks[who].contains(whom) }
    }

    /// Everybody who controls a party, without itself.
    pub(super) fn controllers(&self, whom: usize) -> impl Iterator<Item = usize> + '_ {
        (0..self.blocks.len()).filter(move |who| *who != whom && self.blocks[*who].contains(whom))
    }

    /// A party with everybody who controls it.
    pub(super) fn chain(&self, whom: usize) -> Vec<usize> {
        std::iter::once(whom).chain(self.controllers(whom)).collect()
    }

    /// Whether a party is in a circle of control that nobody outside of it controls. From outside, a right counts only
    /// when somebody else than the parties stands for it.
    pub(super) fn is_in_closed_circle(&self, place: usize) -> bool {
        if !self.blocks[place].controls_itself {
            return false;
        }
        let in_circle = |who: usize| self.blocks[who].contains(place) && self.blocks[place].contains(who);
        let mut scratch = Scratch::new(self.blocks.len());
        !self
            .controllers(place)
            .any(|who| !in_circle(who) && self.block(who, Rights::Attested, &mut scratch).contains(place))
    }

    fn block(&self, of: usize, rights: Rights, scratch: &mut Scratch) -> Block {
        let mut block = Block::new(self.upstream.parties.len());
        block.insert(of);
        let mut open = vec![of];
        while let Some(holder) = open.pop() {
            for (owned, number) in &self.holds[holder] {
                let stakes = &self.upstream.parties[*owned].stakes;
                let mut decides = false;
                for (joined, stake) in together(stakes, *number) {
                    if self.upstream.is_dispersed(stake) || !scratch.counted.insert((*owned, joined)) {
                        continue;
                    }
                    let sums = scratch.sums(*owned);
                    sums.0 += stake.votes.unwrap_or(0);
                    sums.1 += stake.capital.unwrap_or(0);
                    decides |=
                        stake.gives_a_right() && (rights == Rights::All || stake.rights_strength >= Strength::Attested);
                }
                let (votes, capital) = *scratch.sums(*owned);
                if decides || votes > HALF || capital > HALF {
                    block.controls_itself |= *owned == of;
                    if block.insert(*owned) {
                        open.push(*owned);
                    }
                }
            }
        }
        scratch.clear();
        block
    }
}

/// A stake with those of its joint group, each with its number.
fn together(stakes: &[Stake], number: usize) -> impl Iterator<Item = (usize, &Stake)> {
    let group = stakes[number].group.as_ref();
    stakes
        .iter()
        .enumerate()
        .filter(move |(other, stake)| *other == number || (group.is_some() && stake.group.as_ref() == group))
}

/// Sums per party that are used again from block to block.
struct Scratch {
    sums: Vec<(u64, u64)>,
    touched: Vec<usize>,
    counted: BTreeSet<(usize, usize)>,
}

impl Scratch {
    fn new(parties: usize) -> Self {
        Self { sums: vec![(0, 0); parties], touched: Vec::new(), counted: BTreeSet::new() }
    }

    fn sums(&mut self, place: usize) -> &mut (u64, u64) {
        self.touched.push(place);
        &mut self.sums[place]
    }

    fn clear(&mut self) {
        for place in self.touched.drain(..) {
            self.sums[place] = (0, 0);
        }
        self.counted.clear();
    }
}
