//! Lower bounds: what each remaining candidate costs at least, over a forest of the open relations.
//!
//! Slots whose place is settled are folded into their neighbours' costs. Among the rest the costliest relations
//! that form no cycle are kept, and two passes of dynamic programming over that forest give, for every
//! candidate, the least cost of any completion that uses it. A relation beyond the forest counts what it costs
//! each candidate of one of its ends at least. The bound is exact where relations form a forest; then the choice
//! that [`Bounder::decode`] reads off it is the best one.

use super::NEVER;
use super::domains::Domains;
use super::problem::{Cost, Problem};
use super::relation::{Layer, Relations};
use super::standby::Tangent;

/// Computes bounds, in buffers that are used again and again.
#[derive(Debug)]
pub(super) struct Bounder<'a> {
    problem: &'a Problem,
    relations: &'a Relations,
    /// The site of each candidate of each slot.
    sites: &'a [Vec<usize>],
    /// The slots whose rates change with the volume.
    uneven: Vec<usize>,
    by_site: BySite,
    /// Of each candidate that is left its own cost, then with what is below it, then with everything.
    costs: Vec<Cost>,
    /// The costs with what is below, before anything above is added.
    upward: Vec<Cost>,
    forest: Forest,
    /// The relations beyond the forest, each with the end that counts it.
    surplus: Vec<Directed>,
    /// One message after the other.
    messages: Vec<Cost>,
    away: Vec<Cost>,
    order: Vec<usize>,
    without: Vec<Cost>,
}

/// A relation and one of its ends.
#[derive(Debug, Clone, Copy)]
struct Directed {
    relation: usize,
    end: usize,
}

/// What a choice that was read off a bound gets wrong.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    /// The slots between which the bound counts too little.
    pub(super) ends: [usize; 2],
}

impl<'a> Bounder<'a> {
    pub(super) fn new(problem: &'a Problem, relations: &'a Relations, sites: &'a [Vec<usize>]) -> Self {
        let changes = |slot: &usize| problem.slots[*slot].candidates.iter().any(|one| !one.egress.is_flat());
        Self {
            problem,
            relations,
            sites,
            uneven: (0..problem.slots.len()).filter(changes).collect(),
            by_site: BySite { costs: vec![NEVER; problem.sites.len()], touched: Vec::new() },
            costs: Vec::new(),
            upward: Vec::new(),
            forest: Forest::default(),
            surplus: Vec::new(),
            messages: Vec::new(),
            away: Vec::new(),
            order: Vec::new(),
            without: Vec::new(),
        }
    }

    /// What no completion goes below; `None` when some slot has nowhere to go.
    pub(super) fn lower(&mut self, domains: &Domains, layer: &Layer) -> Option<Cost> {
        self.costs.clear();
        self.costs.resize(domains.extent(), NEVER);
        for slot in 0..domains.slots() {
            for (place, number) in domains.range(slot).zip(domains.of(slot)) {
                self.costs[place] = layer.own[slot][*number];
            }
        }
        let standbys = self.add_standbys(domains, layer);
        self.forest.clear(domains.slots());
        self.surplus.clear();
        for relation in 0..self.relations.all.len() {
            let [first, second] = self.relations.all[relation].ends;
            if domains.is_settled(first) {
                self.fold(Directed { relation, end: 0 }, domains, layer);
            } else if domains.is_settled(second) {
                self.fold(Directed { relation, end: 1 }, domains, layer);
            } else if !self.forest.join(relation, [first, second]) {
                self.project(relation, domains, layer);
            }
        }
        self.forest.order(self.relations, domains.slots());
        self.pass_upward(domains, layer);
        self.upward.clone_from(&self.costs);
        let mut lower = self.uneven_traffic(domains, layer) + standbys - layer.credit;
        for slot in 0..domains.slots() {
            if self.forest.roots[slot] == slot {
                let least = self.costs[domains.range(slot)].iter().copied().min()?;
                if least >= NEVER {
                    return None;
                }
                lower = (lower + least).min(NEVER);
                self.forest.least[slot] = least;
            }
        }
        self.pass_downward(domains, layer);
        for slot in 0..domains.slots() {
            let others = lower - self.forest.least[self.forest.roots[slot]];
            for cost in &mut self.costs[domains.range(slot)] {
                *cost = (*cost + others).min(NEVER);
            }
        }
        Some(lower)
    }

