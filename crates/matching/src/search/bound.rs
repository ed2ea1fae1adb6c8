//! Lower bounds: what each remaining candidate costs at least, over a forest of the open relations.
//!
//! Slots whose place is settled are folded into their neighbours' costs. Among the rest the costliest relations
//! that form no cycle are kept, and two passes of dynamic programming over that forest give, for every
//! candidate, the least cost of any completion that uses it. Relations beyond the forest count what they cost
//! when their ends share no site, otherwise nothing. The bound is exact where relations form a forest.

use super::problem::{Cost, Level, Problem};

/// More than any cost.
pub(super) const NEVER: Cost = Cost::MAX / 4;

/// How much a unit of each measure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// For a billionth of a micro unit of money.
    pub price: Cost,
    /// For a milligram of carbon.
    pub carbon: Cost,
}

/// How the numbers of what two slots may share go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Company {
    /// They are equal.
    Together,
    /// They differ.
    Apart,
    /// The first is the smaller.
    Rising,
}

/// Everything between two slots.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) ends: [usize; 2],
    /// What each candidate of either end pays at least when the other end is at another site.
    pub(super) remote: [Vec<Cost>; 2],
    /// The greatest and least acceptable round trip.
    pub(super) rtt: Option<(i64, i64)>,
    pub(super) company: Vec<(Level, Company)>,
    /// How much hangs on it.
    pub(super) importance: Cost,
}

impl Relation {
    fn new(problem: &Problem, ends: [usize; 2]) -> Self {
        let remote = ends.map(|slot| vec![0; problem.slots[slot].candidates.len()]);
        Self { ends, remote, rtt: None, company: Vec::new(), importance: 0 }
    }

    /// Whether sites of its first and second end go together.
    pub(super) fn fits(&self, problem: &Problem, first: usize, second: usize) -> bool {
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

    pub(super) const fn is_hard(&self) -> bool {
        self.rtt.is_some() || !self.company.is_empty()
    }
}

/// All relations of a problem, those that matter most first. `cap` bounds every flow's round trip.
pub(super) fn relations(problem: &Problem, cap: Option<i64>) -> Vec<Relation> {
    let mut found: std::collections::BTreeMap<[usize; 2], Relation> = std::collections::BTreeMap::new();
    let mut totals = vec![0i64; problem.slots.len()];
    for flow in &problem.flows {
        totals[flow.from] = totals[flow.from].saturating_add(flow.bytes);
    }
    for flow in &problem.flows {
        let ends = [flow.from.min(flow.to), flow.from.max(flow.to)];
        let relation = found.entry(ends).or_insert_with(|| Relation::new(problem, ends));
        let payer = usize::from(flow.from != ends[0]);
        let slot = &problem.slots[flow.from];
        for (cost, candidate) in relation.remote[payer].iter_mut().zip(&slot.candidates) {
            let share = candidate.egress.least_share(flow.bytes, totals[flow.from]);
            *cost = cost.saturating_add(share.saturating_mul(Cost::from(slot.instances)));
        }
        let (mut least, mut most) = relation.rtt.unwrap_or((0, i64::MAX));
        if let Some(bound) = &flow.rtt {
            (least, most) = (least.max(*bound.start()), most.min(*bound.end()));
        }
        most = most.min(cap.unwrap_or(i64::MAX));
        relation.rtt = (least > 0 || most < i64::MAX).then_some((least, most));
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
        let relation = found.entry(key).or_insert_with(|| Relation::new(problem, key));
        relation.company.push((level, company));
    }
    let mut relations: Vec<Relation> = found.into_values().collect();
    for relation in &mut relations {
        let costliest =
            relation.remote.iter().map(|costs| costs.iter().copied().max().unwrap_or_default()).sum::<Cost>();
        let ordered = relation.company.iter().any(|(_, company)| *company == Company::Rising);
        let weight = if ordered { NEVER } else { costliest };
        relation.importance = weight.saturating_add(Cost::from(relation.is_hard()));
    }
    relations.sort_by(|a, b| b.importance.cmp(&a.importance).then(a.ends.cmp(&b.ends)));
    relations
}

/// One measure over all candidates, as the bound adds it up.
#[derive(Debug)]
pub(super) struct Layer {
    /// What each candidate of each slot costs by itself.
    pub(super) own: Vec<Vec<Cost>>,
    /// How much the price of traffic counts.
    pub(super) traffic: Cost,
}

impl Layer {
    pub(super) fn new(problem: &Problem, weights: Weights) -> Self {
        let cost = |candidate: &super::problem::Candidate| {
            let price = Cost::from(candidate.price) * super::problem::NANOS;
            price
                .saturating_mul(weights.price)
                .saturating_add(Cost::from(candidate.carbon).saturating_mul(weights.carbon))
        };
        let own = problem.slots.iter().map(|slot| slot.candidates.iter().map(cost).collect()).collect();
        Self { own, traffic: weights.price }
    }
}

/// The candidates that are left for each slot, by number.
pub(super) type Domains = Vec<Vec<usize>>;

/// Least costs under what is left.
#[derive(Debug)]
pub(super) struct Bounds {
    /// No completion costs less.
    pub(super) lower: Cost,
    /// No completion with this candidate costs less; [`NEVER`] when there is none. As long as the domains.
    pub(super) marginals: Vec<Vec<Cost>>,
}

/// Buffers that are used again and again.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    by_site: Vec<Cost>,
    touched: Vec<usize>,
    order: Vec<usize>,
}

