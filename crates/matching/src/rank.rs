//! The best packages, each by its own measure.
//!
//! The buyer's weights apply to measures as multiples of the best that is possible on each axis: with price 1
//! and carbon 0.2, one percent more carbon counts like 0.2 percent more price. The weighted measure is told in micro
//! units of money: `Σ weight × value / best value × lowest price`. Ties are broken by the price, ties of the
//! price by carbon.

use std::time::Instant;

use hansa_model::application::Objective;
use hansa_model::package::{Package, Proof, ProofStatus};

use crate::compose::Composition;
use crate::prepare::{Options, Prepared};
use crate::search::{Answer, Cost, NANOS, Problem, Query, Weights, solve};

/// What came of looking for packages.
pub(crate) enum Ranked {
    /// Packages, the chosen one first.
    Found(Vec<Package>),
    /// It is certain that nothing fits, or that nothing was found in time.
    Nothing,
}

/// A choice that is best by some measure, in that measure's unit.
#[derive(Clone)]
struct Best {
    choice: Vec<usize>,
    objective: f64,
    bound: f64,
    nodes: u64,
}

/// The share of the time after which each search ends, if it has not by itself.
pub(crate) const UNTIL: [f64; 5] = [0.35, 0.5, 0.6, 0.75, 1.0];

/// Searches one problem by several measures.
struct Searcher<'s, 'p, 'a> {
    composition: &'s Composition<'p, 'a>,
    deadline: Instant,
    workers: usize,
}

pub(crate) fn rank(prepared: &Prepared<'_>, options: &Options<'_>, start: Instant) -> Ranked {
    let waived = vec![false; prepared.constraints.len()];
    let Ok(all) = Composition::new(prepared, &waived, options.orderable_only) else { return Ranked::Nothing };
    let until = |stage: usize| start + options.time_limit.mul_f64(UNTIL[stage]);
    let searcher = |stage| Searcher { composition: &all, deadline: until(stage), workers: options.workers };
    let Some(cheapest) = searcher(0).cheapest(None) else { return Ranked::Nothing };
    let greenest = searcher(1).greenest();
    let fewest = searcher(2).fewest_providers(&cheapest);
    let quickest = searcher(3).lowest_latency(&cheapest);

    let best_of =
        |best: &Option<Best>| best.as_ref().map_or_else(|| cheapest.choice.clone(), |best| best.choice.clone());
    let scale =
        Scale::new(&prepared.application.objective, &all.problem, &cheapest, &best_of(&greenest), &fewest, &quickest);
    let mut packages = Vec::new();
    let orderable = if all.is_orderable() { None } else { Composition::new(prepared, &waived, true).ok() };
    let chosen = orderable
        .as_ref()
        .and_then(|some| Some((some, Searcher { composition: some, ..searcher(4) }.weighted(&scale, None)?)))
        .or_else(|| Some((&all, searcher(4).weighted(&scale, Some(&cheapest))?)));
    if let Some((composition, best)) = &chosen {
        add(&mut packages, composition, "chosen", best);
    }
    add(&mut packages, &all, "cheapest", &cheapest);
    let others = [("greenest", &greenest), ("fewest-providers", &fewest), ("lowest-latency", &quickest)];
    for (name, best) in others {
        if let Some(best) = best {
            add(&mut packages, &all, name, best);
        }
    }
    if let Some(first) = packages.first_mut() {
        first.chosen = true;
    }
    if prepared.application.objective.pareto {
        drop_beaten(&mut packages);
    }
    Ranked::Found(packages)
}

/// Adds a package unless the same is there under another name.
fn add(packages: &mut Vec<Package>, composition: &Composition<'_, '_>, name: &str, best: &Best) {
    let proven = best.bound >= best.objective;
    let proof = Proof {
        status: if proven { ProofStatus::Optimal } else { ProofStatus::Feasible },
        bound: best.bound.min(best.objective),
        objective: best.objective,
        catalogue_version: composition.catalogue_version(),
        nodes: best.nodes,
    };
    let package = Package { name: name.to_owned(), ..composition.package(&best.choice, proof) };
    if packages.iter().all(|other| other.components != package.components) {
        packages.push(package);
    }
}