    /// What no completion with a candidate goes below, in the layout of the domains; [`NEVER`] when there is none.
    pub(super) fn marginals(&self) -> &[Cost] {
        &self.costs
    }

    fn site(&self, slot: usize, number: usize) -> usize {
        self.sites[slot][number]
    }

    /// Adds to the costs of candidates what they make slots that stand in for each other be down for longer. What those
    /// are down at least.
    fn add_standbys(&mut self, domains: &Domains, layer: &Layer) -> Cost {
        if layer.downtime == 0 {
            return 0;
        }
        let mut sum: Cost = 0;
        for group in &self.problem.standbys {
            let down = |slot: usize, number: usize| self.problem.slots[slot].candidates[number].downtime;
            let least = |slot: usize| domains.of(slot).iter().map(|number| down(slot, *number)).min();
            let mut tangent = Tangent::new(group.clone().map(|slot| least(slot).unwrap_or_default()).collect());
            sum = sum.saturating_add(tangent.base().saturating_mul(layer.downtime)).min(NEVER);
            for (member, slot) in group.clone().enumerate() {
                for (place, number) in domains.range(slot).zip(domains.of(slot)) {
                    let rise = tangent.rise(member, down(slot, *number)).saturating_mul(layer.downtime);
                    self.costs[place] = self.costs[place].saturating_add(rise).min(NEVER);
                }
            }
        }
        sum
    }

    /// Adds what a relation costs beside its settled end to the costs of its other end.
    fn fold(&mut self, settled: Directed, domains: &Domains, layer: &Layer) {
        let Directed { relation, end } = settled;
        let ends = self.relations.all[relation].ends;
        let [slot, other] = [ends[end], ends[1 - end]];
        let number = domains.of(slot)[0];
        let site = self.site(slot, number);
        let row = self.relations.table(relation).map(|table| table.row(end, site));
        let own = layer.remote[relation][end][number];
        let remote = &layer.remote[relation][1 - end];
        for (place, number) in domains.range(other).zip(domains.of(other)) {
            let other_site = self.sites[other][*number];
            let cost = &mut self.costs[place];
            if row.is_some_and(|row| !row.contains(other_site)) {
                *cost = NEVER;
            } else if other_site != site {
                *cost = (*cost + own + remote[*number]).min(NEVER);
            }
        }
    }

    /// Adds what a relation beyond the forest costs at least to the costs of one of its ends.
    fn project(&mut self, relation: usize, domains: &Domains, layer: &Layer) {
        let ends = self.relations.all[relation].ends;
        // The end with fewer candidates shares fewer sites, so more of the other's have to pay.
        let end = usize::from(domains.length(ends[0]) < domains.length(ends[1]));
        let [slot, other] = [ends[end], ends[1 - end]];
        self.surplus.push(Directed { relation, end });
        self.by_site.clear();
        let mut least = NEVER;
        for number in domains.of(other) {
            self.by_site.offer(self.sites[other][*number], 0);
            least = least.min(layer.remote[relation][1 - end][*number]);
        }
        let table = self.relations.table(relation);
        let own = &layer.remote[relation][end];
        for (place, number) in domains.range(slot).zip(domains.of(slot)) {
            let site = self.sites[slot][*number];
            let shared = self.by_site.at(site) == 0 && table.is_none_or(|table| table.row(end, site).contains(site));
            if !shared {
                self.costs[place] = (self.costs[place] + own[*number] + least).min(NEVER);
            }
        }
    }

