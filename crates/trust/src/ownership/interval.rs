//! How much of an entity holders from outside the Union have, directly and through others: the least and the most.
//!
//! Shares are multiplied as integers of 10⁻³⁴; what that rounds, it rounds away from certainty. Circles are followed
//! from nothing upwards for the least, and from everything downwards for the most, so that stopping early only makes
//! the interval wider.

use std::collections::{BTreeMap, BTreeSet};

use hansa_model::country::Country;
use hansa_model::evidence::EntityKind;

use super::control::Control;
use super::upstream::{ALL, Measure, Party, Rest, Upstream};

/// Everything, in the units of this file.
const WHOLE: u128 = 10_u128.pow(34);
/// One hundredth of a percent.
const HUNDREDTH: u128 = WHOLE / ALL as u128;
/// What rounding may add up to and still be passed over.
const DUST: u128 = 10_u128.pow(12);
/// Holders below this need not be disclosed, so one of a dispersed crowd has no more.
const DISCLOSURE_THRESHOLD: u64 = 500;
/// Steps that one question may take before its interval stays as wide as it is.
const STEPS: usize = 4_000_000;
/// Rounds that are made however large the graph.
const LEAST_ROUNDS: usize = 8;
/// Rounds after which even a slow circle is settled.
const MOST_ROUNDS: usize = 4_096;

/// The least and the most, in units of [`WHOLE`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    least: u128,
    most: u128,
}

impl Interval {
    const NOTHING: Self = Self { least: 0, most: 0 };
    const ALL: Self = Self { least: WHOLE, most: WHOLE };
    const ANYTHING: Self = Self { least: 0, most: WHOLE };

    fn or(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.max(other.most) }
    }

    /// Whether it is certainly more than so many hundredths of a percent.
    pub(super) fn exceeds(self, limit: u32) -> bool {
        self.least > u128::from(limit) * HUNDREDTH
    }

    /// Whether it is certainly no more than so many hundredths of a percent.
    pub(super) fn stays_within(self, limit: u32) -> bool {
        self.most <= u128::from(limit) * HUNDREDTH + DUST
    }

    /// In hundredths of a percent, rounded away from certainty.
    pub(super) fn hundredths(self) -> (u32, u32) {
        let most = self.most.saturating_sub(DUST).div_ceil(HUNDREDTH);
        let narrow = |units: u128| u32::try_from(units).unwrap_or(u32::MAX);
        (narrow(self.least / HUNDREDTH), narrow(most))
    }
}

/// The shares of those from outside the Union.
pub(super) struct ForeignShares {
    /// All of them together.
    pub(super) collective: Interval,
    /// The one that has most.
    pub(super) largest: Interval,
}

/// What a party counts for before its own holders are looked at.
enum Start {
    Known(Interval),
    FromHolders,
}

/// The shares that holders from outside the Union have of the first party.
pub(super) fn foreign_shares(upstream: &Upstream, control: &Control<'_>) -> ForeignShares {
    let outside: Vec<bool> =
        upstream.parties.iter().map(|party| party.seats().any(|country| !Country::in_eu(country))).collect();
    let groups = groups(upstream, control, &outside);
    let rounds = rounds(upstream, groups.len() + 1);
    let order = holders_first(upstream);
    let share = |start: &dyn Fn(usize) -> Start, crowd: u64| {
        [Measure::Votes, Measure::Capital]
            .into_iter()
            .map(|measure| share(upstream, &order, measure, rounds, start, crowd))
            .fold(Interval::NOTHING, Interval::or)
    };
    let foreign = |place: usize| control.chain(place).into_iter().any(|who| outside[who]);
    let foreign: Vec<bool> = (0..upstream.parties.len()).map(foreign).collect();
    let collective =
        share(&|place| if foreign[place] { Start::Known(Interval::ALL) } else { start(&upstream.parties[place]) }, ALL);
    // Somebody who is not known may be one holder from outside too.
    let nobody_known = BTreeSet::new();
    let largest = groups
        .iter()
        .chain(std::iter::once(&nobody_known))
        .map(|group| {
            let start = |place: usize| {
                if group.contains(&place) { Start::Known(Interval::ALL) } else { start(&upstream.parties[place]) }
            };
            share(&start, DISCLOSURE_THRESHOLD)
        })
        .fold(Interval::NOTHING, Interval::or);
    ForeignShares { collective, largest }
}

