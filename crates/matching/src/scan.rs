//! One walk over the offers of a kind: who meets everything, what each requirement keeps out, who nearly got in.

use crate::compose::MOST_PER_SLOT;
use crate::index::{Chunk, Filter, Mask, ROWS, Sight};
use crate::prepare::Wish;
use crate::requirement::{Check, Judge};

/// The most near misses that are told.
pub(crate) const MOST_MISSES: usize = 100;

/// What came of the walk for one component.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// How many offers of the kind may be seen.
    pub(crate) offers: u32,
    /// For each chunk the rows that meet everything.
    pub(crate) admitted: Vec<Mask>,
    /// For each chunk those among them that can be ordered now.
    pub(crate) orderable: Vec<Mask>,
    /// One for each name among the requirements, in their order.
    pub(crate) tallies: Vec<Tally>,
    /// Offers that were left out, those that fail the fewest first, then the cheapest.
    pub(crate) misses: Vec<Miss>,
}

/// What the requirements of one name keep out.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// The numbers of the requirements.
    pub(crate) requirements: Vec<usize>,
    /// How many offers fail one of them.
    pub(crate) excluded: u32,
    /// How many offers fail nothing else.
    pub(crate) alone: u32,
    /// What the cheapest of those comes to a month in micro units, for all instances; not for what can't be waived.
    pub(crate) opens_from: Option<i64>,
}

/// An offer that was left out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Miss {
    /// How many names of requirements it fails.
    pub(crate) failed: usize,
    pub(crate) chunk: usize,
    pub(crate) row: usize,
    /// The number of the first requirement that it fails.
    pub(crate) requirement: usize,
}