    /// What a relation between two candidates costs; [`NEVER`] when they do not go together.
    fn between(&self, relation: usize, layer: &Layer, numbers: [usize; 2]) -> Cost {
        let [first, second] = self.relations.all[relation].ends;
        let sites = [self.site(first, numbers[0]), self.site(second, numbers[1])];
        if self.relations.table(relation).is_some_and(|table| !table.row(0, sites[0]).contains(sites[1])) {
            NEVER
        } else if sites[0] == sites[1] {
            0
        } else {
            (layer.remote[relation][0][numbers[0]] + layer.remote[relation][1][numbers[1]]).min(NEVER)
        }
    }

    /// What settled slots pay for traffic beyond the least shares, where rates change with the volume.
    fn uneven_traffic(&self, domains: &Domains, layer: &Layer) -> Cost {
        let mut sum: Cost = 0;
        for slot in self.uneven.iter().copied() {
            let data = &self.problem.slots[slot];
            let Some(own) = domains.settled(slot) else { continue };
            let rates = &data.candidates[own].egress;
            if rates.is_flat() {
                continue;
            }
            let flows = || self.problem.flows.iter().filter(|flow| flow.from == slot);
            let total = flows().fold(0i64, |sum, flow| sum.saturating_add(flow.bytes));
            let (mut bytes, mut shares): (i64, Cost) = (0, 0);
            for flow in flows() {
                let Some(other) = domains.settled(flow.to) else { continue };
                if self.site(slot, own) != self.site(flow.to, other) {
                    bytes = bytes.saturating_add(flow.bytes);
                    shares = shares.saturating_add(rates.least_share(flow.bytes, total));
                }
            }
            let beyond = rates.cost(bytes).saturating_sub(shares).max(0).saturating_mul(Cost::from(data.instances));
            sum = sum.saturating_add(beyond.saturating_mul(layer.traffic)).min(NEVER);
        }
        sum
    }

    /// Adds to `messages`, for each candidate of the end where it arrives, the least cost of the other end's
    /// `costs` and of what is between.
    fn send(&mut self, arriving: Directed, domains: &Domains, layer: &Layer, costs: &[Cost]) {
        let Directed { relation, end: to } = arriving;
        let from = 1 - to;
        let ends = self.relations.all[relation].ends;
        let [from_slot, to_slot] = [ends[from], ends[to]];
        let [from_remote, to_remote] = [&layer.remote[relation][from], &layer.remote[relation][to]];
        self.by_site.clear();
        self.away.clear();
        let (mut best, mut best_away) = (0, NEVER);
        for (index, (cost, number)) in costs.iter().zip(domains.of(from_slot)).enumerate() {
            self.by_site.offer(self.sites[from_slot][*number], *cost);
            let away = (cost + from_remote[*number]).min(NEVER);
            if away < best_away {
                (best, best_away) = (index, away);
            }
            self.away.push(away);
        }
        let table = self.relations.table(relation);
        self.order.clear();
        if table.is_some() {
            // Those that are impossible anyway need not be tried.
            self.order.extend((0..self.away.len()).filter(|index| self.away[*index] < NEVER));
            self.order.sort_unstable_by_key(|index| self.away[*index]);
        } else {
            // Without conditions the cheapest serves everybody; where it is at the same site, `near` is less.
            self.order.push(best);
        }
        let from_numbers = domains.of(from_slot);
        for number in domains.of(to_slot) {
            let site = self.sites[to_slot][*number];
            let row = table.map(|table| table.row(to, site));
            let fits = |other: usize| row.is_none_or(|row| row.contains(other));
            let near = if fits(site) { self.by_site.at(site) } else { NEVER };
            let cheapest = self.order.iter().find(|index| fits(self.sites[from_slot][from_numbers[**index]]));
            let far = cheapest.map_or(NEVER, |index| self.away[*index] + to_remote[*number]);
            self.messages.push(near.min(far).min(NEVER));
        }
    }

