//! Dead-end elimination after Goldstein: a candidate goes when another is no worse beside whatever else is chosen.

use super::NEVER;
use super::domains::Domains;
use super::problem::{Cost, Problem};
use super::relation::{Layer, Relations};

/// What one relation lets the other end do, gathered by site.
struct Neighbour<'l> {
    relation: usize,
    end: usize,
    remote: &'l [Cost],
    /// The most and least that the other end pays from each site; `None` where it has no candidate.
    by_site: Vec<Option<(Cost, Cost)>>,
    /// The sites where it has one.
    sites: Vec<u64>,
}

/// Takes away candidates that are dominated by `margin` at least. Valid when choices stay valid as long as every pair fits: no number of
/// providers, no capacity, no second measure, and rates that do not change with the volume.
pub(super) fn eliminate(
    problem: &Problem,
    relations: &Relations,
    sites: &[Vec<usize>],
    layer: &Layer,
    domains: &mut Domains,
    margin: Cost,
) {
    for slot in 0..domains.slots() {
        if domains.is_settled(slot) {
            continue;
        }
        let neighbours: Vec<Neighbour<'_>> = (0..relations.all.len())
            .filter_map(|relation| {
                let end = relations.all[relation].ends.iter().position(|other| *other == slot)?;
                Some(Neighbour::new(problem, relations, sites, layer, domains, (relation, end)))
            })
            .collect();
        let numbers = domains.of(slot).to_vec();
        let mut gone = vec![false; numbers.len()];
        for (index, worse) in numbers.iter().enumerate() {
            let dominates = |(other, better): (usize, &usize)| {
                other != index && !gone[other] && {
                    let mut gain = layer.own[slot][*worse] - layer.own[slot][*better];
                    let pair = [*worse, *better];
                    neighbours.iter().all(|neighbour| {
                        neighbour.least_gain(relations, sites, slot, pair).is_some_and(|least| {
                            gain += least;
                            true
                        })
                    }) && gain >= margin
                }
            };
            gone[index] = numbers.iter().enumerate().any(dominates);
        }
        let mut flags = gone.into_iter();
        // One that is gone was beaten by one that was there, so something always stays.
        let _ = domains.retain(slot, |_, _| !flags.next().unwrap_or_default());
    }
}

impl<'l> Neighbour<'l> {
    fn new(
        problem: &Problem,
        relations: &Relations,
        sites: &[Vec<usize>],
        layer: &'l Layer,
        domains: &Domains,
        (relation, end): (usize, usize),
    ) -> Self {
        let other = relations.all[relation].ends[1 - end];
        let mut by_site: Vec<Option<(Cost, Cost)>> = vec![None; problem.sites.len()];
        let mut present = vec![0; problem.sites.len().div_ceil(64)];
        for number in domains.of(other) {
            let site = sites[other][*number];
            let cost = layer.remote[relation][1 - end][*number];
            let (most, least) = by_site[site].unwrap_or((0, NEVER));
            by_site[site] = Some((most.max(cost), least.min(cost)));
            present[site / 64] |= 1 << (site % 64);
        }
        Self { relation, end, remote: &layer.remote[relation][end], by_site, sites: present }
    }

    /// What taking the better of two candidates saves at least on this relation; `None` when the worse goes with
    /// something that the better does not.
    fn least_gain(
        &self,
        relations: &Relations,
        sites: &[Vec<usize>],
        slot: usize,
        [worse, better]: [usize; 2],
    ) -> Option<Cost> {
        let [worse_site, better_site] = [sites[slot][worse], sites[slot][better]];
        let table = relations.table(self.relation);
        if let Some(table) = table
            && !table.row(self.end, better_site).covers(table.row(self.end, worse_site), &self.sites)
        {
            return None;
        }
        let gain = self.remote[worse] - self.remote[better];
        if worse_site == better_site {
            // Beside a neighbour at the same site neither pays.
            return Some(gain.min(0));
        }
        let beside_worse = self.by_site[worse_site].map(|(most, _)| -(self.remote[better] + most));
        let beside_better = self.by_site[better_site].map(|(_, least)| self.remote[worse] + least);
        Some([Some(gain), beside_worse, beside_better].into_iter().flatten().min().unwrap_or(gain))
    }
}