/// Leaves out packages that another is no worse than on every axis, but never the chosen one.
fn drop_beaten(packages: &mut Vec<Package>) {
    let no_worse = |a: &Package, b: &Package| {
        let rtt = |package: &Package| package.worst_rtt.map(|round_trip| round_trip.rtt);
        a.price.monthly.micros() <= b.price.monthly.micros()
            && a.carbon <= b.carbon
            && a.providers.len() <= b.providers.len()
            && rtt(a) <= rtt(b)
    };
    let beaten: Vec<bool> = (0..packages.len())
        .map(|number| {
            let package = &packages[number];
            let by = |other: usize| {
                let as_good = no_worse(package, &packages[other]);
                other != number && no_worse(&packages[other], package) && (!as_good || other < number)
            };
            !package.chosen && (0..packages.len()).any(by)
        })
        .collect();
    let mut beaten = beaten.into_iter();
    packages.retain(|_| !beaten.next().unwrap_or_default());
}

/// More than any price in nanos and any carbon in milligrams that a choice of the problem can have.
fn ceilings(problem: &Problem) -> (Cost, Cost) {
    let (mut price, mut carbon): (Cost, Cost) = (1, 1);
    for (number, slot) in problem.slots.iter().enumerate() {
        let sent = problem.flows.iter().filter(|flow| flow.from == number).map(|flow| flow.bytes);
        let sent = sent.fold(0, i64::saturating_add);
        let costs = slot.candidates.iter().map(|candidate| {
            let traffic = candidate.egress.cost(sent).saturating_mul(Cost::from(slot.instances));
            (Cost::from(candidate.price) * NANOS).saturating_add(traffic)
        });
        price = price.saturating_add(costs.max().unwrap_or_default());
        carbon = carbon.saturating_add(
            slot.candidates.iter().map(|candidate| Cost::from(candidate.carbon)).max().unwrap_or_default(),
        );
    }
    (price, carbon)
}

/// Weights that put one measure first and break its ties by the other, where the numbers leave room for that.
fn first_then(first: Cost, second: Cost) -> Option<Cost> {
    let room = Cost::MAX / 16;
    first.checked_mul(second).filter(|product| *product < room).map(|_| second)
}

#[allow(clippy::cast_precision_loss, reason = "measures are shown, and far below 2^53 in practice")]
fn measure(cost: Cost) -> f64 {
    cost as f64
}