/// Walks over the offers of every kind that is wished for. The first `shared` requirements are those of every wish.
pub(crate) fn scan(wishes: &mut [Wish<'_>], shared: usize, judge: &Judge<'_>, sight: &Sight) {
    let mut kinds: Vec<_> = wishes.iter().map(|wish| wish.component.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let share = (MOST_MISSES / wishes.len().max(1)).max(1);
    for kind in kinds {
        let mut of_kind: Vec<_> = wishes.iter_mut().filter(|wish| wish.component.kind == kind).collect();
        let mut walks: Vec<Walk> = of_kind.iter().map(|wish| Walk::new(wish)).collect();
        let fresh = Filter::new(&Check::Orderable, judge.market, judge.now);
        for (number, chunk) in judge.market.chunks(kind).iter().enumerate() {
            let seen = sight.rows(chunk);
            let is_fresh = |row| chunk.item(row).is_some_and(|item| judge.subject(item).orderable);
            let mut common: Vec<Mask> = Vec::with_capacity(shared);
            for (wish, walk) in of_kind.iter().zip(&mut walks) {
                if common.is_empty() {
                    common.extend((0..shared).map(|requirement| met(wish, requirement, chunk, &seen, judge)));
                }
                walk.visit(wish, number, chunk, &seen, &common, judge);
                let admitted = walk.scan.admitted[number];
                let orderable = match admitted.is_empty() {
                    true => admitted,
                    false => admitted.and(&fresh.rows(chunk, judge.market, &admitted, is_fresh)),
                };
                walk.scan.orderable.push(orderable);
            }
        }
        for (wish, mut walk) in of_kind.iter_mut().zip(walks) {
            if walk.scan.misses.len() < share {
                walk.look_further(wish, judge, sight);
            }
            wish.scan = walk.scan;
        }
    }
}

/// The rows among some that meet a requirement.
fn met(wish: &Wish<'_>, requirement: usize, chunk: &Chunk, among: &Mask, judge: &Judge<'_>) -> Mask {
    let asked = &wish.requirements[requirement];
    wish.filters[requirement].rows(chunk, judge.market, among, |row| asked.holds(chunk, row, judge))
}

/// A walk for one component.
struct Walk {
    scan: Scan,
    /// The tally of each requirement.
    tally_of: Vec<usize>,
    /// The rows that fail, by tally.
    failing: Vec<Mask>,
}

impl Walk {
    fn new(wish: &Wish<'_>) -> Self {
        let mut tallies: Vec<Tally> = Vec::new();
        let mut tally_of = Vec::with_capacity(wish.requirements.len());
        for (number, requirement) in wish.requirements.iter().enumerate() {
            let same = |tally: &Tally| wish.requirements[tally.requirements[0]].name == requirement.name;
            let found = tallies.iter().position(same).unwrap_or_else(|| {
                tallies.push(Tally { requirements: Vec::new(), excluded: 0, alone: 0, opens_from: None });
                tallies.len() - 1
            });
            tallies[found].requirements.push(number);
            tally_of.push(found);
        }
        let failing = vec![Mask::EMPTY; tallies.len()];
        Self { scan: Scan { tallies, ..Scan::default() }, tally_of, failing }
    }

    fn visit(
        &mut self,
        wish: &Wish<'_>,
        number: usize,
        chunk: &Chunk,
        seen: &Mask,
        common: &[Mask],
        judge: &Judge<'_>,
    ) {
        self.failing.fill(Mask::EMPTY);
        for requirement in 0..wish.requirements.len() {
            let met = common.get(requirement).copied().unwrap_or_else(|| met(wish, requirement, chunk, seen, judge));
            let failing = &mut self.failing[self.tally_of[requirement]];
            *failing = failing.or(&seen.without(&met));
        }
        let (mut once, mut twice) = (Mask::EMPTY, Mask::EMPTY);
        for failing in &self.failing {
            twice = twice.or(&once.and(failing));
            once = once.or(failing);
        }
        self.scan.offers += seen.count();
        self.scan.admitted.push(seen.without(&once));
        let alone = once.without(&twice);
        for (tally, failing) in self.scan.tallies.iter_mut().zip(&self.failing) {
            tally.excluded += failing.count();
            let alone = alone.and(failing);
            if !alone.is_empty() {
                tally.alone += alone.count();
                tally.open(wish, chunk, &alone);
            }
        }
        if !alone.is_empty() && self.scan.misses.len() < MOST_MISSES {
            let tallies = &self.scan.tallies;
            let misses = chunk.in_order(&alone).filter_map(|row| {
                let tally = self.failing.iter().position(|failing| failing.contains(row))?;
                let mut requirements = tallies[tally].requirements.iter().copied();
                let requirement = match tallies[tally].requirements.len() {
                    1 => requirements.next(),
                    _ => requirements.find(|one| !wish.requirements[*one].holds(chunk, row, judge)),
                };
                Some(Miss { failed: 1, chunk: number, row, requirement: requirement? })
            });
            let room = MOST_MISSES - self.scan.misses.len();
            self.scan.misses.extend(misses.take(room));
        }
    }

    /// Adds offers that fail more than one requirement, in a second walk.
    fn look_further(&mut self, wish: &Wish<'_>, judge: &Judge<'_>, sight: &Sight) {
        let mut by_failed: Vec<Vec<Miss>> = vec![Vec::new(); self.scan.tallies.len() + 1];
        let mut counts = [0usize; ROWS];
        for (number, chunk) in judge.market.chunks(wish.component.kind).iter().enumerate() {
            let seen = sight.rows(chunk);
            let met: Vec<Mask> = (0..wish.requirements.len()).map(|one| met(wish, one, chunk, &seen, judge)).collect();
            counts.fill(0);
            for tally in &self.scan.tallies {
                let failing =
                    tally.requirements.iter().fold(Mask::EMPTY, |rows, one| rows.or(&seen.without(&met[*one])));
                failing.rows().for_each(|row| counts[row] += 1);
            }
            for row in chunk.in_order(&seen) {
                let misses = &mut by_failed[counts[row]];
                if counts[row] > 1
                    && misses.len() < MOST_MISSES
                    && let Some(requirement) = met.iter().position(|met| !met.contains(row))
                {
                    misses.push(Miss { failed: counts[row], chunk: number, row, requirement });
                }
            }
        }
        let room = MOST_MISSES - self.scan.misses.len();
        self.scan.misses.extend(by_failed.into_iter().flatten().take(room));
    }
}

impl Tally {
    /// Looks for the cheapest among rows that only these requirements keep out.
    fn open(&mut self, wish: &Wish<'_>, chunk: &Chunk, rows: &Mask) {
        if wish.requirements[self.requirements[0]].constraint.is_none() {
            return;
        }
        let count = i64::from(wish.component.count.max(1));
        let reachable = |best: Option<i64>, least: i64| best.is_none_or(|best| least.saturating_mul(count) < best);
        if !reachable(self.opens_from, chunk.least_price()) {
            return;
        }
        for row in rows.rows() {
            if reachable(self.opens_from, chunk.price(row))
                && let Some(monthly) = chunk.item(row).and_then(|item| item.monthly(wish.component, wish.instances()))
                && let Some(price) = monthly.checked_mul(count).filter(|price| *price <= MOST_PER_SLOT)
                && self.opens_from.is_none_or(|best| price < best)
            {
                self.opens_from = Some(price);
            }
        }
    }
}
