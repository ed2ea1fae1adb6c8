//! The best packages, each by its own measure.
//!
//! The buyer's weights apply to measures as multiples of the best that is possible on each axis: with price 1
//! and carbon 0.2, one percent more carbon counts like 0.2 percent more price. The weighted measure is told in micro
//! units of money: `Σ weight × value / best value × lowest price`. Ties are broken by the price, ties of the
//! price by carbon.

mod scale;
mod searcher;

use std::collections::BTreeMap;
use std::time::Instant;

use hansa_model::package::{Package, Proof, ProofStatus};

use crate::compose::Composition;
use crate::prepare::{Options, Prepared};
use crate::requirement::Subject;
use crate::search::Cost;

pub(crate) use scale::{Measures, Scale};
use searcher::Searcher;

/// What came of looking for packages.
pub(crate) enum Ranked<'a> {
    /// Packages, the chosen one first, and the offers in them.
    Found(Vec<Package>, Vec<Subject<'a>>),
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
pub(crate) const UNTIL: [f64; 7] = [0.35, 0.5, 0.6, 0.75, 0.8, 0.85, 1.0];

/// The least downtime that others are compared with, in millionths: 26 seconds a month.
pub(crate) const LEAST_DOWNTIME: f64 = 10.0;
/// Levels of sovereignty below this are what a package lacks of it.
pub(crate) const ABOVE_ALL: u8 = 5;

/// The best by each measure; `None` where there is no such measure, it is the same for all, or nothing was found.
struct Bests {
    cheapest: Best,
    greenest: Option<Best>,
    fewest: Option<Best>,
    quickest: Option<Best>,
    sovereign: Option<Best>,
    available: Option<Best>,
}

impl Bests {
    /// Every measure that is not made by the buyer's weights, by the name of its package.
    const fn named(&self) -> [(&'static str, Option<&Best>); 6] {
        [
            ("cheapest", Some(&self.cheapest)),
            ("greenest", self.greenest.as_ref()),
            ("fewest-providers", self.fewest.as_ref()),
            ("lowest-latency", self.quickest.as_ref()),
            ("most-sovereign", self.sovereign.as_ref()),
            ("most-available", self.available.as_ref()),
        ]
    }
}

/// One composition, solved by every measure that does not depend on the weights.
struct Solved<'p, 'a> {
    all: Composition<'p, 'a>,
    bests: Bests,
    scale: Scale,
}

impl<'p, 'a> Solved<'p, 'a> {
    /// `None` when nothing was found.
    fn new(prepared: &'p Prepared<'a>, options: &Options<'_>, start: Instant) -> Option<Self> {
        let waived = vec![false; prepared.constraints.len()];
        let all = Composition::new(prepared, &waived, options.orderable_only).ok()?;
        let until = |stage: usize| start + options.time_limit.mul_f64(UNTIL[stage]);
        let searcher = |stage| Searcher { composition: &all, deadline: until(stage), workers: options.workers };
        let cheapest = searcher(0).cheapest(None)?;
        let [sovereignty, availability] = prepared.wanted_axes();
        let bests = Bests {
            greenest: searcher(1).greenest(),
            fewest: searcher(2).fewest_providers(&cheapest),
            quickest: searcher(3).lowest_latency(&cheapest),
            sovereign: if sovereignty { searcher(4).most_sovereign(&cheapest) } else { None },
            available: if availability { searcher(5).most_available() } else { None },
            cheapest,
        };
        let scale = Scale::new(&prepared.application.objective, &all.problem, &bests);
        Some(Self { all, bests, scale })
    }

    /// The best by the buyer's weights: among what can be ordered now, if anything can, else among all. With it, what
    /// can be ordered by itself, where the best is of that and not of all.
    fn chosen(
        &self,
        prepared: &'p Prepared<'a>,
        options: &Options<'_>,
        start: Instant,
    ) -> Option<(Option<Composition<'p, 'a>>, Best)> {
        let (deadline, workers) = (start + options.time_limit.mul_f64(UNTIL[6]), options.workers);
        let waived = vec![false; prepared.constraints.len()];
        let orderable = if self.all.is_orderable() { None } else { Composition::new(prepared, &waived, true).ok() };
        let best = orderable
            .as_ref()
            .and_then(|composition| Searcher { composition, deadline, workers }.weighted(&self.scale, None));
        match best {
            Some(best) => Some((orderable, best)),
            None => {
                let searcher = Searcher { composition: &self.all, deadline, workers };
                Some((None, searcher.weighted(&self.scale, Some(&self.bests.cheapest))?))
            }
        }
    }
}

pub(crate) fn rank<'a>(prepared: &Prepared<'a>, options: &Options<'_>, start: Instant) -> Ranked<'a> {
    let Some(solved) = Solved::new(prepared, options, start) else { return Ranked::Nothing };
    let (mut packages, mut placed) = (Vec::new(), Vec::new());
    if let Some((orderable, best)) = solved.chosen(prepared, options, start) {
        let composition = orderable.as_ref().unwrap_or(&solved.all);
        placed.extend(composition.placed(&best.choice));
        add(&mut packages, composition, "chosen", &best);
    }
    for (name, best) in solved.bests.named() {
        if let Some(best) = best {
            placed.extend(solved.all.placed(&best.choice));
            add(&mut packages, &solved.all, name, best);
        }
    }
    if let Some(first) = packages.first_mut() {
        first.chosen = true;
    }
    Ranked::Found(packages, placed)
}

/// What is best by a measure, and what nothing goes below; in the measure's unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Optimum {
    pub(crate) objective: f64,
    pub(crate) bound: f64,
}

/// The best by each measure, without packages.
pub(crate) struct Optima {
    /// By the names of packages.
    pub(crate) named: BTreeMap<&'static str, Optimum>,
    pub(crate) scale: Scale,
}

/// Solves by every measure; `None` when nothing was found, or the application is too large.
pub(crate) fn optima(prepared: &Prepared<'_>, options: &Options<'_>, start: Instant) -> Option<Optima> {
    let solved = Solved::new(prepared, options, start)?;
    let chosen = solved.chosen(prepared, options, start).map(|(_, best)| best);
    let optimum = |best: &Best| Optimum { objective: best.objective, bound: best.bound.min(best.objective) };
    let named = solved.bests.named().into_iter().chain([("chosen", chosen.as_ref())]);
    let named = named.filter_map(|(name, best)| Some((name, optimum(best?)))).collect();
    Some(Optima { named, scale: solved.scale })
}

/// Adds a package unless the same is there under another name.
fn add(packages: &mut Vec<Package>, composition: &Composition<'_, '_>, name: &str, best: &Best) {
    let proven = best.bound >= best.objective;
    let bound = best.bound.min(best.objective);
    let proof = Proof {
        status: if proven { ProofStatus::Optimal } else { ProofStatus::Feasible },
        bound,
        objective: best.objective,
        gap: gap(best.objective, bound),
        catalogue_version: composition.catalogue_version(),
        nodes: best.nodes,
        seed: composition.seed(),
    };
    let package = Package { name: name.to_owned(), ..composition.package(&best.choice, proof) };
    if packages.iter().all(|other| other.components != package.components) {
        packages.push(package);
    }
}

/// The share of an objective by which something could be better.
pub(crate) fn gap(objective: f64, bound: f64) -> f64 {
    if objective > bound && objective > 0.0 { (objective - bound) / objective } else { 0.0 }
}

#[allow(clippy::cast_precision_loss, reason = "measures are shown, and far below 2^53 in practice")]
fn measure(cost: Cost) -> f64 {
    cost as f64
}