impl Searcher<'_, '_, '_> {
    fn problem(&self) -> &Problem {
        &self.composition.problem
    }

    fn query(&self, weights: Weights) -> Query {
        Query {
            weights,
            latency_cap: None,
            max_providers: self.composition.max_providers,
            below: None,
            any: false,
            deadline: self.deadline,
            workers: self.workers,
        }
    }

    /// The weights of the price, and what a micro unit of money weighs.
    fn price_first(&self) -> (Weights, Cost) {
        let (price, carbon) = ceilings(self.problem());
        match first_then(price, carbon) {
            Some(factor) => (Weights { price: factor, carbon: 1 }, factor * NANOS),
            None => (Weights { price: 1, carbon: 0 }, NANOS),
        }
    }

    fn solve_price(&self, query: impl FnOnce(Query) -> Query) -> (Answer, Cost) {
        let (weights, unit) = self.price_first();
        (solve(self.problem(), &query(self.query(weights))), unit)
    }

    fn cheapest(&self, latency_cap: Option<i64>) -> Option<Best> {
        let (answer, unit) = self.solve_price(|query| Query { latency_cap, ..query });
        let (cost, choice) = answer.best?;
        let objective = measure(Cost::from(self.problem().price(&choice)));
        let bound = if answer.lower >= cost { objective } else { measure(answer.lower / unit) };
        Some(Best { choice, objective, bound, nodes: answer.nodes })
    }

    fn greenest(&self) -> Option<Best> {
        let (price, carbon) = ceilings(self.problem());
        let (weights, unit) = match first_then(carbon, price) {
            Some(factor) => (Weights { price: 1, carbon: factor }, factor),
            None => (Weights { price: 0, carbon: 1 }, 1),
        };
        let answer = solve(self.problem(), &self.query(weights));
        let (cost, choice) = answer.best?;
        let grams = |milligrams: f64| milligrams / 1000.0;
        let objective = grams(measure(Cost::from(self.problem().carbon(&choice))));
        let bound = if answer.lower >= cost { objective } else { grams(measure(answer.lower / unit)) };
        Some(Best { choice, objective, bound, nodes: answer.nodes })
    }

    /// The cheapest over the smallest number of providers.
    fn fewest_providers(&self, cheapest: &Best) -> Option<Best> {
        let known = self.problem().providers(&cheapest.choice);
        let (mut bound, mut nodes) = (1, 0);
        for most in 1..=known {
            let (answer, _) = self.solve_price(|query| Query { max_providers: Some(most), ..query });
            nodes += answer.nodes;
            if let Some((_, choice)) = answer.best {
                let objective = measure(Cost::try_from(self.problem().providers(&choice)).unwrap_or_default());
                return Some(Best { choice, objective, bound: f64::from(bound), nodes });
            }
            if answer.complete && bound == u32::try_from(most).unwrap_or(u32::MAX) {
                bound += 1;
            }
        }
        None
    }

    /// The cheapest with the smallest worst round trip.
    fn lowest_latency(&self, cheapest: &Best) -> Option<Best> {
        let known = self.problem().latency(&cheapest.choice)?;
        let values = round_trips(self.problem(), known);
        // Everything before `impossible` is proven impossible, everything before `refused` was not found;
        // `possible` was.
        let (mut impossible, mut refused, mut possible) = (0, 0, values.len() - 1);
        let mut nodes = 0;
        while refused < possible {
            let middle = usize::midpoint(refused, possible);
            let (answer, _) = self.solve_price(|query| Query { latency_cap: Some(values[middle]), any: true, ..query });
            nodes += answer.nodes;
            match answer.best {
                Some((_, choice)) => {
                    let reached = self.problem().latency(&choice).unwrap_or_default();
                    possible = values.partition_point(|value| *value < reached).min(middle);
                }
                None => {
                    refused = middle + 1;
                    if answer.complete {
                        impossible = refused;
                    }
                }
            }
        }
        let best = self.cheapest(Some(values[possible]))?;
        let objective = self.problem().latency(&best.choice).unwrap_or_default();
        let bound = values[impossible.min(possible)].min(objective);
        Some(Best {
            objective: measure(Cost::from(objective)),
            bound: measure(Cost::from(bound)),
            nodes: nodes + best.nodes,
            choice: best.choice,
        })
    }

    /// The best by the buyer's weights; the cheapest may be known already.
    ///
    /// Latency and providers do not add up over slots. They are capped instead, the number of providers from one
    /// on, the round trip ever closer; under each cap the rest adds up, and what it may cost at most shrinks.
    fn weighted(&self, scale: &Scale, cheapest: Option<&Best>) -> Option<Best> {
        if scale.is_price_alone() {
            return cheapest.cloned().or_else(|| self.cheapest(None));
        }
        let problem = self.problem();
        let first = solve(problem, &self.query(scale.additive));
        let mut weighing = Weighing {
            best: first.best.map(|(cost, choice)| (scale.total(problem, cost, &choice), choice))?,
            least_additive: first.lower,
            nodes: first.nodes,
            complete: first.complete,
        };
        if scale.provider > 0 {
            let most = self.composition.max_providers.unwrap_or(usize::MAX).min(problem.slots.len());
            for providers in 1..=most {
                self.weigh(scale, Some(providers), &mut weighing);
            }
        } else if scale.latency > 0 {
            self.weigh(scale, self.composition.max_providers, &mut weighing);
        }
        let objective = scale.in_micros(weighing.best.0);
        let least = weighing.least_additive.saturating_add(scale.fixed(1));
        let bound = if weighing.complete { objective } else { scale.in_micros(least).min(objective) };
        Some(Best { choice: weighing.best.1, objective, bound, nodes: weighing.nodes })
    }

    /// Looks for something better over at most so many providers, under ever closer caps on the round trip.
    fn weigh(&self, scale: &Scale, max_providers: Option<usize>, weighing: &mut Weighing) {
        let problem = self.problem();
        let fixed = scale.fixed(max_providers.unwrap_or_default());
        let mut latency_cap = None;
        loop {
            // Whoever uses fewer providers than the cap was found under a smaller one.
            let below = weighing.best.0.saturating_sub(fixed);
            if below <= weighing.least_additive {
                return;
            }
            let below = Some(below);
            let query = Query { latency_cap, max_providers, below, ..self.query(scale.additive) };
            let answer = solve(problem, &query);
            weighing.nodes += answer.nodes;
            weighing.complete &= answer.complete;
            let Some((cost, choice)) = answer.best else { return };
            let latency = problem.latency(&choice).unwrap_or_default();
            let total = scale.total(problem, cost, &choice);
            if total < weighing.best.0 {
                weighing.best = (total, choice);
            }
            if scale.latency == 0 || latency <= scale.least_latency {
                return;
            }
            // Nothing cheaper has this round trip or a longer one.
            latency_cap = Some(latency - 1);
        }
    }
}