    fn pass_upward(&mut self, domains: &Domains, layer: &Layer) {
        self.messages.clear();
        let costs = &mut std::mem::take(&mut self.costs);
        for step in 0..self.forest.steps.len() {
            let arriving = self.forest.steps[step];
            let ends = self.relations.all[arriving.relation].ends;
            let [below, above] = [ends[1 - arriving.end], ends[arriving.end]];
            let start = self.messages.len();
            self.send(arriving, domains, layer, &costs[domains.range(below)]);
            for (cost, part) in costs[domains.range(above)].iter_mut().zip(&self.messages[start..]) {
                *cost = (*cost + part).min(NEVER);
            }
        }
        self.costs = std::mem::take(costs);
    }

    fn pass_downward(&mut self, domains: &Domains, layer: &Layer) {
        let costs = &mut std::mem::take(&mut self.costs);
        let mut without = std::mem::take(&mut self.without);
        let mut end = self.messages.len();
        for step in (0..self.forest.steps.len()).rev() {
            let arriving = self.forest.steps[step];
            let ends = self.relations.all[arriving.relation].ends;
            let [below, above] = [ends[1 - arriving.end], ends[arriving.end]];
            let start = end - domains.length(above);
            let message = &self.messages[start..end];
            end = start;
            without.clear();
            let parts = costs[domains.range(above)].iter().zip(message);
            without.extend(parts.map(|(cost, part)| if *cost >= NEVER { NEVER } else { cost - part }));
            let kept = self.messages.len();
            self.send(Directed { end: 1 - arriving.end, ..arriving }, domains, layer, &without);
            for (cost, part) in costs[domains.range(below)].iter_mut().zip(&self.messages[kept..]) {
                *cost = (*cost + part).min(NEVER);
            }
            self.messages.truncate(kept);
        }
        self.without = without;
        self.costs = std::mem::take(costs);
    }

    /// Reads the best choice over the forest off the last bound into `choice`, and says where the bound counts
    /// least for it, if anywhere.
    pub(super) fn decode(&self, domains: &Domains, layer: &Layer, choice: &mut Vec<usize>) -> Option<Gap> {
        choice.clear();
        choice.resize(domains.slots(), 0);
        let cheapest = |slot: usize, between: &dyn Fn(usize) -> Cost| {
            let costs = self.upward[domains.range(slot)].iter().zip(domains.of(slot));
            costs.map(|(cost, number)| (cost + between(*number), *number)).min().map_or(0, |(_, number)| number)
        };
        for (slot, chosen) in choice.iter_mut().enumerate() {
            if self.forest.roots[slot] == slot {
                *chosen = cheapest(slot, &|_| 0);
            }
        }
        for Directed { relation, end } in self.forest.steps.iter().rev().copied() {
            let ends = self.relations.all[relation].ends;
            let [below, above] = [ends[1 - end], choice[ends[end]]];
            choice[below] = cheapest(below, &|number| {
                let numbers = if end == 0 { [above, number] } else { [number, above] };
                self.between(relation, layer, numbers)
            });
        }
        self.worst_gap(domains, layer, choice)
    }

    fn worst_gap(&self, domains: &Domains, layer: &Layer, choice: &[usize]) -> Option<Gap> {
        let mut worst: Option<(Cost, Gap)> = None;
        for Directed { relation, end } in self.surplus.iter().copied() {
            let ends = self.relations.all[relation].ends;
            let cost = self.between(relation, layer, ends.map(|slot| choice[slot]));
            let counted = self.projected(Directed { relation, end }, domains, layer, choice[ends[end]]);
            let missing = cost - counted;
            if missing > 0 && worst.is_none_or(|(most, _)| missing > most) {
                worst = Some((missing, Gap { ends }));
            }
        }
        worst.map(|(_, gap)| gap)
    }