fn start(party: &Party) -> Start {
    match party.kind {
        _ if !party.is_seated() => Start::Known(Interval::ANYTHING),
        EntityKind::Person | EntityKind::State => Start::Known(Interval::NOTHING),
        EntityKind::Unknown | EntityKind::Dispersed => Start::Known(Interval::ANYTHING),
        EntityKind::Company | EntityKind::Fund | EntityKind::Foundation => Start::FromHolders,
    }
}

/// The holders from outside, each with everything it controls. Those that vote together are one.
fn groups(upstream: &Upstream, control: &Control<'_>, outside: &[bool]) -> Vec<BTreeSet<usize>> {
    let parties = upstream.parties.len();
    let is_root = |place: usize| {
        outside[place] && !control.controllers(place).any(|above| outside[above] && !control.controls(place, above))
    };
    let block = |root: usize| -> BTreeSet<usize> {
        (0..parties).filter(|place| *place == root || control.controls(root, *place)).collect()
    };
    let mut groups: Vec<BTreeSet<usize>> = (0..parties).filter(|place| is_root(*place)).map(block).collect();
    groups.sort();
    groups.dedup();
    for party in &upstream.parties {
        let names: BTreeSet<&String> = party.stakes.iter().filter_map(|stake| stake.group.as_ref()).collect();
        for name in names {
            let members: BTreeSet<usize> = party
                .stakes
                .iter()
                .filter(|stake| stake.group.as_ref() == Some(name))
                .map(|stake| stake.owner)
                .collect();
            let (acting, others): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| !group.is_disjoint(&members));
            groups = others;
            let joint: BTreeSet<usize> = acting.into_iter().flatten().collect();
            groups.extend((!joint.is_empty()).then_some(joint));
        }
    }
    groups
}

fn rounds(upstream: &Upstream, questions: usize) -> usize {
    let stakes: usize = upstream.parties.iter().map(|party| party.stakes.len() + 1).sum();
    (STEPS / (stakes * questions).max(1)).clamp(LEAST_ROUNDS, MOST_ROUNDS)
}

/// The parties such that holders come before what they hold, as far as there are no circles.
fn holders_first(upstream: &Upstream) -> Vec<usize> {
    let mut order = Vec::with_capacity(upstream.parties.len());
    let mut seen = vec![false; upstream.parties.len()];
    seen[0] = true;
    let mut path = vec![(0_usize, 0_usize)];
    while let Some((place, next)) = path.pop() {
        match upstream.parties[place].stakes.get(next) {
            Some(stake) => {
                path.push((place, next + 1));
                if !std::mem::replace(&mut seen[stake.owner], true) {
                    path.push((stake.owner, 0));
                }
            }
            None => order.push(place),
        }
    }
    order
}

fn share(
    upstream: &Upstream,
    order: &[usize],
    measure: Measure,
    rounds: usize,
    start: &dyn Fn(usize) -> Start,
    crowd: u64,
) -> Interval {
    let mut shares = vec![Interval::ANYTHING; upstream.parties.len()];
    // By party whose holders decide: what none of them accounts for.
    let mut open: BTreeMap<usize, u64> = BTreeMap::new();
    for (place, share) in shares.iter_mut().enumerate() {
        match (start(place), upstream.rest(place, measure)) {
            (Start::Known(interval), _) => *share = interval,
            (Start::FromHolders, Rest::Overfull) => {}
            (Start::FromHolders, Rest::Of(rest)) => {
                open.insert(place, rest);
            }
        }
    }
    for _ in 0..rounds {
        let mut moved = false;
        for (place, rest) in order.iter().filter_map(|place| Some((place, open.get(place)?))) {
            let mut sum = Interval { least: 0, most: u128::from(*rest) * HUNDREDTH };
            for stake in &upstream.parties[*place].stakes {
                let part = u128::from(stake.of(measure).unwrap_or(0).min(ALL + 50));
                if upstream.is_dispersed(stake) {
                    sum.most += part.min(u128::from(crowd)) * HUNDREDTH;
                } else {
                    let of = shares[stake.owner];
                    sum.least += of.least * part / u128::from(ALL);
                    sum.most += (of.most * part).div_ceil(u128::from(ALL));
                }
            }
            let settled = Interval { least: sum.least.min(WHOLE), most: sum.most.min(WHOLE) };
            moved |= settled != shares[*place];
            shares[*place] = settled;
        }
        if !moved {
            break;
        }
    }
    shares[0]
}
