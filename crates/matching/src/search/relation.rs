//! What lies between two slots, laid out for looking up.

use std::collections::BTreeMap;

use super::problem::{Cost, Level, Problem};
use super::{NEVER, Weights};

/// How the numbers of what two slots may share go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Company {
    /// They are equal.
    Together,
    /// They differ.
    Apart,
    /// The first is the smaller.
    Rising,
}

/// What the sites of two slots have to meet.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Conditions {
    /// The least and greatest acceptable round trip.
    rtt: Option<(i64, i64)>,
    company: Vec<(Level, Company)>,
}

impl Conditions {
    const fn is_empty(&self) -> bool {
        self.rtt.is_none() && self.company.is_empty()
    }

    /// Whether sites of the first and second slot go together.
    fn fit(&self, problem: &Problem, first: usize, second: usize) -> bool {
        let rtt_fits = self.rtt.is_none_or(|(least, most)| (least..=most).contains(&problem.rtt[first][second]));
        let (one, other) = (problem.sites[first], problem.sites[second]);
        rtt_fits
            && self.company.iter().all(|(level, company)| {
                let (one, other) = match level {
                    Level::Site => (first, second),
                    Level::Provider => (one.provider, other.provider),
                    Level::Country => (one.country, other.country),
                };
                match company {
                    Company::Together => one == other,
                    Company::Apart => one != other,
                    Company::Rising => one < other,
                }
            })
    }
}

/// Which sites go together: for each site of either end a row of bits, one for each site of the other end.
#[derive(Debug)]
pub(super) struct Table {
    words: usize,
    rows: [Vec<u64>; 2],
}

impl Table {
    fn new(problem: &Problem, conditions: &Conditions) -> Self {
        let sites = problem.sites.len();
        let words = sites.div_ceil(64);
        let mut rows = [vec![0; sites * words], vec![0; sites * words]];
        for first in 0..sites {
            for second in 0..sites {
                if conditions.fit(problem, first, second) {
                    rows[0][first * words + second / 64] |= 1 << (second % 64);
                    rows[1][second * words + first / 64] |= 1 << (first % 64);
                }
            }
        }
        Self { words, rows }
    }

    /// The sites of the other end that go with a site of this end.
    pub(super) fn row(&self, end: usize, site: usize) -> Row<'_> {
        Row(&self.rows[end][site * self.words..(site + 1) * self.words])
    }
}

/// A set of sites.
#[derive(Clone, Copy)]
pub(super) struct Row<'t>(&'t [u64]);

impl Row<'_> {
    pub(super) fn contains(self, site: usize) -> bool {
        self.0[site / 64] >> (site % 64) & 1 == 1
    }

    /// Whether all of `others` that are also among `sites` are in it.
    pub(super) fn covers(self, others: Self, sites: &[u64]) -> bool {
        self.0.iter().zip(others.0).zip(sites).all(|((row, other), sites)| other & sites & !row == 0)
    }

    pub(super) fn meets(self, sites: &[u64]) -> bool {
        self.0.iter().zip(sites).any(|(row, sites)| row & sites != 0)
    }
}

/// Everything between two slots.
#[derive(Debug)]
pub(super) struct Relation {
    pub(super) ends: [usize; 2],
    /// The number of the table of what goes together, when not everything does.
    pub(super) table: Option<usize>,
    /// What each candidate of either end pays at least when the other end is at another site, without weight.
    remote: [Vec<Cost>; 2],
}

/// A relation before its conditions are numbered.
struct Draft {
    remote: [Vec<Cost>; 2],
    conditions: Conditions,
}

impl Draft {
    fn new(problem: &Problem, ends: [usize; 2]) -> Self {
        let remote = ends.map(|slot| vec![0; problem.slots[slot].candidates.len()]);
        Self { remote, conditions: Conditions::default() }
    }

    /// How much hangs on it.
    fn importance(&self) -> Cost {
        let ordered = self.conditions.company.iter().any(|(_, company)| *company == Company::Rising);
        if ordered {
            return NEVER;
        }
        let costliest = self.remote.iter().map(|costs| costs.iter().copied().max().unwrap_or_default());
        costliest.sum::<Cost>().saturating_add(Cost::from(!self.conditions.is_empty()))
    }
}

/// All relations of a problem, those that matter most first, with their tables.
#[derive(Debug)]
pub(super) struct Relations {
    pub(super) all: Vec<Relation>,
    pub(super) tables: Vec<Table>,
}