/// How far the search by the buyer's weights has come.
struct Weighing {
    best: (Cost, Vec<usize>),
    /// No choice has a smaller sum of what adds up.
    least_additive: Cost,
    nodes: u64,
    complete: bool,
}

/// Every round trip up to `most` that a choice of the problem may have as its longest, in rising order; `most`
/// is the last.
fn round_trips(problem: &Problem, most: i64) -> Vec<i64> {
    let between = problem.rtt.iter().flatten().copied();
    let near = problem.slots.iter().flat_map(|slot| slot.candidates.iter().map(|candidate| candidate.near));
    let mut values: Vec<i64> = between.chain(near).filter(|value| *value < most).chain([most]).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// The buyer's weights on measures of one problem.
struct Scale {
    additive: Weights,
    /// For a microsecond of the worst round trip.
    latency: Cost,
    /// For a provider.
    provider: Cost,
    /// No choice has a shorter worst round trip.
    least_latency: i64,
    /// What a micro unit of money weighs.
    unit: f64,
}

impl Scale {
    #[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
    fn new(
        objective: &Objective,
        problem: &Problem,
        cheapest: &Best,
        greenest: &[usize],
        fewest: &Option<Best>,
        quickest: &Option<Best>,
    ) -> Self {
        // A cent, a gram, a millisecond and one provider are the least that values are compared with.
        let price = measure(Cost::from(problem.price(&cheapest.choice)).max(10_000) * NANOS);
        let carbon = measure(Cost::from(problem.carbon(greenest)).max(1_000));
        let latency = quickest.as_ref().map_or(1_000.0, |best| best.objective.max(1_000.0));
        let providers = fewest.as_ref().map_or(1.0, |best| best.objective.max(1.0));
        let weights = [objective.price, objective.carbon, objective.latency, objective.providers];
        let greatest = weights.into_iter().fold(f64::MIN_POSITIVE, f64::max);
        // Nine digits of each weight, then rounded.
        let precision = 1e9 / greatest;
        let cost = |weight: f64, best: f64| (weight * precision * price / best).round() as Cost;
        Self {
            additive: Weights { price: cost(objective.price, price), carbon: cost(objective.carbon, carbon) },
            latency: cost(objective.latency, latency),
            provider: cost(objective.providers, providers),
            least_latency: quickest.as_ref().map_or(0, |best| crate::geo::whole(best.bound)),
            unit: precision * measure(NANOS),
        }
    }

    const fn is_price_alone(&self) -> bool {
        self.additive.carbon == 0 && self.latency == 0 && self.provider == 0
    }

    /// What no choice over this many providers goes below, without what adds up.
    fn fixed(&self, providers: usize) -> Cost {
        let latency = Cost::from(self.least_latency).saturating_mul(self.latency);
        latency.saturating_add(Cost::try_from(providers).unwrap_or_default().saturating_mul(self.provider))
    }

    /// What a choice costs by all weights, when what adds up is `additive`.
    fn total(&self, problem: &Problem, additive: Cost, choice: &[usize]) -> Cost {
        let latency = Cost::from(problem.latency(choice).unwrap_or_default()).saturating_mul(self.latency);
        let providers = Cost::try_from(problem.providers(choice)).unwrap_or_default();
        additive.saturating_add(latency).saturating_add(providers.saturating_mul(self.provider))
    }

    fn in_micros(&self, cost: Cost) -> f64 {
        measure(cost) / self.unit
    }
}