/// What the bound looks at, without the domains.
pub(super) struct Frame<'a> {
    pub(super) problem: &'a Problem,
    pub(super) relations: &'a [Relation],
}

impl Frame<'_> {
    fn site(&self, slot: usize, candidate: usize) -> usize {
        self.problem.slots[slot].candidates[candidate].site
    }

    /// The bounds of a layer; `None` when some slot has nowhere to go.
    pub(super) fn bounds(&self, domains: &Domains, layer: &Layer, scratch: &mut Scratch) -> Option<Bounds> {
        let mut costs: Vec<Vec<Cost>> = domains
            .iter()
            .zip(&layer.own)
            .map(|(domain, own)| domain.iter().map(|candidate| own[*candidate]).collect())
            .collect();
        let mut constant: Cost = 0;
        let mut open = Vec::new();
        for relation in self.relations {
            let [first, second] = relation.ends;
            match (domains[first].len(), domains[second].len()) {
                (0, _) | (_, 0) => return None,
                (1, _) => self.fold(relation, 0, domains, layer, &mut costs[second]),
                (_, 1) => self.fold(relation, 1, domains, layer, &mut costs[first]),
                _ => open.push(relation),
            }
        }
        let forest = Forest::of(domains.len(), &mut open);
        for relation in &open {
            constant = constant.saturating_add(self.unavoidable(relation, domains, layer, scratch));
        }
        constant = constant.saturating_add(self.uneven_traffic(domains, layer));
        let marginals = forest.marginals(self, domains, layer, costs, scratch);
        let mut lower = constant;
        let mut root_least = vec![0; domains.len()];
        for (slot, root) in forest.roots.iter().enumerate() {
            if *root == slot {
                let least = marginals[slot].iter().copied().min().filter(|least| *least < NEVER)?;
                root_least[slot] = least;
                lower = lower.saturating_add(least);
            }
        }
        let marginals = marginals
            .into_iter()
            .enumerate()
            .map(|(slot, costs)| {
                let others = lower.saturating_sub(root_least[forest.roots[slot]]);
                costs.into_iter().map(|cost| if cost >= NEVER { NEVER } else { cost.saturating_add(others) }).collect()
            })
            .collect();
        Some(Bounds { lower, marginals })
    }

    /// Adds what a relation costs beside its settled end to the costs of its other end.
    fn fold(&self, relation: &Relation, settled: usize, domains: &Domains, layer: &Layer, costs: &mut [Cost]) {
        let other = 1 - settled;
        let [settled_slot, other_slot] = [relation.ends[settled], relation.ends[other]];
        let fixed = domains[settled_slot][0];
        let fixed_site = self.site(settled_slot, fixed);
        for (cost, candidate) in costs.iter_mut().zip(&domains[other_slot]) {
            let site = self.site(other_slot, *candidate);
            let (first, second) = if settled == 0 { (fixed_site, site) } else { (site, fixed_site) };
            if !relation.fits(self.problem, first, second) {
                *cost = NEVER;
            } else if site != fixed_site {
                let traffic = relation.remote[settled][fixed].saturating_add(relation.remote[other][*candidate]);
                *cost = cost.saturating_add(traffic.saturating_mul(layer.traffic)).min(NEVER);
            }
        }
    }

    /// What a relation costs however its ends are placed: nothing when they can share a site.
    fn unavoidable(&self, relation: &Relation, domains: &Domains, layer: &Layer, scratch: &mut Scratch) -> Cost {
        let [first, second] = relation.ends;
        scratch.mark_sites(self.problem.sites.len());
        for candidate in &domains[first] {
            scratch.offer(self.site(first, *candidate), 0);
        }
        let shared = domains[second].iter().any(|candidate| {
            let site = self.site(second, *candidate);
            scratch.at(site) == 0 && relation.fits(self.problem, site, site)
        });
        if shared {
            return 0;
        }
        let least = |end: usize| {
            domains[relation.ends[end]]
                .iter()
                .map(|candidate| relation.remote[end][*candidate])
                .min()
                .unwrap_or_default()
        };
        least(0).saturating_add(least(1)).saturating_mul(layer.traffic)
    }

    /// What settled slots pay for traffic beyond the least shares, where rates change with the volume.
    fn uneven_traffic(&self, domains: &Domains, layer: &Layer) -> Cost {
        let settled = |slot: usize| if let [only] = domains[slot][..] { Some(only) } else { None };
        let mut sum: Cost = 0;
        for (slot, data) in self.problem.slots.iter().enumerate() {
            let Some(rates) = settled(slot).map(|only| &data.candidates[only].egress) else { continue };
            if rates.is_flat() {
                continue;
            }
            let flows = || self.problem.flows.iter().filter(|flow| flow.from == slot);
            let total = flows().fold(0i64, |sum, flow| sum.saturating_add(flow.bytes));
            let (mut bytes, mut shares): (i64, Cost) = (0, 0);
            for flow in flows() {
                let Some(other) = settled(flow.to) else { continue };
                let own = settled(slot).unwrap_or_default();
                if self.site(slot, own) != self.site(flow.to, other) {
                    bytes = bytes.saturating_add(flow.bytes);
                    shares = shares.saturating_add(rates.least_share(flow.bytes, total));
                }
            }
            let beyond = rates.cost(bytes).saturating_sub(shares).max(0).saturating_mul(Cost::from(data.instances));
            sum = sum.saturating_add(beyond.saturating_mul(layer.traffic));
        }
        sum
    }

    /// For each candidate of the end `to` of a relation, the least cost of the other end and of what is between.
    fn message(
        &self,
        step: Step<'_>,
        domains: &Domains,
        layer: &Layer,
        costs: &[Cost],
        scratch: &mut Scratch,
    ) -> Vec<Cost> {
        let Step { relation, to } = step;
        let from = 1 - to;
        let [from_slot, to_slot] = [relation.ends[from], relation.ends[to]];
        let remote = |end: usize, candidate: usize| relation.remote[end][candidate].saturating_mul(layer.traffic);
        scratch.mark_sites(self.problem.sites.len());
        for (cost, candidate) in costs.iter().zip(&domains[from_slot]) {
            scratch.offer(self.site(from_slot, *candidate), *cost);
        }
        let away: Vec<Cost> = costs
            .iter()
            .zip(&domains[from_slot])
            .map(|(cost, candidate)| cost.saturating_add(remote(from, *candidate)).min(NEVER))
            .collect();
        let fits = |from_site: usize, to_site: usize| {
            let (first, second) = if from == 0 { (from_site, to_site) } else { (to_site, from_site) };
            relation.fits(self.problem, first, second)
        };
        let mut order = std::mem::take(&mut scratch.order);
        order.clear();
        order.extend(0..away.len());
        if relation.is_hard() {
            order.sort_unstable_by_key(|index| away[*index]);
        } else if let Some(best) = (0..away.len()).min_by_key(|index| away[*index]) {
            // Without conditions the cheapest serves everybody; where it is at the same site, `near` is less.
            order.clear();
            order.push(best);
        }
        let result = domains[to_slot]
            .iter()
            .map(|candidate| {
                let site = self.site(to_slot, *candidate);
                let near = if fits(site, site) { scratch.at(site) } else { NEVER };
                let far = order
                    .iter()
                    .find(|index| fits(self.site(from_slot, domains[from_slot][**index]), site))
                    .map_or(NEVER, |index| away[*index].saturating_add(remote(to, *candidate)));
                near.min(far).min(NEVER)
            })
            .collect();
        scratch.order = order;
        result
    }

    /// Takes away candidates that go with none of a neighbour's, for relations beyond the forest too; `None` when
    /// a slot has nothing left.
    pub(super) fn prune_unsupported(&self, domains: &mut Domains) -> Option<()> {
        for relation in self.relations.iter().filter(|relation| relation.is_hard()) {
            for end in [0, 1] {
                let [own, other] = [relation.ends[end], relation.ends[1 - end]];
                let kept: Vec<usize> = domains[own]
                    .iter()
                    .copied()
                    .filter(|candidate| {
                        let site = self.site(own, *candidate);
                        domains[other].iter().any(|other_candidate| {
                            let other_site = self.site(other, *other_candidate);
                            let (first, second) = if end == 0 { (site, other_site) } else { (other_site, site) };
                            relation.fits(self.problem, first, second)
                        })
                    })
                    .collect();
                if kept.is_empty() {
                    return None;
                }
                domains[own] = kept;
            }
        }
        Some(())
    }
}