    /// What a relation beyond the forest counts for a candidate of the end that counts it.
    fn projected(&self, counting: Directed, domains: &Domains, layer: &Layer, number: usize) -> Cost {
        let Directed { relation, end } = counting;
        let ends = self.relations.all[relation].ends;
        let [slot, other] = [ends[end], ends[1 - end]];
        let site = self.site(slot, number);
        let fits = self.relations.table(relation).is_none_or(|table| table.row(end, site).contains(site));
        if fits && domains.of(other).iter().any(|number| self.site(other, *number) == site) {
            return 0;
        }
        let others = domains.of(other).iter().map(|number| layer.remote[relation][1 - end][*number]);
        (others.min().unwrap_or_default() + layer.remote[relation][end][number]).min(NEVER)
    }
}

/// The least cost at each site.
#[derive(Debug)]
struct BySite {
    costs: Vec<Cost>,
    touched: Vec<usize>,
}

impl BySite {
    fn clear(&mut self) {
        for site in self.touched.drain(..) {
            self.costs[site] = NEVER;
        }
    }

    fn offer(&mut self, site: usize, cost: Cost) {
        if cost < self.costs[site] {
            self.costs[site] = cost;
            self.touched.push(site);
        }
    }

    fn at(&self, site: usize) -> Cost {
        self.costs[site]
    }
}

/// Relations without cycles, as steps from the leaves up.
#[derive(Debug, Default)]
struct Forest {
    /// Each arrives at the slot above; whatever is below comes first.
    steps: Vec<Directed>,
    /// The uppermost slot above each.
    roots: Vec<usize>,
    /// Of each uppermost slot the least cost of its tree.
    least: Vec<Cost>,
    groups: Vec<usize>,
    kept: Vec<usize>,
    /// For each slot the last of its entries in `links`.
    last: Vec<usize>,
    /// A kept relation, the end of it where the slot is, and the slot's entry before.
    links: Vec<(Directed, usize)>,
    stack: Vec<usize>,
}

/// No entry, or no root yet.
const NONE: usize = usize::MAX;

impl Forest {
    fn clear(&mut self, slots: usize) {
        self.groups.clear();
        self.groups.extend(0..slots);
        self.kept.clear();
    }

    fn group(&mut self, mut slot: usize) -> usize {
        while self.groups[slot] != slot {
            self.groups[slot] = self.groups[self.groups[slot]];
            slot = self.groups[slot];
        }
        slot
    }

    /// Keeps a relation unless it closes a cycle, and says whether it does keep it.
    fn join(&mut self, relation: usize, [first, second]: [usize; 2]) -> bool {
        let (one, other) = (self.group(first), self.group(second));
        if one == other {
            return false;
        }
        self.groups[one] = other;
        self.kept.push(relation);
        true
    }

    /// Puts what was kept into steps.
    fn order(&mut self, relations: &Relations, slots: usize) {
        self.last.clear();
        self.last.resize(slots, NONE);
        self.links.clear();
        for relation in self.kept.iter().copied() {
            for end in [0, 1] {
                let slot = relations.all[relation].ends[end];
                self.links.push((Directed { relation, end }, self.last[slot]));
                self.last[slot] = self.links.len() - 1;
            }
        }
        self.least.clear();
        self.least.resize(slots, 0);
        self.roots.clear();
        self.roots.resize(slots, NONE);
        self.steps.clear();
        for root in 0..slots {
            if self.roots[root] != NONE {
                continue;
            }
            self.roots[root] = root;
            self.stack.push(root);
            while let Some(slot) = self.stack.pop() {
                let mut entry = self.last[slot];
                while entry != NONE {
                    let (arriving, before) = self.links[entry];
                    let below = relations.all[arriving.relation].ends[1 - arriving.end];
                    if self.roots[below] == NONE {
                        self.roots[below] = root;
                        self.stack.push(below);
                        self.steps.push(arriving);
                    }
                    entry = before;
                }
            }
        }
        self.steps.reverse();
    }
}