impl Relations {
    /// `cap` bounds every flow's round trip.
    pub(super) fn new(problem: &Problem, cap: Option<i64>) -> Self {
        let mut drafts: Vec<([usize; 2], Draft)> = drafts(problem, cap).into_iter().collect();
        drafts.sort_by_cached_key(|(ends, draft)| (std::cmp::Reverse(draft.importance()), *ends));
        let mut numbers: BTreeMap<Conditions, usize> = BTreeMap::new();
        let mut tables = Vec::new();
        let all = drafts
            .into_iter()
            .map(|(ends, draft)| {
                let table = (!draft.conditions.is_empty()).then(|| {
                    *numbers.entry(draft.conditions).or_insert_with_key(|conditions| {
                        tables.push(Table::new(problem, conditions));
                        tables.len() - 1
                    })
                });
                Relation { ends, table, remote: draft.remote }
            })
            .collect();
        Self { all, tables }
    }

    pub(super) fn table(&self, number: usize) -> Option<&Table> {
        self.all[number].table.map(|table| &self.tables[table])
    }
}

fn drafts(problem: &Problem, cap: Option<i64>) -> BTreeMap<[usize; 2], Draft> {
    let mut found: BTreeMap<[usize; 2], Draft> = BTreeMap::new();
    let mut totals = vec![0i64; problem.slots.len()];
    for flow in &problem.flows {
        totals[flow.from] = totals[flow.from].saturating_add(flow.bytes);
    }
    for flow in &problem.flows {
        let ends = [flow.from.min(flow.to), flow.from.max(flow.to)];
        let draft = found.entry(ends).or_insert_with(|| Draft::new(problem, ends));
        let payer = usize::from(flow.from != ends[0]);
        let slot = &problem.slots[flow.from];
        for (cost, candidate) in draft.remote[payer].iter_mut().zip(&slot.candidates) {
            let share = candidate.egress.least_share(flow.bytes, totals[flow.from]);
            *cost = cost.saturating_add(share.saturating_mul(Cost::from(slot.instances)));
        }
        let (mut least, mut most) = draft.conditions.rtt.unwrap_or((0, i64::MAX));
        if let Some(bound) = &flow.rtt {
            (least, most) = (least.max(*bound.start()), most.min(*bound.end()));
        }
        most = most.min(cap.unwrap_or(i64::MAX));
        draft.conditions.rtt = (least > 0 || most < i64::MAX).then_some((least, most));
    }
    let aparts = problem.aparts.iter().map(|apart| {
        let company = if apart.ordered { Company::Rising } else { Company::Apart };
        ([apart.first, apart.second], apart.level, company)
    });
    let togethers = problem.togethers.iter();
    let togethers = togethers.map(|pair| ([pair.first, pair.second], pair.level, Company::Together));
    for (ends, level, company) in aparts.chain(togethers) {
        // An order runs from the first to the second, so the ends keep that direction.
        let reversed = [ends[1], ends[0]];
        let key = if found.contains_key(&reversed) && company != Company::Rising { reversed } else { ends };
        let draft = found.entry(key).or_insert_with(|| Draft::new(problem, key));
        draft.conditions.company.push((level, company));
        draft.conditions.company.sort_unstable();
        draft.conditions.company.dedup();
    }
    found
}

/// One measure over all candidates, as the bound adds it up. Nothing in it is above [`NEVER`].
#[derive(Debug, Clone)]
pub(super) struct Layer {
    /// What each candidate of each slot costs by itself.
    pub(super) own: Vec<Vec<Cost>>,
    /// For each relation what each candidate of either end pays when the other end is at another site.
    pub(super) remote: Vec<[Vec<Cost>; 2]>,
    /// How much the price of traffic counts.
    pub(super) traffic: Cost,
    /// How much downtime counts; what slots that stand in for each other are down is not in `own`.
    pub(super) downtime: Cost,
    /// What is taken off every sum: the worth of all that is free, where capacity is charged for.
    pub(super) credit: Cost,
}

impl Layer {
    pub(super) fn new(problem: &Problem, relations: &Relations, weights: Weights) -> Self {
        let own = |(number, slot): (usize, &super::Slot)| {
            let in_group = || problem.standbys.iter().any(|group| group.contains(&number));
            let weight = if weights.downtime == 0 || in_group() { 0 } else { weights.downtime };
            let downtime = |one: &super::Candidate| Cost::from(one.downtime).saturating_mul(weight);
            slot.candidates.iter().map(|one| weights.own(one).saturating_add(downtime(one)).min(NEVER)).collect()
        };
        let weighted = |costs: &Vec<Cost>| {
            costs.iter().map(|cost| cost.saturating_mul(weights.price).min(NEVER)).collect::<Vec<_>>()
        };
        let remote = relations.all.iter().map(|relation| relation.remote.each_ref().map(weighted));
        Self {
            own: problem.slots.iter().enumerate().map(own).collect(),
            remote: remote.collect(),
            traffic: weights.price,
            downtime: weights.downtime,
            credit: 0,
        }
    }
}