impl Scratch {
    fn mark_sites(&mut self, sites: usize) {
        for site in self.touched.drain(..) {
            self.by_site[site] = NEVER;
        }
        if self.by_site.len() < sites {
            self.by_site.resize(sites, NEVER);
        }
    }

    fn offer(&mut self, site: usize, cost: Cost) {
        if cost < self.by_site[site] {
            self.by_site[site] = cost;
            self.touched.push(site);
        }
    }

    fn at(&self, site: usize) -> Cost {
        self.by_site[site]
    }
}

/// A relation, and at which of its ends a message arrives.
#[derive(Clone, Copy)]
struct Step<'a> {
    relation: &'a Relation,
    to: usize,
}

/// Relations without cycles, as steps from the leaves up.
struct Forest<'a> {
    /// Each leads from a slot to the one above it; whoever is below comes first.
    upward: Vec<Step<'a>>,
    /// The uppermost slot above each.
    roots: Vec<usize>,
}

impl<'a> Forest<'a> {
    /// Takes from `open`, which is ordered by importance, all that close no cycle.
    fn of(slots: usize, open: &mut Vec<&'a Relation>) -> Self {
        let mut groups: Vec<usize> = (0..slots).collect();
        fn group(groups: &mut [usize], mut slot: usize) -> usize {
            while groups[slot] != slot {
                groups[slot] = groups[groups[slot]];
                slot = groups[slot];
            }
            slot
        }
        let mut neighbours: Vec<Vec<(usize, &'a Relation)>> = vec![Vec::new(); slots];
        open.retain(|relation| {
            let [first, second] = relation.ends;
            let (one, other) = (group(&mut groups, first), group(&mut groups, second));
            if one == other {
                return true;
            }
            groups[one] = other;
            neighbours[first].push((second, *relation));
            neighbours[second].push((first, *relation));
            false
        });
        let mut roots = vec![usize::MAX; slots];
        let mut downward = Vec::new();
        for root in 0..slots {
            if roots[root] != usize::MAX {
                continue;
            }
            roots[root] = root;
            let mut queue = vec![root];
            while let Some(slot) = queue.pop() {
                for (below, relation) in &neighbours[slot] {
                    if roots[*below] == usize::MAX {
                        roots[*below] = root;
                        queue.push(*below);
                        downward.push(Step { relation, to: usize::from(relation.ends[0] != slot) });
                    }
                }
            }
        }
        downward.reverse();
        Self { upward: downward, roots }
    }

    /// For each candidate the least cost of its whole tree.
    fn marginals(
        &self,
        frame: &Frame<'_>,
        domains: &Domains,
        layer: &Layer,
        mut costs: Vec<Vec<Cost>>,
        scratch: &mut Scratch,
    ) -> Vec<Vec<Cost>> {
        let mut messages = Vec::with_capacity(self.upward.len());
        for step in &self.upward {
            let [below, above] = [step.relation.ends[1 - step.to], step.relation.ends[step.to]];
            let message = frame.message(*step, domains, layer, &costs[below], scratch);
            for (cost, part) in costs[above].iter_mut().zip(&message) {
                *cost = cost.saturating_add(*part).min(NEVER);
            }
            messages.push(message);
        }
        for (step, message) in self.upward.iter().zip(&messages).rev() {
            let [below, above] = [step.relation.ends[1 - step.to], step.relation.ends[step.to]];
            let without: Vec<Cost> = costs[above]
                .iter()
                .zip(message)
                .map(|(cost, part)| if *cost >= NEVER { NEVER } else { cost - part })
                .collect();
            let down = Step { relation: step.relation, to: 1 - step.to };
            let message = frame.message(down, domains, layer, &without, scratch);
            for (cost, part) in costs[below].iter_mut().zip(&message) {
                *cost = cost.saturating_add(*part).min(NEVER);
            }
        }
        costs
    }
}
